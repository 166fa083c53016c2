use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{LinkId, PolicyRule, Route, Ruleset};
use crate::net::{IfName, NsRef, SysctlKey};

/// A network namespace: its links by name, its routes, its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Namespace {
    /// How much of it is known.
    pub knowledge: Knowledge,
    /// Whether it lives on when its name is gone: it has another name, or a process that somebody named is in it.
    pub shared: bool,
    /// Another name of it, under which the world knows what is inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<NsRef>,
    /// The kernel's number for it (`st_ino` of its file), by which a namesake is told from it; not compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inode: Option<u64>,
    #[serde(skip)]
    pub(super) links: BTreeMap<IfName, LinkId>,
    /// The routes that the tables hold, except those of the kernel's local table: by table, then destination, then
    /// metric; those that are equal in all three in the order in which the kernel tries them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
    /// The policy rules: of IPv4, then of IPv6, each in the order in which they are asked.
    #[serde(default = "usual_policy", skip_serializing_if = "is_usual_policy")]
    pub policy_rules: Vec<PolicyRule>,
    /// The settings that were looked at or written; the others are as they are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sysctls: BTreeMap<SysctlKey, String>,
    /// The tables, chains and rules of nf_tables; `None` where they could not be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruleset: Option<Ruleset>,
    pub(super) highest_index: u32,
}

/// How much is known of a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Knowledge {
    /// All that the model models.
    Exact,
    /// It exists; nobody looked inside yet.
    Unread,
    /// A program ran in it, or it cannot be looked at: what was known may no longer hold, and there may be more.
    Unsure,
}

impl Namespace {
    /// A namespace with nothing in it but the policy rules that every one begins with, not even the loopback device. Of
    /// one that is not known no other rules are known.
    pub fn new(knowledge: Knowledge) -> Self {
        Self {
            knowledge,
            shared: false,
            same_as: None,
            inode: None,
            links: BTreeMap::new(),
            routes: Vec::new(),
            policy_rules: usual_policy(),
            sysctls: BTreeMap::new(),
            ruleset: (knowledge == Knowledge::Exact).then(Ruleset::default),
            highest_index: 0,
        }
    }

    /// Puts a route where the table's order has it: behind those of equal destination and metric.
    pub fn insert_route(&mut self, route: Route) {
        let key = |route: &Route| (route.table, route.destination, route.metric);
        let at = self.routes.partition_point(|other| key(other) <= key(&route));
        self.routes.insert(at, route);
    }
}

/// The policy rules that every namespace begins with.
fn usual_policy() -> Vec<PolicyRule> {
    [PolicyRule::initial(false), PolicyRule::initial(true)].concat()
}

fn is_usual_policy(rules: &[PolicyRule]) -> bool {
    rules == usual_policy()
}
