//! A world read from a file.
//!
//! In: what was written of one: all but what follows from the rest. Out: the world. Invariant: what is read is whole:
//! every link is in a namespace that is there, and whatever names a link names one that is there.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use thiserror::Error;

use super::{KernelTraits, Kind, Link, LinkId, Namespace, Peer, Under, World};
use crate::net::{IfName, NsRef};

/// What is written of a world.
#[derive(Deserialize)]
pub(super) struct Written {
    traits: KernelTraits,
    namespaces: BTreeMap<NsRef, Namespace>,
    links: BTreeMap<LinkId, Link>,
    next_link: LinkId,
}

/// Why what was written is no world.
#[derive(Debug, Error)]
pub(super) enum Broken {
    #[error("link {name} is in namespace {ns}, which is not there")]
    Homeless { name: IfName, ns: NsRef },
    #[error("namespace {ns} has two links called {name}")]
    Twice { name: IfName, ns: NsRef },
    #[error("{what} of {of} is a link that is not there")]
    Missing { what: &'static str, of: String },
    #[error("the numbers of links are used up")]
    Numbers,
}

impl TryFrom<Written> for World {
    type Error = Broken;

    fn try_from(written: Written) -> Result<Self, Broken> {
        let Written { traits, mut namespaces, links, next_link } = written;
        let mut ports: BTreeMap<LinkId, BTreeSet<LinkId>> = BTreeMap::new();
        let mut vxlans = BTreeSet::new();
        for (&id, link) in &links {
            let homeless = || Broken::Homeless { name: link.name.clone(), ns: link.ns.clone() };
            let namespace = namespaces.get_mut(&link.ns).ok_or_else(homeless)?;
            if namespace.links.insert(link.name.clone(), id).is_some() {
                return Err(Broken::Twice { name: link.name.clone(), ns: link.ns.clone() });
            }
            if id >= next_link || next_link > LinkId::LAST || link.index > namespace.highest_index {
                return Err(Broken::Numbers);
            }
            if let Some(master) = link.master {
                ports.entry(master).or_default().insert(id);
            }
            if let Kind::Vxlan(_) = link.kind {
                vxlans.insert(id);
            }
            let missing = named(link).into_iter().find(|(_, other)| !links.contains_key(other));
            if let Some((what, _)) = missing {
                return Err(Broken::Missing { what, of: format!("link {} in namespace {}", link.name, link.ns) });
            }
        }
        for (ns, namespace) in &namespaces {
            let is_here = |id: &LinkId| links.get(id).is_some_and(|link| link.ns == *ns);
            if let Some(route) = namespace.routes.iter().find(|route| !route.link.iter().all(is_here)) {
                let of = format!("route {} in namespace {ns}", route.destination);
                return Err(Broken::Missing { what: "the way out", of });
            }
            if i32::try_from(namespace.highest_index).is_err() {
                return Err(Broken::Numbers);
            }
        }
        Ok(Self { traits, namespaces, links, ports, vxlans, next_link })
    }
}

/// The other links that a link is about.
fn named(link: &Link) -> Vec<(&'static str, LinkId)> {
    let mut named: Vec<(&'static str, LinkId)> = link.master.map(|master| ("the master", master)).into_iter().collect();
    match &link.kind {
        Kind::Veth { peer: Peer::Link(peer) } => named.push(("the peer", *peer)),
        Kind::Vxlan(vxlan) => match vxlan.under {
            Under::Link(dev) => named.push(("the carrier", dev)),
            Under::Routes(_) | Under::Elsewhere => {}
        },
        Kind::Veth { peer: Peer::Elsewhere } | Kind::Loopback | Kind::Bridge | Kind::Other(_) => {}
    }
    named
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        model::{Knowledge, Outcome, apply},
        ops::{AddrOp, AddressSpec, LinkChanges, LinkKind, LinkOp, LinkSpec, Master, NetnsOp, Op, PeerSpec, VxlanSpec},
    };

    fn name(name: &str) -> IfName {
        name.parse().unwrap()
    }

    /// A cable from the port of a bridge to a namespace that is called like the host, and a vxlan over it.
    fn world() -> World {
        let far = NsRef::Named("host".parse().unwrap());
        let add =
            |link: &str, kind| -> Op { LinkOp::Add { ns: NsRef::Host, spec: LinkSpec::new(name(link), kind) }.into() };
        let change = |link: &str, changes| -> Op { LinkOp::Set { ns: NsRef::Host, link: name(link), changes }.into() };
        let peer = PeerSpec { name: Some(name("b")), netns: Some(far), ..PeerSpec::default() };
        let vxlan = VxlanSpec { dev: Some(name("a")), ..VxlanSpec::default() };
        let address = AddressSpec::new("10.0.0.1/24".parse().unwrap());
        let ops: [Op; 7] = [
            NetnsOp::Add { name: "host".parse().unwrap() }.into(),
            add("br", LinkKind::Bridge),
            add("a", LinkKind::Veth { peer }),
            add("x", LinkKind::Vxlan(Box::new(vxlan))),
            change("a", LinkChanges { master: Some(Master::Is(name("br"))), ..LinkChanges::default() }),
            change("br", LinkChanges { up: Some(true), ..LinkChanges::default() }),
            AddrOp::Add { ns: NsRef::Host, link: name("br"), address }.into(),
        ];
        let mut world = World::fresh();
        for op in ops {
            assert_eq!(apply(&mut world, &op), Outcome::Done, "{op}");
        }
        world.insert_unknown(NsRef::Process(7));
        world.namespace_mut(&NsRef::Host).unwrap().inode = Some(4_026_531_840);
        world
    }

    /// Whoever changes what is written must tell it from what was written before: see `FORMAT` of the journal.
    #[test]
    fn the_text_stays_what_it_is() {
        let world = world();
        let text = serde_json::to_string_pretty(&world).unwrap();
        let read: World = serde_json::from_str(&text).unwrap();
        assert_eq!(read, world, "with all that follows from the rest");
        assert_eq!(read.ports(read.find_link(&NsRef::Host, &name("br")).unwrap()).count(), 1);
        assert_eq!(read.vxlans().count(), 1);
        expect![[r#"
            {
              "traits": {
                "rename_while_up": true,
                "ipv6": true
              },
              "namespaces": {
                "/host": {
                  "knowledge": "Exact",
                  "shared": false,
                  "inode": 4026531840,
                  "routes": [
                    {
                      "table": 254,
                      "destination": "10.0.0.0/24",
                      "metric": 0,
                      "kind": "Unicast",
                      "link": 3,
                      "source": "10.0.0.1",
                      "protocol": 2,
                      "scope": 253,
                      "onlink": false
                    }
                  ],
                  "sysctls": {
                    "net.ipv4.conf.all.promote_secondaries": "0",
                    "net.ipv4.conf.default.promote_secondaries": "0"
                  },
                  "ruleset": {
                    "tables": []
                  },
                  "highest_index": 4
                },
                "host": {
                  "knowledge": "Exact",
                  "shared": false,
                  "ruleset": {
                    "tables": []
                  },
                  "highest_index": 2
                },
                "/process/7": {
                  "knowledge": "Unsure",
                  "shared": false,
                  "highest_index": 0
                }
              },
              "links": {
                "1": {
                  "ns": "/host",
                  "name": "lo",
                  "index": 1,
                  "kind": "Loopback",
                  "mac": "00:00:00:00:00:00",
                  "mac_origin": "Kernel",
                  "mtu": "65536",
                  "mtu_origin": "Kernel",
                  "up": false
                },
                "2": {
                  "ns": "host",
                  "name": "lo",
                  "index": 1,
                  "kind": "Loopback",
                  "mac": "00:00:00:00:00:00",
                  "mac_origin": "Kernel",
                  "mtu": "65536",
                  "mtu_origin": "Kernel",
                  "up": false
                },
                "3": {
                  "ns": "/host",
                  "name": "br",
                  "index": 2,
                  "kind": "Bridge",
                  "mac": null,
                  "mac_origin": "Kernel",
                  "mtu": "1500",
                  "mtu_origin": "Kernel",
                  "up": true,
                  "addresses": [
                    {
                      "cidr": "10.0.0.1/24",
                      "scope": 0,
                      "metric": 0,
                      "nodad": false,
                      "noprefixroute": false,
                      "secondary": false,
                      "origin": "Asked"
                    }
                  ]
                },
                "4": {
                  "ns": "host",
                  "name": "b",
                  "index": 2,
                  "kind": {
                    "Veth": {
                      "peer": {
                        "Link": 5
                      }
                    }
                  },
                  "mac": null,
                  "mac_origin": "Kernel",
                  "mtu": "1500",
                  "mtu_origin": "Kernel",
                  "up": false
                },
                "5": {
                  "ns": "/host",
                  "name": "a",
                  "index": 3,
                  "kind": {
                    "Veth": {
                      "peer": {
                        "Link": 4
                      }
                    }
                  },
                  "mac": null,
                  "mac_origin": "Kernel",
                  "mtu": "1500",
                  "mtu_origin": "Kernel",
                  "up": false,
                  "master": 3
                },
                "6": {
                  "ns": "/host",
                  "name": "x",
                  "index": 4,
                  "kind": {
                    "Vxlan": {
                      "settings": {
                        "id": 0,
                        "remote": null,
                        "local": null,
                        "source_ports": [
                          0,
                          0
                        ],
                        "port": 8472,
                        "ttl": {
                          "Number": 0
                        },
                        "tos": 0,
                        "fragments": "Unset",
                        "flow_label": 0,
                        "ageing": 300,
                        "limit": 0,
                        "switches": [
                          "Learning",
                          "UdpCsum"
                        ]
                      },
                      "under": {
                        "Link": 5
                      }
                    }
                  },
                  "mac": null,
                  "mac_origin": "Kernel",
                  "mtu": "1450",
                  "mtu_origin": "Kernel",
                  "up": false
                }
              },
              "next_link": 7
            }"#]]
        .assert_eq(&text);
    }

    #[test]
    fn nothing_is_lost_of_a_namespace_that_is_not_known() {
        for knowledge in [Knowledge::Exact, Knowledge::Unread, Knowledge::Unsure] {
            let mut world = world();
            let namespace = world.namespace_mut(&NsRef::Process(7)).unwrap();
            *namespace = Namespace { shared: true, same_as: Some(NsRef::Host), ..Namespace::new(knowledge) };
            namespace.policy_rules.clear();
            let read: World = serde_json::from_str(&serde_json::to_string(&world).unwrap()).unwrap();
            assert_eq!(read, world);
        }
    }

    /// What is said of a world with that change in it.
    fn broken(change: impl FnOnce(&mut Value), expected: Expect) {
        let mut value = serde_json::to_value(world()).unwrap();
        change(&mut value);
        let error = serde_json::from_value::<World>(value).expect_err("it is broken");
        expected.assert_eq(&error.to_string());
    }

    #[test]
    fn a_broken_world_is_not_read() {
        broken(
            |world| drop(world["namespaces"].as_object_mut().unwrap().remove("host")),
            expect!["link lo is in namespace host, which is not there"],
        );
        broken(|world| world["links"]["5"]["name"] = json!("br"), expect!["namespace host has two links called br"]);
        broken(
            |world| world["links"]["5"]["name"] = json!("a/b"),
            expect!["`/` cannot stand in a link's name (`a/b`)"],
        );
        broken(
            |world| world["links"]["4"]["master"] = json!(9),
            expect!["the master of link b in namespace host is a link that is not there"],
        );
        broken(
            |world| world["links"]["4"]["kind"]["Veth"]["peer"]["Link"] = json!(9),
            expect!["the peer of link b in namespace host is a link that is not there"],
        );
        broken(
            |world| world["links"]["6"]["kind"]["Vxlan"]["under"]["Link"] = json!(9),
            expect!["the carrier of link x in namespace host is a link that is not there"],
        );
        broken(
            |world| drop(world["links"].as_object_mut().unwrap().remove("3")),
            expect!["the master of link a in namespace host is a link that is not there"],
        );
        broken(|world| world["next_link"] = json!(2), expect!["the numbers of links are used up"]);
        broken(
            |world| world["namespaces"]["/host"]["highest_index"] = json!(u32::MAX),
            expect!["the numbers of links are used up"],
        );
        broken(
            |world| {
                // One that is there, but elsewhere.
                let route = world["namespaces"]["/host"]["routes"][0].clone();
                world["namespaces"]["host"]["routes"] = json!([route]);
            },
            expect!["the way out of route 10.0.0.0/24 in namespace host is a link that is not there"],
        );
    }
}
