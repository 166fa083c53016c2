//! Policy rules: `rule flush`, and refusals in words.

use std::net::IpAddr;

use super::{
    Evaluator, Failure, Outside, Status,
    change::Wording,
    history,
    refusal::{Scene, WAS_THERE, behind, listed, place, refused},
};
use crate::{
    codes::Code,
    commands::Arg,
    diag::Diagnostic,
    model::{PolicyRule, Route},
    net::{Cidr, NsRef},
    ops::{Op, RouteTable, RuleOp, RuleSpec},
    source::Span,
};

impl<O: Outside> Evaluator<'_, O> {
    /// `ip rule flush`: all rules of a family go but those of priority 0.
    pub(super) fn flush_policy_rules(&mut self, ns: &NsRef, ipv6: bool, wording: &Wording) -> Result<Status, Failure> {
        let rules = self.state.world.namespace(ns).map_or(&[][..], |namespace| &namespace.policy_rules);
        let goes = |rule: &&PolicyRule| rule.spec.ipv6 == ipv6 && rule.priority != 0;
        let delete = |rule: &PolicyRule| Op::Rule(RuleOp::Del { ns: ns.clone(), rule: Box::new(rule.asked()) });
        let mut ops: Vec<Op> = rules.iter().filter(goes).map(delete).collect();
        if self.state.world.namespace(ns).is_none() {
            // So that the message is about the namespace.
            ops = vec![Op::Rule(RuleOp::Del { ns: ns.clone(), rule: Box::new(RuleSpec::new(ipv6)) })];
        }
        self.changes(ops, wording)
    }
}

/// The directly connected network of a gateway in a table that is not asked about it, and the table.
pub fn unasked(ns: &NsRef, gateway: IpAddr, scene: &Scene<'_>) -> Option<(Cidr, RouteTable)> {
    let routes = &scene.world.namespace(ns)?.routes;
    let leads = |route: &&Route| route.gateway.is_none() && route.link.is_some() && route.destination.contains(gateway);
    routes.iter().find(leads).map(|route| (route.destination, route.table))
}

/// There is such a rule.
pub fn exists(ns: &NsRef, rule: &RuleSpec, words: &[Arg], statement: Span, scene: &Scene<'_>) -> Diagnostic {
    let diagnostic = refused(format!("{} has this policy rule already: `{}`", place(ns), told(rule)))
        .label(behind(words, "priority").or_else(|| behind(words, "pref")).unwrap_or(statement), "the same priority");
    let diagnostic = match history::policy_rule_added(scene.history, ns, rule) {
        Some(added) => diagnostic.label(added, "added here"),
        None => diagnostic.note(WAS_THERE),
    };
    let says = |word: &str| words.iter().any(|arg| arg.text == word);
    let is_wider = (rule.from.is_some() && !says("from")) || (rule.to.is_some() && !says("to"));
    let is_inverted = rule.not != says("not");
    let diagnostic = if is_wider {
        diagnostic.note("where the new rule does not say `from`, `to` or `tos`, any is the same to the kernel")
    } else if is_inverted {
        diagnostic.note("`not` makes no difference when the kernel compares rules")
    } else {
        diagnostic
    };
    diagnostic.help("leave this line out, or give the rule a priority of its own")
}

/// No rule fits.
pub fn not_there(ns: &NsRef, wanted: &RuleSpec, words: &[Arg], statement: Span, scene: &Scene<'_>) -> Diagnostic {
    let rules = scene.world.namespace(ns).map_or(&[][..], |namespace| &namespace.policy_rules);
    let family = if wanted.ipv6 { " of IPv6" } else { "" };
    let of_family: Vec<&PolicyRule> = rules.iter().filter(|rule| rule.spec.ipv6 == wanted.ipv6).collect();
    let diagnostic = Diagnostic::error(Code::NotFound, format!("{} has no such policy rule{family}", place(ns)));
    let near = of_family.iter().find_map(|rule| Some((rule, only_difference(rule, wanted)?)));
    let at = near.and_then(|(_, word)| behind(words, word).or_else(|| behind(words, synonym(word))));
    let diagnostic = diagnostic.label(at.unwrap_or(statement), "no rule fits");
    let is_other_family = |rule: &&PolicyRule| rule.is_meant(&RuleSpec { ipv6: !wanted.ipv6, ..wanted.clone() });
    match near {
        Some((rule, word)) => diagnostic
            .note(format!("this one has another `{word}`: `{}`", told(&rule.asked())))
            .help(format!("if it is meant, type `rule del{}`", rule_del(rule))),
        None => match rules.iter().find(is_other_family).filter(|_| wanted.from.is_none() && wanted.to.is_none()) {
            Some(rule) => diagnostic
                .note(format!("there is one{}: `{}`", if wanted.ipv6 { "" } else { " of IPv6" }, told(&rule.asked())))
                .help(format!("type `ip -{} rule del …`", if wanted.ipv6 { 4 } else { 6 })),
            None if of_family.is_empty() => diagnostic.note("there are none"),
            None => {
                let known = listed(of_family.iter().map(|rule| format!("`{}`", told(&rule.asked()))));
                diagnostic.note(format!("there are {known}"))
            }
        },
    }
}

/// The word in which a rule differs from the one that was asked for, if it is one alone.
fn only_difference(rule: &PolicyRule, wanted: &RuleSpec) -> Option<&'static str> {
    let any = |change: fn(&mut RuleSpec)| {
        let mut wider = wanted.clone();
        change(&mut wider);
        wider
    };
    let wider: [(&'static str, RuleSpec); 9] = [
        ("priority", any(|rule| rule.priority = None)),
        ("from", any(|rule| rule.from = None)),
        ("to", any(|rule| rule.to = None)),
        ("table", any(|rule| rule.action = None)),
        ("fwmark", any(|rule| rule.mark = None)),
        ("iif", any(|rule| rule.iif = None)),
        ("oif", any(|rule| rule.oif = None)),
        ("tos", any(|rule| rule.tos = 0)),
        ("protocol", any(|rule| rule.protocol = None)),
    ];
    // What was all that was said would make any rule fit.
    let says_more = |wider: &RuleSpec| {
        RuleSpec { ipv6: wanted.ipv6, not: wider.not, ..wider.clone() }
            != RuleSpec { not: wider.not, ..RuleSpec::new(wanted.ipv6) }
    };
    wider
        .into_iter()
        .find(|(_, wider)| wider != wanted && says_more(wider) && rule.is_meant(wider))
        .map(|(word, _)| word)
}

/// The other word that people write for it.
fn synonym(word: &str) -> &str {
    match word {
        "table" => "lookup",
        "priority" => "pref",
        other => other,
    }
}

/// What deletes that rule and no other, without more words than it takes.
fn rule_del(rule: &PolicyRule) -> String {
    let RuleSpec { ipv6, from, to, .. } = &rule.spec;
    let short = RuleSpec { priority: Some(rule.priority), from: *from, to: *to, ..RuleSpec::new(*ipv6) };
    short.to_string()
}

/// A rule as listings have it.
fn told(rule: &RuleSpec) -> String {
    let words = RuleSpec { priority: None, protocol: None, ..rule.clone() };
    let all = if rule.from.is_none() && rule.to.is_none() { " from all" } else { "" };
    match rule.priority {
        Some(priority) => format!("{priority}:{all}{words}"),
        None => format!("{all}{words}").trim_start().to_owned(),
    }
}
