//! The metrics of a route, as `ip route` prints them.

use super::{json::Value, printer::Printer};
use crate::model::query::RouteMetric;

const FIRST_METRIC: u16 = 2;
const RTT: u16 = 4;
const RTTVAR: u16 = 5;
const HOPLIMIT: u16 = 10;
const FEATURES: u16 = 12;
const RTO_MIN: u16 = 13;
const CONGESTION: u16 = 16;
const LAST_METRIC: u16 = 17;

/// The names of the metrics, from [`FIRST_METRIC`] on.
const METRIC_WORDS: [&str; 16] = [
    "mtu",
    "window",
    "rtt",
    "rttvar",
    "ssthresh",
    "cwnd",
    "advmss",
    "reordering",
    "hoplimit",
    "initcwnd",
    "features",
    "rto_min",
    "initrwnd",
    "quickack",
    "congctl",
    "fastopen_no_cookie",
];

/// The values for connections stand by number (`RTAX_*` in `linux/rtnetlink.h`); one that is only locked is 0.
pub(super) fn print_metrics(out: &mut Printer, metrics: &[RouteMetric], locked: u32) {
    out.array("metrics", |out| {
        out.object(None, |out| {
            for kind in FIRST_METRIC..=LAST_METRIC {
                print_metric(out, kind, metrics, locked >> kind & 1 == 1);
            }
        });
    });
}

fn print_metric(out: &mut Printer, kind: u16, metrics: &[RouteMetric], locked: bool) {
    let found = metrics.iter().find(|metric| match metric {
        RouteMetric::Number { kind: number, .. } => *number == kind,
        RouteMetric::Congestion(_) => kind == CONGESTION,
    });
    if found.is_none() && !locked {
        return;
    }
    let value = match found {
        Some(RouteMetric::Number { value, .. }) => *value,
        Some(RouteMetric::Congestion(_)) | None => 0,
    };
    if kind == HOPLIMIT && value == u32::MAX {
        return;
    }
    let word = METRIC_WORDS[usize::from(kind - FIRST_METRIC)];
    out.text(format_args!("{word} {}", if locked { "lock " } else { "" }));
    match (kind, found) {
        (_, Some(RouteMetric::Congestion(name))) => out.field("congestion", name, format_args!("{name} ")),
        (FEATURES, _) => print_features(out, value),
        (RTT, _) => print_time(out, word, value / 8),
        (RTTVAR, _) => print_time(out, word, value / 4),
        (RTO_MIN, _) => print_time(out, word, value),
        _ => out.field(word, value, format_args!("{value} ")),
    }
}

fn print_features(out: &mut Printer, features: u32) {
    /// `RTAX_FEATURE_ECN`.
    const ECN: u32 = 1;
    if features & ECN != 0 {
        out.field("ecn", Value::Null, format_args!("ecn "));
    }
    if features & !ECN != 0 {
        out.field("features", format!("{features:#x}"), format_args!("{features:#x} "));
    }
}

fn print_time(out: &mut Printer, word: &str, milliseconds: u32) {
    out.json(word, milliseconds);
    if milliseconds < 1000 {
        out.text(format_args!("{milliseconds}ms "));
    } else {
        out.text(format_args!("{}s ", f64::from(milliseconds) / 1000.0));
    }
}
