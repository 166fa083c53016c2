//! `tunctl` of uml-utilities, and `vconfig`.

use super::Modern;

/// What a line of `tunctl` without its first word comes down to.
pub(super) fn tunctl(words: &[&str]) -> Option<Modern> {
    match words {
        ["-d", name] => Some(Modern::line(format!("ip tuntap del dev {name} mode tap"))),
        ["-t", name] => Some(Modern::line(format!("ip tuntap add dev {name} mode tap"))),
        ["-t", name, "-u", user] | ["-u", user, "-t", name] => {
            Some(Modern::line(format!("ip tuntap add dev {name} mode tap user {user}")))
        }
        _ => None,
    }
}

/// What a line of `vconfig` without its first word comes down to.
pub(super) fn vconfig(words: &[&str]) -> Option<Modern> {
    match words {
        ["add", link, id] => {
            let id: u16 = id.parse().ok()?;
            Some(Modern::line(format!("ip link add link {link} name {link}.{id} type vlan id {id}")))
        }
        ["rem", link] => Some(Modern::line(format!("ip link del {link}"))),
        _ => None,
    }
}
