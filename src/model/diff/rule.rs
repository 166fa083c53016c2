//! Policy rules: those of a priority are a list, and what stands behind the first difference is taken away and made
//! again. They come before routes, whose gateways the kernel looks up by them.

use std::collections::BTreeSet;

use super::Planner;
use crate::{
    model::{Namespace, PolicyRule},
    net::NsRef,
    ops::RuleOp,
};

/// What the rules of a list have in common: family and priority.
type Key = (bool, u32);

fn key(rule: &PolicyRule) -> Key {
    (rule.spec.ipv6, rule.priority)
}

impl Planner<'_> {
    pub(super) fn replace_policy_rules(&mut self) {
        for ns in self.common_namespaces() {
            let (have, wanted) = (rules(self.now.namespace(&ns)), rules(self.to.namespace(&ns)));
            if have == wanted {
                continue;
            }
            let keys: BTreeSet<Key> = have.iter().chain(&wanted).map(key).collect();
            let lists: Vec<(Key, Vec<PolicyRule>)> =
                keys.into_iter().map(|key| (key, without_strangers(&list(&wanted, key), &list(&have, key)))).collect();
            // What is missing comes before the surplus goes, so that packets find their way all the time.
            for (key, wanted) in lists.iter().filter(|(_, wanted)| !wanted.is_empty()) {
                self.edit_list(&ns, *key, wanted);
            }
            for (key, wanted) in &lists {
                self.delete_rules(&ns, *key, wanted);
            }
        }
    }

    fn edit_list(&mut self, ns: &NsRef, key: Key, wanted: &[PolicyRule]) {
        if !wanted.starts_with(&self.list_now(ns, key, wanted)) {
            self.delete_rules(ns, key, wanted);
        }
        let there = self.list_now(ns, key, wanted);
        for rule in wanted.iter().filter(|rule| rule.opaque.is_empty() && !there.contains(rule)) {
            let op = RuleOp::Add { ns: ns.clone(), rule: Box::new(rule.asked()) };
            self.plan(op, |_| {});
        }
    }

    /// Takes the rules of a list away that are not wanted where they stand; the last first, for the kernel takes the
    /// first that fits.
    fn delete_rules(&mut self, ns: &NsRef, key: Key, wanted: &[PolicyRule]) {
        let have = self.list_now(ns, key, wanted);
        let right = have.iter().zip(wanted).take_while(|(have, wanted)| have == wanted).count();
        for rule in have[right..].iter().rev() {
            let asked = rule.asked();
            let all = self.now.namespace(ns).map_or(&[][..], |namespace| &namespace.policy_rules);
            // What is not understood could not be put back, and the request may fit it before the one that is meant.
            if all.iter().find(|other| other.is_meant(&asked)).is_some_and(|first| first.opaque.is_empty()) {
                self.plan(RuleOp::Del { ns: ns.clone(), rule: Box::new(asked) }, |_| {});
            }
        }
    }

    /// A list as it is by now.
    fn list_now(&self, ns: &NsRef, key: Key, wanted: &[PolicyRule]) -> Vec<PolicyRule> {
        without_strangers(&list(&rules(self.now.namespace(ns)), key), wanted)
    }
}

fn rules(namespace: Option<&Namespace>) -> Vec<PolicyRule> {
    namespace.map_or_else(Vec::new, |namespace| namespace.policy_rules.clone())
}

/// The rules of one list.
fn list(rules: &[PolicyRule], of: Key) -> Vec<PolicyRule> {
    rules.iter().filter(|rule| key(rule) == of).cloned().collect()
}

/// The rules without those that are not understood and that the other list does not have: they can neither be made nor
/// be taken away so that they could be put back.
fn without_strangers(rules: &[PolicyRule], other: &[PolicyRule]) -> Vec<PolicyRule> {
    rules.iter().filter(|rule| rule.opaque.is_empty() || other.contains(rule)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::scene::{after, ns, policy_rule, policy_rule_add, policy_rule_del, undo};
    use crate::{
        model::{PolicyRule, World, diff},
        ops::RuleSpec,
    };

    #[test]
    fn a_new_rule_goes_and_a_deleted_one_comes_back_to_its_place() {
        let setup = [policy_rule_add("host", policy_rule("10.0.0.0/8", 100, Some(5)))];
        let ops = [
            policy_rule_add("host", policy_rule("10.1.0.0/16", 101, None)),
            policy_rule_del("host", RuleSpec { priority: Some(32766), ..RuleSpec::new(false) }),
            policy_rule_del("host", policy_rule("10.0.0.0/8", 100, Some(5))),
        ];
        expect![[r#"
            ip rule add from 10.0.0.0/8 table 100 priority 5
            ip rule add table main proto kernel priority 32766
            ip rule del from 10.1.0.0/16 table 101 priority 4
        "#]]
        .assert_eq(&undo(&setup, &ops));
    }

    #[test]
    fn rules_of_one_priority_keep_their_order() {
        let setup = [
            policy_rule_add("host", policy_rule("10.1.0.0/16", 101, Some(5))),
            policy_rule_add("host", policy_rule("10.2.0.0/16", 102, Some(5))),
            policy_rule_add("host", policy_rule("10.3.0.0/16", 103, Some(5))),
        ];
        let ops = [policy_rule_del("host", policy_rule("10.2.0.0/16", 102, None))];
        expect![[r#"
            ip rule del from 10.3.0.0/16 table 103 priority 5
            ip rule add from 10.2.0.0/16 table 102 priority 5
            ip rule add from 10.3.0.0/16 table 103 priority 5
        "#]]
        .assert_eq(&undo(&setup, &ops));
    }

    #[test]
    fn what_is_not_understood_is_left_alone_and_in_nobodys_way() {
        let plain = after(&World::fresh(), &[policy_rule_add("host", policy_rule("10.0.0.0/8", 7, Some(6)))]);
        let mut with = plain.clone();
        let stranger = PolicyRule { priority: 6, spec: policy_rule("10.0.0.0/8", 7, None), opaque: vec![1] };
        with.namespace_mut(&ns("host")).unwrap().policy_rules.insert(1, stranger);
        let told = |from: &World, to: &World| diff(from, to).iter().map(|op| format!("{op}\n")).collect::<String>();
        assert_eq!([told(&plain, &with), told(&with, &plain)], [String::new(), String::new()]);
        // A request for the one behind it would fit the stranger first.
        let flushed = after(&plain, &[policy_rule_del("host", policy_rule("10.0.0.0/8", 7, Some(6)))]);
        assert_eq!(told(&with, &flushed), "");
        // The one that is understood comes back though the other does not.
        expect![[r#"
            ip rule add from 10.0.0.0/8 table 7 priority 6
        "#]]
        .assert_eq(&told(&flushed, &with));
    }
}
