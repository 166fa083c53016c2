use std::collections::BTreeMap;

use netlink_packet_route::{
    link::{LinkAttribute, LinkMessage},
    nsid::{NsidAttribute, NsidMessage},
};

use crate::model::query::LinkFlags;

/// The names of the links of one namespace, by number: made from a dump of its links.
#[derive(Clone, Debug, Default)]
pub struct LinkNames(BTreeMap<u32, NamedLink>);

#[derive(Clone, Debug)]
struct NamedLink {
    name: String,
    up: bool,
}

impl LinkNames {
    /// The names in a dump.
    pub fn of<'a>(links: impl IntoIterator<Item = &'a LinkMessage>) -> Self {
        Self(links.into_iter().filter_map(Self::entry).collect())
    }

    fn entry(message: &LinkMessage) -> Option<(u32, NamedLink)> {
        let name = message.attributes.iter().find_map(|attribute| match attribute {
            LinkAttribute::IfName(name) => Some(name.clone()),
            _ => None,
        })?;
        let up = LinkFlags(message.header.flags.bits()).has(LinkFlags::UP);
        Some((message.header.index, NamedLink { name, up }))
    }

    /// Notes the name that a link has now.
    pub fn note(&mut self, message: &LinkMessage) {
        self.0.extend(Self::entry(message));
    }

    /// Forgets a link that is gone.
    pub fn forget(&mut self, index: u32) {
        self.0.remove(&index);
    }

    /// The name of a link; `if7` where it has none that is known, `*` for number 0, as `ip` prints them.
    pub fn name(&self, index: u32) -> String {
        match self.find(index) {
            Some(name) => name.into(),
            None if index == 0 => "*".into(),
            None => format!("if{index}"),
        }
    }

    /// The name of a link, if it is known.
    pub fn find(&self, index: u32) -> Option<&str> {
        self.0.get(&index).map(|link| link.name.as_str())
    }

    /// Whether a link is up, if it is known.
    pub fn is_up(&self, index: u32) -> Option<bool> {
        self.0.get(&index).map(|link| link.up)
    }
}

/// The names of namespaces, by the number (nsid) that the namespace one looks from has given them.
#[derive(Clone, Debug, Default)]
pub struct NetnsNames(BTreeMap<i32, String>);

impl NetnsNames {
    /// Notes a name. The first one for a number stays, as with `ip`: so they are to come in the order of the
    /// directory. Namespaces without a number are left out.
    pub fn insert(&mut self, nsid: Option<i32>, name: impl Into<String>) {
        if let Some(nsid) = nsid.filter(|&nsid| nsid >= 0) {
            self.0.entry(nsid).or_insert_with(|| name.into());
        }
    }

    /// The name of a namespace.
    pub fn find(&self, nsid: i32) -> Option<&str> {
        self.0.get(&nsid).map(String::as_str)
    }
}

/// The number in an answer to `RTM_GETNSID`; `None` where the namespace has none.
pub fn decode_nsid(message: &NsidMessage) -> Option<i32> {
    message.attributes.iter().find_map(|attribute| match attribute {
        NsidAttribute::Id(nsid) if *nsid >= 0 => Some(*nsid),
        _ => None,
    })
}
