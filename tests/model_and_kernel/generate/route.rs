//! Ops of routes and policy rules.

use nns::{
    model::Route,
    net::{Cidr, NsRef},
    ops::{
        Op, RouteMode, RouteOp, RouteSelector, RouteSpec, RouteTable, RouteType, RuleAction, RuleMark, RuleOp, RuleSpec,
    },
};

use super::{Generator, v};

/// Where routes lead; one has host bits.
const DESTINATIONS: [&str; 9] = [
    "0.0.0.0/0",
    "10.5.0.0/16",
    "10.5.0.0/24",
    "10.0.0.0/24",
    "10.0.0.9/32",
    "10.6.0.1/16",
    "::/0",
    "fd05::/64",
    "fd00::/64",
];

/// Reached in some worlds, and some never.
const GATEWAYS: [&str; 6] = ["10.0.0.1", "10.0.0.2", "10.0.0.254", "10.0.1.254", "10.1.0.9", "192.0.2.1"];
const GATEWAYS_V6: [&str; 4] = ["fd00::1", "fd00::2", "fd00::fe", "2001:db8::1"];

const TABLES: [RouteTable; 4] = [RouteTable::MAIN, RouteTable::MAIN, RouteTable::MAIN, RouteTable(100)];

impl Generator {
    pub(super) fn route_add(&mut self) -> Op {
        let ns = self.ns();
        let destination: Cidr = v(self.random.pick(&DESTINATIONS));
        let v6 = destination.is_ipv6();
        let kind = if self.random.percent(92) {
            RouteType::Unicast
        } else {
            self.random.pick(&[RouteType::Blackhole, RouteType::Unreachable, RouteType::Prohibit, RouteType::Throw])
        };
        let unicast = kind == RouteType::Unicast;
        let gateway = self.random.maybe(if unicast { 65 } else { 0 }, |random| {
            v(random.pick(if v6 { &GATEWAYS_V6[..] } else { &GATEWAYS[..] }))
        });
        let link = if unicast && self.random.percent(if gateway.is_some() { 35 } else { 93 }) {
            Some(self.link_of(&ns))
        } else {
            None
        };
        let route = RouteSpec {
            kind,
            gateway,
            onlink: gateway.is_some() && link.is_some() && self.random.percent(15),
            link,
            source: self.random.maybe(if unicast && !v6 { 8 } else { 0 }, |random| v(random.pick(&GATEWAYS))),
            metric: self.random.maybe(25, |random| random.pick(&[0, 10, 20])),
            table: self.random.pick(&TABLES),
            mtu: self.random.maybe(4, |_| 1300),
            ..RouteSpec::new(destination)
        };
        let mode = self.random.pick(&[
            RouteMode::Add,
            RouteMode::Add,
            RouteMode::Add,
            RouteMode::Replace,
            RouteMode::Change,
            RouteMode::Append,
        ]);
        RouteOp::Add { ns, mode, route }.into()
    }

    pub(super) fn route_del(&mut self) -> Op {
        let ns = self.ns();
        let there: Vec<Route> = self.world.namespace(&ns).map(|namespace| namespace.routes.clone()).unwrap_or_default();
        let mut route = if there.is_empty() || self.random.percent(15) {
            RouteSelector::new(v(self.random.pick(&DESTINATIONS)))
        } else {
            let Route { table, destination, metric, gateway, link, kind, .. } = self.random.pick(&there);
            RouteSelector {
                table,
                gateway: gateway.filter(|_| self.random.percent(40)),
                metric: self.random.maybe(40, |_| metric),
                link: link.filter(|_| self.random.percent(30)).map(|id| self.world.link(id).name.clone()),
                kind: self.random.maybe(20, |_| kind),
                ..RouteSelector::new(destination)
            }
        };
        if self.random.percent(8) {
            route.link = Some(self.link_of(&ns));
        }
        RouteOp::Del { ns, route }.into()
    }

    pub(super) fn rule(&mut self) -> Op {
        let ns = self.ns();
        if self.random.percent(35) {
            let rule = self.rule_meant(&ns);
            return RuleOp::Del { ns, rule: Box::new(rule) }.into();
        }
        let ipv6 = self.random.percent(25);
        let prefixes: &[&str] = if ipv6 { &["fd00::/64", "fd05::1/128"] } else { &["10.0.0.0/24", "10.5.0.0/16"] };
        let action = match self.random.below(10) {
            0 => RuleAction::Blackhole,
            1 => RuleAction::Unreachable,
            2 => RuleAction::Prohibit,
            3 => RuleAction::Lookup(RouteTable::MAIN),
            _ => RuleAction::Lookup(RouteTable(self.random.pick(&[100, 100, 200]))),
        };
        let suppress = matches!(action, RuleAction::Lookup(_)) && self.random.percent(6);
        let rule = RuleSpec {
            priority: self.random.maybe(75, |random| random.pick(&[100, 100, 200, 0, 32766])),
            not: self.random.percent(6),
            from: self.random.maybe(50, |random| v(random.pick(prefixes))),
            to: self.random.maybe(25, |random| v(random.pick(prefixes))),
            tos: if self.random.percent(6) { self.random.pick(&[0x10, 0x03, 0x20]) } else { 0 },
            mark: self.random.maybe(10, |random| RuleMark { value: random.pick(&[1, 2]), mask: u32::MAX }),
            iif: if self.random.percent(10) { Some(self.link_of(&ns)) } else { None },
            oif: if self.random.percent(6) { Some(self.link_of(&ns)) } else { None },
            action: Some(action),
            suppress_prefixlength: suppress.then_some(0),
            ..RuleSpec::new(ipv6)
        };
        RuleOp::Add { ns, rule: Box::new(rule) }.into()
    }

    /// One that is there, by some of what it is.
    fn rule_meant(&mut self, ns: &NsRef) -> RuleSpec {
        let there: Vec<RuleSpec> = self.world.namespace(ns).map_or_else(Vec::new, |namespace| {
            namespace.policy_rules.iter().map(nns::model::PolicyRule::asked).collect()
        });
        if there.is_empty() || self.random.percent(15) {
            return RuleSpec { priority: Some(300), ..RuleSpec::new(false) };
        }
        let mut rule = self.random.pick(&there);
        if self.random.percent(30) {
            rule.priority = None;
        }
        if self.random.percent(30) {
            rule.from = None;
        }
        if self.random.percent(30) {
            rule.action = None;
        }
        rule
    }
}
