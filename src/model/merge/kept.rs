use std::fmt;

use crate::{
    model::World,
    net::{IfName, NsRef},
    ops::{ChainRef, TableRef},
};

/// Something that stays although the run had to do with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    text: String,
    /// A thing of the run that stays for the sake of others, and where it is.
    held: Option<(NsRef, Held)>,
}

/// A thing that others may put something in or on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Netns,
    Link(IfName),
    Table(TableRef),
    Chain(ChainRef),
}

impl Kept {
    /// What somebody changed since.
    pub(super) fn changed(text: impl Into<String>) -> Self {
        Self { text: text.into(), held: None }
    }

    /// What holds something of others.
    pub(super) fn held(ns: &NsRef, held: Held, text: impl Into<String>) -> Self {
        Self { text: text.into(), held: Some((ns.clone(), held)) }
    }

    /// Whether it is what somebody changed since.
    pub fn is_changed(&self) -> bool {
        self.held.is_none()
    }

    /// Whether it is a thing that stays for the sake of others and that is not in `world`.
    pub fn is_missing_in(&self, world: &World) -> bool {
        match &self.held {
            None => false,
            Some((ns, Held::Netns)) => world.namespace(ns).is_none(),
            Some((ns, Held::Link(name))) => world.find_link(ns, name).is_none(),
            Some((ns, Held::Table(table))) => {
                let ruleset = world.namespace(ns).and_then(|namespace| namespace.ruleset.as_ref());
                ruleset.is_none_or(|ruleset| ruleset.table(table).is_none())
            }
            Some((ns, Held::Chain(chain))) => {
                let ruleset = world.namespace(ns).and_then(|namespace| namespace.ruleset.as_ref());
                ruleset.is_none_or(|ruleset| ruleset.chain(chain).is_none())
            }
        }
    }
}

/// What stays, and why.
impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}
