use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{
    net::{Cidr, IfName},
    ops::{RouteProtocol, RouteTable, RuleAction, RuleMark, RuleSpec},
};

/// A policy rule, which says in which table the way of some packets is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRule {
    /// Its place: the lowest is asked first.
    pub priority: u32,
    /// All else that is known of it; its priority is not said there, its action is.
    pub spec: RuleSpec,
    /// What the model does not understand of it (ports, users, a jump …), as the kernel sent it: compared, and left
    /// alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "crate::ops::hex")]
    pub opaque: Vec<u8>,
}

impl PolicyRule {
    /// What the kernel begins with: in a new namespace the local table is asked first, then the main one, and for IPv4
    /// the default one.
    pub fn initial(ipv6: bool) -> Vec<Self> {
        let rule = |priority, table| Self {
            priority,
            spec: RuleSpec {
                action: Some(RuleAction::Lookup(table)),
                protocol: Some(RouteProtocol::KERNEL),
                ..RuleSpec::new(ipv6)
            },
            opaque: Vec::new(),
        };
        let mut rules = vec![rule(0, RouteTable::LOCAL), rule(32766, RouteTable::MAIN)];
        if !ipv6 {
            rules.push(rule(32767, RouteTable::DEFAULT));
        }
        rules
    }

    /// What one would ask for to get it.
    pub fn asked(&self) -> RuleSpec {
        RuleSpec { priority: Some(self.priority), ..self.spec.clone() }
    }

    /// Whether the kernel takes `other` for a rule that is there already (`rule_exists` in `net/core/fib_rules.c`,
    /// `fib4_rule_compare`): what the new one does not say of addresses and service fits anything, and `not` is not
    /// looked at.
    pub fn is_in_the_way_of(&self, priority: u32, other: &RuleSpec) -> bool {
        self.priority == priority
            && self.fits_ends(other)
            && self.spec.action == other.action
            && self.spec.iif == other.iif
            && self.spec.oif == other.oif
            && self.spec.mark == other.mark
            && self.spec.suppress_prefixlength == other.suppress_prefixlength
            && self.spec.protocol == other.protocol
    }

    /// Whether the kernel takes it for the one to be deleted (`rule_find` in `net/core/fib_rules.c`): what is not said
    /// fits anything, and `not` is not looked at.
    pub fn is_meant(&self, wanted: &RuleSpec) -> bool {
        fn fits<T: PartialEq>(has: &T, wanted: &Option<T>) -> bool {
            wanted.as_ref().is_none_or(|wanted| has == wanted)
        }
        let link = |has: &Option<IfName>, wanted: &Option<IfName>| wanted.is_none() || has == wanted;
        let mark = wanted.mark.is_none_or(|RuleMark { value, mask }| {
            let has = self.spec.mark.unwrap_or(RuleMark { value: 0, mask: 0 });
            (value == 0 || has.value == value) && (mask == 0 || has.mask == mask)
        });
        fits(&self.priority, &wanted.priority)
            && self.fits_ends(wanted)
            && (wanted.action.is_none() || self.spec.action == wanted.action)
            && link(&self.spec.iif, &wanted.iif)
            && link(&self.spec.oif, &wanted.oif)
            && mark
            && (wanted.suppress_prefixlength.is_none()
                || self.spec.suppress_prefixlength == wanted.suppress_prefixlength)
            && (wanted.protocol.is_none() || self.spec.protocol == wanted.protocol)
    }

    fn fits_ends(&self, wanted: &RuleSpec) -> bool {
        self.spec.ipv6 == wanted.ipv6
            && (wanted.from.is_none() || self.spec.from == wanted.from)
            && (wanted.to.is_none() || self.spec.to == wanted.to)
            && (wanted.tos == 0 || self.spec.tos == wanted.tos)
    }
}

/// What policy rules ask of a packet that is sent from here.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// Where it goes.
    pub to: IpAddr,
    /// Where it says it is from, if it does already.
    pub from: Option<IpAddr>,
    /// Its mark.
    pub mark: u32,
    /// Its type of service.
    pub tos: u8,
    /// The link that it is to leave through.
    pub oif: Option<&'a IfName>,
}

impl Packet<'_> {
    /// Whether a rule is for it (`fib_rule_match` in `net/core/fib_rules.c`, `fib4_rule_match`, `fib6_rule_match`).
    pub fn fits(&self, rule: &RuleSpec) -> bool {
        // One without a source is from 0.0.0.0 to IPv4; to IPv6 it fits no source at all.
        let is_from = |prefix: Cidr| match self.from {
            Some(from) => prefix.contains(from),
            None => !rule.ipv6 && prefix.contains(IpAddr::from([0; 4])),
        };
        let fits = rule.from.is_none_or(is_from)
            && rule.to.is_none_or(|prefix| prefix.contains(self.to))
            && (rule.tos == 0 || rule.tos == self.tos)
            && rule.mark.is_none_or(|mark| (self.mark ^ mark.value) & mark.mask == 0)
            && rule.iif.as_ref().is_none_or(|link| *link == IfName::loopback())
            && rule.oif.as_ref().is_none_or(|link| self.oif == Some(link));
        fits != rule.not
    }
}
