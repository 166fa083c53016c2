//! What is in a namespace beside links: routes, policy rules, settings, and the rules of netfilter.

use std::collections::BTreeMap;

use super::{
    Fate, Merger,
    kept::Kept,
    others::Other,
    pick::{Merged, Pick, merge_lists, pick},
    ruleset::{self, Foreign},
};
use crate::{
    model::{
        LinkId, Namespace, PolicyRule, Route, Ruleset, World,
        equality::{NamedRoute, is_same_value},
        spec::route_spec,
    },
    net::{NsRef, SysctlKey},
    ops::RouteProtocol,
};

/// What is in a namespace.
pub(super) struct Contents {
    namespace: Namespace,
    routes: Vec<Route>,
    /// The links of the run that somebody's routes or settings are about, and what those are.
    pub needs: BTreeMap<LinkId, String>,
}

impl Contents {
    /// All as it is in a world.
    pub fn of(world: &World, ns: &NsRef) -> Self {
        let mut namespace = world.namespace(ns).expect("its fate was judged").clone();
        namespace.links.clear();
        let routes = std::mem::take(&mut namespace.routes);
        Self { namespace, routes, needs: BTreeMap::new() }
    }

    /// The namespace, still without links and routes, and the routes.
    pub fn into_namespace(self) -> (Namespace, Vec<Route>) {
        (self.namespace, self.routes)
    }
}

impl Merger<'_> {
    /// The contents of a namespace that is there now and was looked at in all worlds that it is in.
    pub(super) fn contents(&mut self, ns: &NsRef) -> Contents {
        let mut contents = Contents::of(self.now, ns);
        contents.routes = self.routes(ns, &mut contents.needs);
        contents.namespace.policy_rules = self.policy_rules(ns);
        contents.namespace.sysctls = self.sysctls(ns, &mut contents.needs);
        contents.namespace.ruleset = self.ruleset(ns);
        contents
    }

    fn lists<'w, T>(&'w self, ns: &NsRef, of: impl Fn(&'w Namespace) -> &'w [T]) -> (&'w [T], Vec<&'w [T]>, &'w [T]) {
        let in_world = |world: &'w World| world.namespace(ns).map_or(&[][..], &of);
        (in_world(&self.before), self.after.iter().map(|world| in_world(world)).collect(), in_world(self.now))
    }

    fn routes(&mut self, ns: &NsRef, needs: &mut BTreeMap<LinkId, String>) -> Vec<Route> {
        let (before, after, now) = self.lists(ns, |namespace| namespace.routes.as_slice());
        // One that leads to the same place at the same cost, and was put there since.
        let is_in_the_way = |now: &Route, back: &Route| {
            let key = |route: &Route| (route.table, route.destination, route.metric);
            let is_foreign = !before.contains(now) && !after.iter().any(|after| after.contains(now));
            key(now) == key(back) && is_foreign
        };
        let Merged { mut list, foreign, displaced } = merge_lists(before, &after, now, is_in_the_way);
        if self.all {
            list.retain(|route| !displaced.iter().any(|back| is_in_the_way(route, back)));
            list.extend(displaced.iter().cloned());
        }
        let key = |route: &Route| (route.table, route.destination, route.metric);
        list.sort_by_key(key);
        let is_instead = |route: &&Route| {
            let mut ours = after.iter().copied().flatten().filter(|ours| key(ours) == key(route));
            !is_of_the_kernel(route)
                && ours.any(|ours| !now.contains(ours))
                && !before.iter().any(|before| key(before) == key(route))
        };
        let instead: Vec<Route> = foreign.iter().filter(is_instead).cloned().collect();
        if self.all {
            list.retain(|route| !instead.contains(route));
        }
        let is_all = self.all;
        for route in foreign.iter().filter(|route| !is_all || !instead.contains(route)) {
            if is_of_the_kernel(route) {
                // It stays and goes with an address.
                let is_on_the_runs = route.link.is_some_and(|id| self.is_made(id));
                self.others.extend(is_on_the_runs.then(|| Other::Route(ns.clone(), route.clone())));
                continue;
            }
            let text = self.route_text(route);
            let other = Other::Route(ns.clone(), route.clone());
            match route.link {
                Some(id) => {
                    if self.is_made(id) {
                        self.others.push(other);
                    }
                    needs.entry(id).or_insert_with(|| format!("route {text}"));
                }
                None => self.need(ns, Some(other), || format!("route {text}")),
            }
        }
        for route in instead.iter().filter(|_| !self.all) {
            let text = self.route_text(route);
            self.kept
                .push(Kept::changed(format!("{ns}: route {text} stays: somebody put it in the place of this run's")));
        }
        for route in displaced.iter().filter(|_| !self.all) {
            let text = self.route_text(route);
            let text = format!("{ns}: route {text} does not come back: somebody put another in its place");
            self.kept.push(Kept::changed(text));
        }
        list
    }

    fn route_text(&self, route: &Route) -> String {
        let worlds = [self.now, &self.before].into_iter().chain(self.after.iter().copied());
        let name = |id: LinkId| {
            let mut having = worlds.filter(|world| world.contains_link(id));
            having.next().map(|world| world.link(id).name.clone())
        };
        let link = route.link.and_then(name);
        route_spec(&NamedRoute { link, rest: Route { link: None, ..route.clone() } }).to_string()
    }

    fn policy_rules(&mut self, ns: &NsRef) -> Vec<PolicyRule> {
        let (before, after, now) = self.lists(ns, |namespace| namespace.policy_rules.as_slice());
        let Merged { mut list, foreign, .. } = merge_lists(before, &after, now, |_, _| false);
        list.sort_by_key(|rule| (rule.spec.ipv6, rule.priority));
        for rule in foreign {
            let text = format!("policy rule {}:{}", rule.priority, rule.spec);
            self.need(ns, Some(Other::PolicyRule(ns.clone(), rule)), || text);
        }
        list
    }

    /// A setting that was not looked at before the run stays.
    fn sysctls(&mut self, ns: &NsRef, needs: &mut BTreeMap<LinkId, String>) -> BTreeMap<SysctlKey, String> {
        let of = |world: &World, key: &SysctlKey| {
            world.namespace(ns).and_then(|namespace| namespace.sysctls.get(key).cloned())
        };
        let mut settings = self.now.namespace(ns).map(|namespace| namespace.sysctls.clone()).unwrap_or_default();
        // Those of links that are to come back, or to get their names back.
        let had = self.before.namespace(ns).map(|namespace| namespace.sysctls.clone()).unwrap_or_default();
        let mut gone: Vec<(SysctlKey, String)> =
            had.into_iter().filter(|(key, _)| !settings.contains_key(key)).collect();
        for (key, before) in &mut gone {
            let Some(now) = self.renamed(ns, key).filter(|_| !self.all) else { continue };
            let after: Vec<String> = self.after.iter().filter_map(|world| of(world, &now)).collect();
            let Some(value) = settings.get(&now) else { continue };
            if pick(before, &after.iter().collect::<Vec<&String>>(), value) == Pick::Foreign {
                self.kept.push(Kept::changed(format!("{ns}: {key} stays {value}: somebody set it since")));
                before.clone_from(value);
            }
        }
        // Those of a link that stands where another was before are not that one's.
        let is_of_another = |key: &SysctlKey| {
            let link = key.link().and_then(|link| link.parse().ok());
            let found = |world: &World| world.find_link(ns, link.as_ref()?);
            found(&self.before).is_some_and(|id| found(self.now).is_some_and(|now| now != id))
        };
        settings.retain(|key, _| !is_of_another(key) || of(&self.before, key).is_some());
        let of_another: Vec<SysctlKey> = settings.keys().filter(|key| is_of_another(key)).cloned().collect();
        // Where it is not known whether a link followed `default`, it may have.
        let default = |key: &SysctlKey| key.link().and_then(|_| key.with_link(&"default".parse().ok()?).ok());
        let left = |world: &World, key: &SysctlKey| match (of(world, key), default(key)) {
            (None, Some(default)) => [of(world, &default), of(&self.before, &default)],
            (own, _) => [own, None],
        };
        for (key, value) in settings.iter_mut().filter(|(key, _)| !of_another.contains(key)) {
            let after: Vec<String> = self.after.iter().flat_map(|world| left(world, key)).flatten().collect();
            // The kernel writes a tab where a script may have a blank.
            let after: Vec<&String> =
                after.iter().map(|left| if is_same_value(left, value) { &*value } else { left }).collect();
            let Some(before) = of(&self.before, key) else {
                let is_changed = !after.is_empty() && !after.contains(&&*value);
                if is_changed && self.fates.get(ns) == Some(&Fate::Made) && !self.all {
                    let text = format!("setting {key}");
                    self.others.push(Other::Setting(ns.clone(), key.clone()));
                    match key.link().and_then(|link| self.now.find_link(ns, &link.parse().ok()?)) {
                        Some(id) => drop(needs.insert(id, text)),
                        None => drop(self.needed.entry(ns.clone()).or_insert(text)),
                    }
                }
                continue;
            };
            match pick(&before, &after, value) {
                Pick::Now => {}
                Pick::Foreign if !self.all => {
                    self.kept.push(Kept::changed(format!("{ns}: {key} stays {value}: somebody set it since")));
                }
                Pick::Before | Pick::Foreign => *value = before,
            }
        }
        settings.extend(gone);
        settings
    }

    /// What a setting of before is called now, if its link has another name.
    fn renamed(&self, ns: &NsRef, key: &SysctlKey) -> Option<SysctlKey> {
        let id = self.before.find_link(ns, &key.link()?.parse().ok()?)?;
        let link = self.now.contains_link(id).then(|| self.now.link(id)).filter(|link| link.ns == *ns)?;
        key.with_link(&link.name).ok()
    }

    fn ruleset(&mut self, ns: &NsRef) -> Option<Ruleset> {
        let now = self.now.namespace(ns)?.ruleset.as_ref()?;
        let before = self.before.namespace(ns).and_then(|namespace| namespace.ruleset.as_ref());
        let after = |world: &&World| world.namespace(ns).map(|namespace| namespace.ruleset.clone());
        let after: Vec<Ruleset> = self.after.iter().filter_map(after).map(Option::unwrap_or_default).collect();
        let Some(before) = before else { return Some(now.clone()) };
        let merged = ruleset::merge(before, &after, now, self.all);
        self.kept.extend(merged.kept.into_iter().map(|(held, line)| Kept::held(ns, held, format!("{ns}: {line}"))));
        for foreign in merged.foreign {
            let what = foreign.to_string();
            let is_of_the_run = foreign.is_on_the_runs();
            let other = match foreign {
                Foreign::Table(table) => Other::Table(ns.clone(), table),
                Foreign::Chain(chain) | Foreign::Policy(chain) => Other::Chain(ns.clone(), chain),
                Foreign::Rule(chain, rule) => Other::Rule(ns.clone(), chain, rule),
            };
            if is_of_the_run && !self.all && self.fate(ns) != Fate::Made {
                self.others.push(other.clone());
            }
            self.need(ns, Some(other), || what);
        }
        Some(merged.ruleset)
    }
}

/// Nobody asked for it: a router announced it, or it came with an address.
fn is_of_the_kernel(route: &Route) -> bool {
    matches!(route.protocol, RouteProtocol::RA | RouteProtocol::REDIRECT | RouteProtocol::KERNEL)
}
