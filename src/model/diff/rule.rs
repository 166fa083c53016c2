//! Policy rules: those of a priority are a list, and what stands behind the first difference is taken away and made
//! again. They come before routes, whose gateways the kernel looks up by them.

use std::collections::BTreeSet;

use super::Planner;
use crate::{model::PolicyRule, net::NsRef, ops::RuleOp};

/// What the rules of a list have in common: family and priority.
type Key = (bool, u32);

fn key(rule: &PolicyRule) -> Key {
    (rule.spec.ipv6, rule.priority)
}

impl Planner<'_> {
    pub(super) fn replace_policy_rules(&mut self) {
        for ns in self.common_namespaces() {
            let wanted = rules(self.to.namespace(&ns));
            let have = rules(self.now.namespace(&ns));
            if have == wanted {
                continue;
            }
            let keys: BTreeSet<Key> = have.iter().chain(&wanted).map(key).collect();
            // What is missing comes before the surplus goes, so that packets find their way all the time.
            for &key in &keys {
                if !list(&wanted, key).is_empty() {
                    self.edit_list(&ns, key, &list(&wanted, key));
                }
            }
            for &key in &keys {
                self.delete_rules(&ns, key, &list(&wanted, key));
            }
        }
    }

    fn edit_list(&mut self, ns: &NsRef, key: Key, wanted: &[PolicyRule]) {
        let is_beginning = |have: &[PolicyRule]| wanted.starts_with(have);
        if !is_beginning(&list(&rules(self.now.namespace(ns)), key)) {
            self.delete_rules(ns, key, wanted);
        }
        let there = list(&rules(self.now.namespace(ns)), key);
        for rule in wanted.iter().filter(|rule| !there.contains(rule) && rule.opaque.is_empty()) {
            let op = RuleOp::Add { ns: ns.clone(), rule: Box::new(rule.asked()) };
            self.plan(op, |_| {});
        }
    }

    /// Takes the rules of a list away that are not wanted where they stand; the last first, for the kernel takes the
    /// first that fits.
    fn delete_rules(&mut self, ns: &NsRef, key: Key, wanted: &[PolicyRule]) {
        let have = list(&rules(self.now.namespace(ns)), key);
        let right = have.iter().zip(wanted).take_while(|(have, wanted)| have == wanted).count();
        for rule in have[right..].iter().rev() {
            // What the model does not understand it could not put back.
            if !rule.opaque.is_empty() {
                continue;
            }
            let op = RuleOp::Del { ns: ns.clone(), rule: Box::new(rule.asked()) };
            self.plan(op, |_| {});
        }
    }
}

fn rules(namespace: Option<&crate::model::Namespace>) -> Vec<PolicyRule> {
    namespace.map_or_else(Vec::new, |namespace| namespace.policy_rules.clone())
}

/// The rules of one list.
fn list(rules: &[PolicyRule], of: Key) -> Vec<PolicyRule> {
    rules.iter().filter(|rule| key(rule) == of).cloned().collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::scene::{policy_rule, policy_rule_add, policy_rule_del, undo};
    use crate::ops::RuleSpec;

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
}
