/// What a line begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark<'a> {
    /// A prompt for certain, and the command behind it.
    Prompt(&'a str),
    /// `# `: root's prompt, or a comment.
    Hash(&'a str),
    /// Neither.
    Plain,
}

/// Tells the prompts of shells, and those of `nns`, from other beginnings of lines.
pub fn mark(line: &str) -> Mark<'_> {
    let line = line.trim_start();
    if let Some(behind) = line.strip_prefix('#') {
        // `## A heading`, `#!/bin/sh`, `#allow`
        return match behind.is_empty() || behind.starts_with(char::is_whitespace) {
            true => Mark::Hash(behind.trim()),
            false => Mark::Hash(""),
        };
    }
    for (at, sign) in line.match_indices(['$', '#', '>']) {
        let (before, behind) = (&line[..at], &line[at + sign.len()..]);
        if !behind.is_empty() && !behind.starts_with(char::is_whitespace) {
            continue;
        }
        let is_prompt = match sign {
            "$" => before.is_empty() || is_name_of_shell(before),
            "#" => is_name_of_shell(before),
            _ => is_ours(before),
        };
        return if is_prompt { Mark::Prompt(behind.trim()) } else { Mark::Plain };
    }
    Mark::Plain
}

/// `user@host:~`, `[root@host ~]`, `(host)`, `(venv) user@host:~`, `root@host:/# `.
fn is_name_of_shell(before: &str) -> bool {
    let before = before.trim_end();
    if let Some(inner) = before.strip_prefix('(') {
        return match inner.split_once(')') {
            Some((name, "")) => is_name(name),
            Some((name, behind)) => is_name(name) && is_name_of_shell(behind.trim_start()),
            None => false,
        };
    }
    if let Some(inner) = before.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        let (user, place) = inner.split_once(' ').unwrap_or((inner, ""));
        return is_user_at_host(user) && !place.contains(' ');
    }
    let (user, place) = before.split_once(':').unwrap_or((before, ""));
    is_user_at_host(user) && !place.contains(' ')
}

fn is_user_at_host(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| is_name(user) && is_name(host))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "._-".contains(c))
}

/// `nns`, `nns red`, `nns [3]`, `nns red [3]`.
fn is_ours(before: &str) -> bool {
    let mut words = before.split(' ');
    let is_state = |word: &str| {
        word.strip_prefix('[').and_then(|word| word.strip_suffix(']')).is_some_and(|n| n.parse::<u32>().is_ok())
    };
    let behind: Vec<&str> = if words.next() == Some("nns") { words.collect() } else { return false };
    match behind.as_slice() {
        [] => true,
        [one] => is_state(one) || is_name(one),
        [name, state] => is_name(name) && is_state(state),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_told_from_what_only_looks_like_one() {
        for line in [
            "$ ip link",
            "  $ ip link",
            "user@host:~$ ip link",
            "vagrant@ubuntu-xenial:~$ ip link",
            "root@host:/etc/netns# ip link",
            "root@host# ip link",
            "[root@host ~]# ip link",
            "[user@host dir]$ ip link",
            "(host)$ ip link",
            "(host) $ ip link",
            "(venv) user@host:~$ ip link",
            "nns> ip link",
            "nns red> ip link",
            "nns [3]> ip link",
            "nns red [12]> ip link",
        ] {
            assert_eq!(mark(line), Mark::Prompt("ip link"), "{line}");
        }
        assert_eq!(mark("$"), Mark::Prompt(""));
        assert_eq!(mark("# ip link"), Mark::Hash("ip link"));
        assert_eq!(mark("## ip link"), Mark::Hash(""));
        for line in [
            "ip link",
            "echo 1 > /proc/sys/net/ipv4/ip_forward",
            "ip link add $switch type bridge # a switch",
            "sudo ip addr # root@host# ip link",
            "print $ ",
            "a@b c $ ip link",
            "in red { link show }",
            "> ip link",
            "",
        ] {
            assert_eq!(mark(line), Mark::Plain, "{line}");
        }
    }
}
