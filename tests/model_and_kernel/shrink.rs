//! The smallest sequence that still shows what is wrong.

/// A sequence and what it shows.
pub struct Found<T> {
    pub steps: Vec<T>,
    pub wrong: String,
}

/// Takes steps out, first many at once, as long as `wrong` finds something in what is left. `None` where it finds nothing
/// the second time, which then hangs on time.
pub fn shrink<T: Clone>(steps: &[T], wrong: impl Fn(&[T]) -> Option<String>) -> Option<Found<T>> {
    let look = |steps: Vec<T>| wrong(&steps).map(|wrong| Found { steps, wrong });
    let mut found = look(steps.to_vec())?;
    let mut size = found.steps.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < found.steps.len() {
            let mut fewer = found.steps.clone();
            fewer.drain(at..(at + size).min(fewer.len()));
            match look(fewer) {
                Some(smaller) => found = smaller,
                None => at += size,
            }
        }
        size /= 2;
    }
    Some(found)
}
