//! Which room stands beside which.

use std::collections::VecDeque;

use super::scene::Scene;

/// The rooms in an order in which those that are joined are near to each other: from each room on to those that it has a
/// wire to. The host begins, unless there is nothing in it.
pub(super) fn order(scene: &Scene) -> Vec<usize> {
    let mut of_wire = vec![Vec::new(); scene.wires.len()];
    for (number, room) in scene.rooms.iter().enumerate() {
        for plug in room.entries.iter().filter_map(|entry| entry.plug.as_ref()) {
            of_wire[plug.wire].push(number);
        }
    }
    let has_nothing = scene.rooms.first().is_some_and(|host| host.entries.is_empty());
    let mut starts: Vec<usize> = (0..scene.rooms.len()).collect();
    starts.sort_by_cached_key(|&number| {
        let rank = if number > 0 {
            1
        } else if has_nothing {
            2
        } else {
            0
        };
        (rank, natural(&scene.rooms[number].title))
    });
    let mut rank = vec![0; starts.len()];
    for (at, &number) in starts.iter().enumerate() {
        rank[number] = at;
    }
    for rooms in &mut of_wire {
        rooms.sort_by_key(|&number| rank[number]);
    }
    let mut is_placed = vec![false; scene.rooms.len()];
    let mut is_followed = vec![false; scene.wires.len()];
    let mut order = Vec::with_capacity(scene.rooms.len());
    for start in starts {
        let mut waiting = VecDeque::from([start]);
        while let Some(number) = waiting.pop_front() {
            if std::mem::replace(&mut is_placed[number], true) {
                continue;
            }
            order.push(number);
            for plug in scene.rooms[number].entries.iter().filter_map(|entry| entry.plug.as_ref()) {
                if !std::mem::replace(&mut is_followed[plug.wire], true) {
                    waiting.extend(of_wire[plug.wire].iter().copied());
                }
            }
        }
    }
    order
}

/// What names are sorted by, so that `ns2` comes before `ns10`.
fn natural(name: &str) -> Vec<(u64, String)> {
    let mut key = Vec::new();
    for part in name.split_inclusive(|character: char| !character.is_ascii_digit()) {
        let digits = part.trim_end_matches(|character: char| !character.is_ascii_digit());
        key.push((digits.parse().unwrap_or(0), part[digits.len()..].to_owned()));
    }
    key
}

/// The rooms in rows: as many side by side as fit.
pub(super) fn rows(widths: &[usize], gap: usize, limit: usize) -> Vec<std::ops::Range<usize>> {
    let mut rows = Vec::new();
    let (mut first, mut used) = (0, 0);
    for (at, width) in widths.iter().enumerate() {
        let wanted = if at == first { *width } else { used + gap + width };
        if at > first && wanted > limit {
            rows.push(first..at);
            (first, used) = (at, *width);
        } else {
            used = wanted;
        }
    }
    if first < widths.len() {
        rows.push(first..widths.len());
    }
    rows
}
