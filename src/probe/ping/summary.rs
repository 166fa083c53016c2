use std::time::Duration;

use super::Refusal;

/// What became of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PingSummary {
    /// Requests, those included that the kernel did not send.
    pub sent: u32,
    /// Requests that were answered.
    pub received: u32,
    /// Replies beyond the first to a request.
    pub duplicates: u32,
    /// Errors that routers, or the own kernel, reported.
    pub errors: u32,
    /// From the first request to the last.
    pub time: Duration,
    /// How long replies took; `None` if there were none.
    pub round_trips: Option<RoundTrips>,
    /// The most requests that were under way at the time one of them was answered or refused.
    pub pipe: u16,
    /// Why nothing was sent at all.
    pub refused: Option<Refusal>,
    /// A signal ended it.
    pub interrupted: bool,
}

impl PingSummary {
    /// Whether there was a reply.
    pub fn answered(&self) -> bool {
        self.received > 0
    }

    /// The part of the requests that were not answered, in per cent.
    pub fn loss_percent(&self) -> f64 {
        if self.sent == 0 {
            return 0.0;
        }
        f64::from(self.sent - self.received.min(self.sent)) * 100.0 / f64::from(self.sent)
    }
}

/// Statistics of the times that replies took, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundTrips {
    /// The shortest.
    pub min: Duration,
    /// The mean.
    pub avg: Duration,
    /// The longest.
    pub max: Duration,
    /// The standard deviation, which ping(8) calls so.
    pub mdev: Duration,
}

impl RoundTrips {
    /// The statistics of some times; `None` of none.
    pub fn of(times: &[Duration]) -> Option<Self> {
        let micros: Vec<u128> = times.iter().map(Duration::as_micros).collect();
        let count = micros.len() as u128;
        let sum: u128 = micros.iter().sum();
        let squares: u128 = micros.iter().map(|time| time * time).sum();
        let avg = sum.checked_div(count)?;
        let variance = (squares - sum * sum / count) / count;
        let duration = |micros: u128| Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX));
        Some(Self {
            min: duration(*micros.iter().min()?),
            avg: duration(avg),
            max: duration(*micros.iter().max()?),
            mdev: duration(variance.isqrt()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_those_of_ping() {
        let micros = |micros| Duration::from_micros(micros);
        let of = RoundTrips::of(&[micros(55), micros(49)]).unwrap();
        assert_eq!(of, RoundTrips { min: micros(49), avg: micros(52), max: micros(55), mdev: micros(3) });
        assert_eq!(RoundTrips::of(&[]), None);
        assert_eq!(RoundTrips::of(&[micros(7)]).map(|one| one.mdev), Some(Duration::ZERO));
    }

    #[test]
    fn loss_counts_what_was_not_answered() {
        let summary = PingSummary { sent: 3, received: 2, duplicates: 1, ..PingSummary::default() };
        assert!((summary.loss_percent() - 33.333).abs() < 0.001);
        assert!(PingSummary::default().loss_percent().abs() < f64::EPSILON);
    }
}
