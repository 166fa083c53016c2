//! The bytes of rules as the kernel gives them, read by nothing of ours.

use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_NETFILTER};

/// A table, a chain and the value of `NFTA_RULE_EXPRESSIONS`, rule by rule.
pub fn rules() -> Vec<(String, String, Vec<u8>)> {
    let mut socket = Socket::new(NETLINK_NETFILTER).unwrap();
    socket.bind_auto().unwrap();
    socket.connect(&SocketAddr::new(0, 0)).unwrap();
    // NFT_MSG_GETRULE with NLM_F_REQUEST | NLM_F_DUMP, of all families.
    let header: [&[u8]; 5] =
        [&20_u32.to_ne_bytes(), &0x0a07_u16.to_ne_bytes(), &0x301_u16.to_ne_bytes(), &[0; 8], &[0; 4]];
    socket.send(&header.concat(), 0).unwrap();
    let mut rules = Vec::new();
    loop {
        let mut bytes = Vec::with_capacity(1 << 17);
        socket.recv(&mut bytes, 0).unwrap();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let length = usize::try_from(u32::from_ne_bytes(rest[..4].try_into().unwrap())).unwrap();
            if u16::from_ne_bytes(rest[4..6].try_into().unwrap()) == 3 {
                return rules;
            }
            let value = |kind| attribute(&rest[20..length], kind).unwrap_or_default();
            let text = |kind| String::from_utf8(value(kind)).unwrap().trim_end_matches('\0').to_owned();
            rules.push((text(1), text(2), value(4)));
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        }
    }
}

fn attribute(mut rest: &[u8], wanted: u16) -> Option<Vec<u8>> {
    while rest.len() >= 4 {
        let length = usize::from(u16::from_ne_bytes([rest[0], rest[1]]));
        if u16::from_ne_bytes([rest[2], rest[3]]) & 0x3fff == wanted {
            return Some(rest[4..length].to_vec());
        }
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    None
}
