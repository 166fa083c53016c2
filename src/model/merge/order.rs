//! What a script makes of a world, led back to what is there already.
//!
//! In: the world as a script would have it, evaluated on a world without what its file made, and the world as it is. Out:
//! the same world, in which the file's things stand among those of others as they stand now. Without that the file would
//! put its own behind theirs whenever it is applied. Invariants: nothing comes and nothing goes; the file's own things
//! keep the order that the script gives them.

use std::collections::BTreeSet;

use super::address::{plain, ranked};
use crate::{
    model::{Address, Chain, LinkId, PolicyRule, Route, RuleEntry, Ruleset, World},
    net::NsRef,
    ops::{PlainRule, RouteProtocol, Rule},
};

/// Gives what `desired` has in common with `now` the order of `now`, as far as things of `base` are among it. Rules that
/// differ only in what is noted beside them stay as they are.
pub fn keep_order(desired: &mut World, base: &World, now: &World) {
    let all: Vec<NsRef> = desired.namespaces().map(|(ns, _)| ns.clone()).collect();
    for ns in all {
        let Some(there) = now.namespace(&ns) else { continue };
        let theirs = base.namespace(&ns);
        let links: Vec<LinkId> = desired.links_of(&ns).map(|(id, _)| id).collect();
        for id in links.into_iter().filter(|&id| base.contains_link(id) && now.contains_link(id)) {
            keep_addresses(desired, base, now, id);
        }
        let Some(namespace) = desired.namespace_mut(&ns) else { continue };
        let rules = theirs.map_or(&[][..], |theirs| &theirs.policy_rules);
        namespace.policy_rules = policy_rules(&namespace.policy_rules, rules, &there.policy_rules);
        for table in namespace.ruleset.iter_mut().flat_map(|ruleset| &mut ruleset.tables) {
            let name = table.table.clone();
            for chain in &mut table.chains {
                let find = |ruleset: Option<&Ruleset>| -> Option<Chain> {
                    let chains = &ruleset?.table(&name)?.chains;
                    chains.iter().find(|other| other.name == chain.name).cloned()
                };
                let Some(there) = find(there.ruleset.as_ref()) else { continue };
                let theirs = find(theirs.and_then(|theirs| theirs.ruleset.as_ref()));
                let theirs = theirs.map_or_else(Vec::new, |chain| chain.rules);
                chain.rules = in_order(&chain.rules, &theirs, &there.rules, is_same_rule);
            }
        }
    }
}

/// Only among rules of one priority is there an order.
fn policy_rules(desired: &[PolicyRule], theirs: &[PolicyRule], now: &[PolicyRule]) -> Vec<PolicyRule> {
    let key = |rule: &PolicyRule| (rule.spec.ipv6, rule.priority);
    let of =
        |rules: &[PolicyRule], wanted| rules.iter().filter(|rule| key(rule) == wanted).cloned().collect::<Vec<_>>();
    let keys: BTreeSet<_> = desired.iter().map(key).collect();
    let ordered = |key| in_order(&of(desired, key), &of(theirs, key), &of(now, key), |one, other| one == other);
    keys.into_iter().flat_map(ordered).collect()
}

/// A link that the file made may stay for others' sake in `base`, and is then asked for once more: what the file does
/// not say of it any more is as in `alone`, where it was made anew. `owned` is the world before the file and with what
/// it made.
pub fn keep_asked(desired: &mut World, (base, alone): (&World, &World), now: &World, owned: (&World, &World)) {
    let (before, after) = owned;
    let is_made = |id: LinkId| after.contains_link(id) && !before.contains_link(id);
    let made: Vec<LinkId> = now
        .links()
        .map(|(id, _)| id)
        .filter(|&id| is_made(id) && base.contains_link(id) && desired.contains_link(id))
        .collect();
    for id in made {
        let (left, link) = (after.link(id), now.link(id));
        let Some(own) = alone.find_link(&link.ns, &link.name).map(|own| alone.link(own)) else { continue };
        if link.mtu == left.mtu {
            let wanted = desired.link_mut(id);
            (wanted.mtu, wanted.mtu_origin) = (own.mtu, own.mtu_origin);
        }
        if link.master == left.master {
            let master = own.master.map(|master| alone.link(master));
            desired.set_master(id, master.and_then(|master| desired.find_link(&master.ns, &master.name)));
        }
    }
    // The MTU of a bridge that is made anew follows its ports.
    let anew: Vec<LinkId> = desired.links().map(|(id, _)| id).filter(|&id| !base.contains_link(id)).collect();
    for id in anew {
        let link = desired.link_mut(id);
        if let Some(own) = alone.find_link(&link.ns, &link.name).map(|own| alone.link(own)) {
            (link.mtu, link.mtu_origin) = (own.mtu, own.mtu_origin);
        }
    }
}

fn is_same_rule(one: &RuleEntry, other: &RuleEntry) -> bool {
    match (&one.rule, &other.rule) {
        (Rule::Plain(one), Rule::Plain(other)) => {
            PlainRule { comment: None, ..one.clone() } == PlainRule { comment: None, ..other.clone() }
        }
        (one, other) => one == other,
    }
}

/// The order of the addresses of a link, and what follows from it: which is the primary one of its prefix.
fn keep_addresses(desired: &mut World, base: &World, now: &World, id: LinkId) {
    let bare = |world: &World| world.link(id).addresses.iter().map(plain).collect::<Vec<Address>>();
    let (wanted, theirs, there) = (bare(desired), bare(base), bare(now));
    let list = in_order(&wanted, &theirs, &there, |one, other| one == other);
    if list == wanted {
        return;
    }
    let before = desired.link(id).clone();
    let mut list = if list == there { now.link(id).addresses.clone() } else { ranked(list) };
    for address in &mut list {
        if let Some(known) = before.addresses.iter().find(|known| plain(known) == plain(address)) {
            address.origin = known.origin;
        }
    }
    desired.link_mut(id).addresses = list;
    let seen = now.namespace(&before.ns).map_or(&[][..], |namespace| &namespace.routes);
    let addresses = &desired.link(id).addresses;
    let is_primary = |route: &&Route| {
        let source = |address: &&Address| Some(address.cidr.addr()) == route.source && !address.secondary;
        addresses.iter().any(|address| source(&address))
    };
    let connected: Vec<Route> = seen.iter().filter(|route| of(route, id)).filter(is_primary).cloned().collect();
    let Some(namespace) = desired.namespace_mut(&before.ns) else { return };
    let key = |route: &Route| (route.table, route.destination, route.metric);
    namespace.routes.retain(|route| !of(route, id) || connected.iter().all(|other| key(other) != key(route)));
    namespace.routes.extend(connected);
    namespace.routes.sort_by_key(key);
}

/// Whether a route came with an address of a link.
fn of(route: &Route, id: LinkId) -> bool {
    route.protocol == RouteProtocol::KERNEL && route.link == Some(id)
}

/// The elements of `desired`: those that are there now in the order of now, but the file's own among themselves in that
/// of the script; new ones beside those that they stand beside.
fn in_order<T: Clone>(desired: &[T], theirs: &[T], now: &[T], is_same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    /// An element that is wanted.
    struct Wanted<T> {
        element: T,
        place: Option<usize>,
        is_theirs: bool,
    }
    let (mut left, mut there): (Vec<&T>, Vec<Option<&T>>) = (theirs.iter().collect(), now.iter().map(Some).collect());
    let mut wanted = Vec::new();
    for element in desired {
        let known = left.iter().position(|other| is_same(other, element));
        let place = there.iter().position(|other| other.is_some_and(|other| is_same(other, element)));
        let as_it_is = place.and_then(|place| there[place].take());
        wanted.push(Wanted {
            element: as_it_is.unwrap_or(element).clone(),
            place,
            is_theirs: known.map(|at| left.remove(at)).is_some(),
        });
    }
    if !wanted.iter().any(|wanted| wanted.is_theirs) {
        return wanted.into_iter().map(|wanted| wanted.element).collect();
    }
    let mut order: Vec<usize> = (0..wanted.len()).filter(|&at| wanted[at].place.is_some()).collect();
    let mut own = order.iter().copied().filter(|&at| !wanted[at].is_theirs).collect::<Vec<usize>>().into_iter();
    order.sort_by_key(|&at| wanted[at].place);
    for at in &mut order {
        if !wanted[*at].is_theirs {
            *at = own.next().unwrap_or(*at);
        }
    }
    for at in (0..wanted.len()).filter(|&at| wanted[at].place.is_none()) {
        let is_own = |other: &usize| !wanted[*other].is_theirs;
        let place = |other: usize, order: &[usize]| order.iter().position(|known| *known == other);
        let behind = (0..at).rev().filter(is_own).find_map(|other| place(other, &order)).map(|place| place + 1);
        let before = || (at + 1..wanted.len()).filter(is_own).find_map(|other| place(other, &order));
        let beside = || (0..at).rev().find_map(|other| place(other, &order)).map(|place| place + 1);
        let position = behind.or_else(before).or_else(beside).unwrap_or(0);
        order.insert(position, at);
    }
    order.into_iter().map(|at| wanted[at].element.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::in_order;

    /// Letters; what others made is written large.
    fn ordered(desired: &str, now: &str) -> String {
        let letters = |text: &str| text.chars().collect::<Vec<char>>();
        let theirs: String = desired.chars().filter(|letter| letter.is_uppercase()).collect();
        in_order(&letters(desired), &letters(&theirs), &letters(now), |one, other| one == other).into_iter().collect()
    }

    #[test]
    fn what_is_there_keeps_its_place() {
        assert_eq!(ordered("Xab", "aXb"), "aXb");
        assert_eq!(ordered("Xab", "abX"), "abX");
        assert_eq!(ordered("XYab", "aXYb"), "aXYb");
        assert_eq!(ordered("XYa", "YaX"), "YaX");
    }

    #[test]
    fn the_order_of_the_script_holds() {
        assert_eq!(ordered("Xba", "aXb"), "bXa");
        assert_eq!(ordered("ba", "ab"), "ba");
        assert_eq!(ordered("Xa", "aXb"), "aX");
    }

    #[test]
    fn what_is_new_stands_beside_its_neighbours() {
        assert_eq!(ordered("Xanb", "aXb"), "anXb");
        assert_eq!(ordered("Xna", "aX"), "naX");
        assert_eq!(ordered("Xn", "X"), "Xn");
        assert_eq!(ordered("nX", "X"), "nX");
        assert_eq!(ordered("Xn", "aX"), "Xn");
    }

    #[test]
    fn what_differs_only_in_a_note_stays() {
        let lower = |one: &char, other: &char| one.eq_ignore_ascii_case(other);
        assert_eq!(in_order(&['a', 'b', 'c'], &[], &['A', 'b'], lower), ['A', 'b', 'c']);
    }
}
