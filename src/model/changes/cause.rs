use super::{Change, Sign, Subject, ruleset::text};
use crate::{
    net::{IfName, NsRef},
    ops::{
        AddrOp, LinkKind, LinkOp, NetfilterChange, NetnsOp, Op, RouteOp, RouteSpec, RuleOp, RuleSelector, RuleSpec,
        Step,
    },
    source::Span,
};

/// Which statement is behind a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The statement.
    pub span: Span,
    /// It is not about this object: the kernel changes it along with another.
    pub goes_along: bool,
}

impl Change {
    /// The statement behind it: the last that is about this object, or else the last that is about what it hangs on.
    pub fn cause(&self, steps: &[Step]) -> Option<Cause> {
        let last = |is_it: &dyn Fn(&Op) -> bool| steps.iter().rev().find(|step| is_it(&step.op)).map(|step| step.span);
        if let Some(span) = last(&|op| self.is_asked_by(op)).or_else(|| last(&|op| self.is_made_by(op))) {
            return Some(Cause { span, goes_along: false });
        }
        // The link went, or its far end, or the namespace that this was in.
        let takes_away = |op: &Op| {
            let takes = matches!(op, Op::Link(LinkOp::Del { .. }) | Op::Netns(NetnsOp::Del { .. }));
            takes && self.sign == Sign::Removed
        };
        let span = last(&|op| self.hangs_on(op))
            .or_else(|| last(&takes_away))
            .or_else(|| last(&|op| op.touched().contains(&&self.ns)))?;
        Some(Cause { span, goes_along: true })
    }

    /// Whether an op asks for this very object: of those at one place there may be several.
    fn is_asked_by(&self, op: &Op) -> bool {
        if *op.ns() != self.ns || self.sign != Sign::Added {
            return false;
        }
        match (&self.subject, op) {
            (Subject::Route { link, .. }, Op::Route(RouteOp::Add { route, .. })) => {
                RouteSpec { link: link.clone(), ..route.clone() }.to_string() == self.text
            }
            (Subject::PolicyRule, Op::Rule(RuleOp::Add { rule, .. })) => {
                let spec = RuleSpec { priority: None, ..(**rule).clone() }.to_string();
                self.text.split_once(": ").is_some_and(|(_, text)| text == spec.trim_start())
            }
            (Subject::Rule(chain), Op::Netfilter(op)) => match &op.change {
                NetfilterChange::AddRule { chain: of, rule, .. } => of == chain && text(rule, chain) == self.text,
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether an op is about this object.
    fn is_made_by(&self, op: &Op) -> bool {
        let here = *op.ns() == self.ns;
        match (&self.subject, op) {
            (
                Subject::Netns,
                Op::Netns(NetnsOp::Add { name } | NetnsOp::Attach { name, .. } | NetnsOp::Del { name }),
            ) => self.ns.name() == Some(name),
            (Subject::Link(link), Op::Link(op)) => self.is_link_of(link, op),
            (Subject::Address { link, cidr }, Op::Addr(op)) => match op {
                AddrOp::Add { link: of, address, .. } => here && of == link && address.cidr == *cidr,
                AddrOp::Del { link: of, address, .. } => here && of == link && address.addr == cidr.addr(),
            },
            (Subject::Route { destination, .. }, Op::Route(op)) => match op {
                RouteOp::Add { route, .. } => here && route.destination == *destination,
                RouteOp::Del { route, .. } => here && route.destination == *destination,
            },
            (Subject::PolicyRule, Op::Rule(_)) => here,
            (Subject::Setting(key), Op::Sysctl(op)) => here && op.key == *key,
            (Subject::Chain(chain) | Subject::Rule(chain), Op::Netfilter(op)) => {
                here && match &op.change {
                    NetfilterChange::AddTable(table) | NetfilterChange::DelTable { table, .. } => *table == chain.table,
                    NetfilterChange::Flush { table, .. } => *table == chain.table && self.sign == Sign::Removed,
                    NetfilterChange::AddChain { chain: of, .. }
                    | NetfilterChange::DelChain { chain: of }
                    | NetfilterChange::SetPolicy { chain: of, .. } => of == chain,
                    NetfilterChange::AddRule { chain: of, .. } => of == chain && self.sign == Sign::Added,
                    NetfilterChange::DelRule(
                        RuleSelector::Number { chain: of, .. } | RuleSelector::Like { chain: of, .. },
                    ) => of == chain && self.sign == Sign::Removed,
                    NetfilterChange::DelRule(RuleSelector::Native { .. }) => self.sign == Sign::Removed,
                }
            }
            _ => false,
        }
    }

    fn is_link_of(&self, link: &IfName, op: &LinkOp) -> bool {
        let at = |place: Option<&NsRef>| place.unwrap_or(op.ns()) == &self.ns;
        match op {
            LinkOp::Add { spec, .. } => {
                let far = match &spec.kind {
                    LinkKind::Veth { peer } => peer.name.as_ref() == Some(link) && at(peer.netns.as_ref()),
                    LinkKind::Bridge | LinkKind::Vxlan(_) => false,
                };
                spec.name.as_ref() == Some(link) && at(spec.netns.as_ref()) || far
            }
            LinkOp::Del { link: of, .. } => of == link && at(None),
            LinkOp::Set { link: of, changes, .. } => {
                changes.name.as_ref().unwrap_or(of) == link && at(changes.netns.as_ref()) || of == link && at(None)
            }
        }
    }

    /// Whether an op is about what this object hangs on.
    fn hangs_on(&self, op: &Op) -> bool {
        let here = *op.ns() == self.ns;
        match (&self.subject, op) {
            (Subject::Link(_), Op::Link(LinkOp::Del { ns, link })) => {
                self.far_end.as_ref().is_some_and(|(far, name)| far == ns && name == link)
            }
            (Subject::Link(_), Op::Netns(NetnsOp::Del { name })) => {
                let places = [Some(&self.ns), self.far_end.as_ref().map(|(ns, _)| ns)];
                self.sign == Sign::Removed && places.into_iter().flatten().any(|ns| ns.name() == Some(name))
            }
            (Subject::Address { link, .. } | Subject::Route { link: Some(link), .. }, Op::Link(op)) => {
                self.is_link_of(link, op)
            }
            (
                Subject::Route { link: Some(link), .. },
                Op::Addr(AddrOp::Add { link: of, .. } | AddrOp::Del { link: of, .. }),
            ) => here && of == link,
            (Subject::Setting(_), Op::Sysctl(_)) => here,
            _ => false,
        }
    }
}
