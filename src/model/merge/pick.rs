//! The three-way rule for one value and for lists of values.
//!
//! In: what was before, what it became (of several where that is not certain), what it is now. Out: what it is to be, and
//! what somebody else did to it. What is as the run left it goes back to what it was; all else stays.

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pick {
    /// It stays as it is.
    Now,
    /// It goes back to what it was.
    Before,
    /// It stays as it is although the run had changed it: somebody changed it since.
    Foreign,
}

/// The rule.
pub(super) fn pick<T: PartialEq + ?Sized>(before: &T, after: &[&T], now: &T) -> Pick {
    if now == before || after.iter().all(|after| *after == before) {
        Pick::Now
    } else if after.contains(&now) {
        Pick::Before
    } else {
        Pick::Foreign
    }
}

/// A list that was put together.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Merged<T> {
    /// What it is to be.
    pub list: Vec<T>,
    /// What is in it now and is neither of before nor of the run.
    pub foreign: Vec<T>,
    /// What was in it before and cannot come back: something else has its place now.
    pub displaced: Vec<T>,
}

/// Takes out what the run put in, and puts back what it took out, beside what it stood beside. `is_in_the_way` says that
/// two elements cannot be in the list at the same time.
pub(super) fn merge_lists<T: PartialEq + Clone>(
    before: &[T],
    after: &[&[T]],
    now: &[T],
    is_in_the_way: impl Fn(&T, &T) -> bool,
) -> Merged<T> {
    if after.contains(&now) {
        return Merged { list: before.to_vec(), foreign: Vec::new(), displaced: Vec::new() };
    }
    if after.iter().all(|after| *after == before) {
        return Merged { list: now.to_vec(), foreign: surplus(now, &[before]), displaced: Vec::new() };
    }
    let mut of_the_run: Vec<T> = Vec::new();
    for after in after {
        let others: Vec<T> = before.iter().chain(&of_the_run).cloned().collect();
        of_the_run.extend(surplus(after, &[&others]));
    }
    let mut list = Vec::new();
    for element in now {
        // The first ones of equal ones were there first.
        let is_of_before = count(&list, element) < count(before, element);
        match of_the_run.iter().position(|candidate| candidate == element) {
            Some(at) if !is_of_before => drop(of_the_run.remove(at)),
            Some(_) | None => list.push(element.clone()),
        }
    }
    let known: Vec<&[T]> = std::iter::once(before).chain(after.iter().copied()).collect();
    let foreign = surplus(now, &known);
    let mut displaced = Vec::new();
    for (at, element) in before.iter().enumerate() {
        let had = count(&before[..=at], element);
        let is_taken_out = after.iter().any(|after| count(after, element) < had);
        if count(&list, element) >= had || !is_taken_out {
            continue;
        }
        if list.iter().any(|other| is_in_the_way(other, element)) {
            displaced.push(element.clone());
            continue;
        }
        let place = |neighbour: &T| list.iter().rposition(|other| other == neighbour);
        let behind = before[..at].iter().rev().find_map(place).map(|position| position + 1);
        // With nothing beside it, it is as if nobody had taken it out: what others put in came later.
        let position = behind.or_else(|| before[at + 1..].iter().find_map(place)).unwrap_or(0);
        list.insert(position, element.clone());
    }
    if list.len() == before.len() && surplus(&list, &[before]).is_empty() {
        list = before.to_vec();
    }
    Merged { list, foreign, displaced }
}

fn count<T: PartialEq>(list: &[T], element: &T) -> usize {
    list.iter().filter(|other| *other == element).count()
}

/// What is in a list more often than in any of the others.
fn surplus<T: PartialEq + Clone>(list: &[T], others: &[&[T]]) -> Vec<T> {
    let is_surplus = |at: usize| {
        let element = &list[at];
        let nth = count(&list[..=at], element);
        others.iter().all(|other| count(other, element) < nth)
    };
    (0..list.len()).filter(|&at| is_surplus(at)).map(|at| list[at].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(before: &str, after: &str, now: &str) -> (String, String) {
        let letters = |text: &str| text.chars().collect::<Vec<char>>();
        let (before, after, now) = (letters(before), letters(after), letters(now));
        let merged = merge_lists(&before, &[&after], &now, |_, _| false);
        (merged.list.iter().collect(), merged.foreign.iter().collect())
    }

    #[test]
    fn a_value_goes_back_only_if_it_is_as_it_was_left() {
        assert_eq!(pick(&1, &[&2], &2), Pick::Before);
        assert_eq!(pick(&1, &[&2], &1), Pick::Now);
        assert_eq!(pick(&1, &[&2], &3), Pick::Foreign);
        assert_eq!(pick(&1, &[&1], &3), Pick::Now);
        assert_eq!(pick(&1, &[&1, &2], &2), Pick::Before);
    }

    #[test]
    fn what_a_run_put_in_goes_and_what_it_took_out_comes_back_to_its_place() {
        let told = |list: &str, foreign: &str| (list.to_owned(), foreign.to_owned());
        assert_eq!(merged("abc", "ac", "ac"), told("abc", ""));
        assert_eq!(merged("abc", "ac", "acx"), told("abcx", "x"));
        assert_eq!(merged("abc", "ac", "xac"), told("xabc", "x"));
        assert_eq!(merged("abc", "abcd", "abxcd"), told("abxc", "x"));
        assert_eq!(merged("", "aa", "aaa"), told("a", "a"));
        assert_eq!(merged("a", "aa", "aa"), told("a", ""));
        assert_eq!(merged("ab", "ab", "xb"), told("xb", "x"));
        assert_eq!(merged("ab", "ba", "xba"), told("xba", "x"));
        assert_eq!(merged("abc", "", "x"), told("abcx", "x"));
        assert_eq!(merged("abc", "b", "xb"), told("xabc", "x"));
    }

    #[test]
    fn what_is_not_certain_to_have_happened_may_have() {
        let (before, after) = (vec!['a'], vec!['b', 'c']);
        let merged = merge_lists(&before, &[&before, &after], &['a', 'c'], |_, _| false);
        assert_eq!((merged.list, merged.foreign), (vec!['a'], vec![]));
    }

    #[test]
    fn what_has_lost_its_place_does_not_come_back() {
        let merged = merge_lists(&["7 a"], &[&[]], &["7 b"], |one, other| one[..1] == other[..1]);
        assert_eq!((merged.list, merged.foreign, merged.displaced), (vec!["7 b"], vec!["7 b"], vec!["7 a"]));
    }
}
