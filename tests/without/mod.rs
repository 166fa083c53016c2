//! Scripts without some of their statements.

/// What asks the network, which takes seconds each time.
pub const PROBES: [&str; 3] = ["ping", "expect", "arp"];

/// The lines of a script in which none of these words is. A line in quotes goes with the one that opens them.
pub fn without(words: &[&str], text: &str) -> String {
    let mut kept = String::new();
    let mut is_left_out = false;
    let mut is_quoted = false;
    for line in text.lines() {
        if !is_quoted {
            is_left_out = line.split_whitespace().any(|word| words.contains(&word));
        }
        // A quote may go on in the lines below; apostrophes in comments open none.
        let is_comment = !is_quoted && line.starts_with('#');
        is_quoted ^= !is_comment && line.matches('\'').count() % 2 == 1;
        if !is_left_out {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}
