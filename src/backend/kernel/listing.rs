//! The kernel's answers to listings: the dumps that `ip` asks for too, in its order.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io,
    os::fd::AsRawFd,
};

use netlink_packet_route::{
    AddressFamily, RouteNetlinkMessage,
    address::AddressMessage,
    link::{LinkAttribute, LinkExtentMask, LinkMessage},
    neighbour::{NeighbourFlags, NeighbourMessage},
    nsid::{NsidAttribute, NsidMessage},
    route::RouteMessage,
    rule::RuleMessage,
};

use super::{
    KernelBackend, failed, netfilter,
    query::{
        LinkNames, NetnsNames, decode_address, decode_link, decode_neighbour, decode_nsid, decode_route, decode_rule,
        join_addresses, name_far_ends,
    },
    socket::request,
};
use crate::{
    backend::{Backend, BackendError, Queries, SnapshotScope, queries::forwarding_key},
    model::{
        Ruleset, World,
        query::{IpFamily, LinkRow, NeighbourRow, NetnsRow, RouteRow, RuleRow},
    },
    net::{NsName, NsRef},
};

impl Queries for KernelBackend {
    /// All that `nft list ruleset` asks for, of one generation.
    fn ruleset(&mut self, ns: &NsRef) -> Result<Ruleset, BackendError> {
        netfilter::ruleset(self.handle(ns)?)
            .map_err(|error| failed(format!("reading the rules of namespace `{ns}`"), error))
    }

    /// `ip link`: `RTM_GETLINK` of family `AF_PACKET`, which every link answers.
    fn links(&mut self, ns: &NsRef) -> Result<Vec<LinkRow>, BackendError> {
        let messages = self.link_messages(ns)?;
        let names = LinkNames::of(&messages);
        let far = messages.iter().any(is_linked_elsewhere);
        let namespaces = if far { self.netns_names(ns)? } else { NetnsNames::default() };
        let mut rows: Vec<LinkRow> = messages.iter().map(|message| decode_link(message, &names, &namespaces)).collect();
        if far {
            self.name_far_ends(ns, &mut rows)?;
        }
        Ok(rows)
    }

    /// `ip addr`: the links, and `RTM_GETADDR` of all families.
    fn addresses(&mut self, ns: &NsRef) -> Result<Vec<LinkRow>, BackendError> {
        let mut rows = self.links(ns)?;
        let answers = self.dump(ns, RouteNetlinkMessage::GetAddress(AddressMessage::default()))?;
        let addresses = answers.into_iter().filter_map(|answer| match answer {
            RouteNetlinkMessage::NewAddress(message) => decode_address(&message),
            _ => None,
        });
        join_addresses(&mut rows, addresses);
        Ok(rows)
    }

    /// `ip route show table all`: which of them are shown is for the filter.
    fn routes(&mut self, ns: &NsRef, family: Option<IpFamily>) -> Result<Vec<RouteRow>, BackendError> {
        let names = LinkNames::of(&self.link_messages(ns)?);
        let mut message = RouteMessage::default();
        message.header.address_family = match family {
            Some(IpFamily::V4) => AddressFamily::Inet,
            Some(IpFamily::V6) => AddressFamily::Inet6,
            None => AddressFamily::Unspec,
        };
        let answers = self.dump(ns, RouteNetlinkMessage::GetRoute(message))?;
        let rows = answers.into_iter().filter_map(|answer| match answer {
            RouteNetlinkMessage::NewRoute(message) => decode_route(&message, &names),
            _ => None,
        });
        Ok(rows.collect())
    }

    /// `ip rule`.
    fn policy_rules(&mut self, ns: &NsRef, family: IpFamily) -> Result<Vec<RuleRow>, BackendError> {
        let mut message = RuleMessage::default();
        message.header.family = match family {
            IpFamily::V4 => AddressFamily::Inet,
            IpFamily::V6 => AddressFamily::Inet6,
        };
        let answers = self.dump(ns, RouteNetlinkMessage::GetRule(message))?;
        let rows = answers.into_iter().filter_map(|answer| match answer {
            RouteNetlinkMessage::NewRule(message) => decode_rule(&message),
            _ => None,
        });
        Ok(rows.filter(|row| row.family == family).collect())
    }

    /// `ip neigh` and `ip neigh show proxy`: two dumps.
    fn neighbours(&mut self, ns: &NsRef) -> Result<Vec<NeighbourRow>, BackendError> {
        let names = LinkNames::of(&self.link_messages(ns)?);
        let mut proxies = NeighbourMessage::default();
        proxies.header.flags = NeighbourFlags::Proxy;
        let mut rows = Vec::new();
        for message in [NeighbourMessage::default(), proxies] {
            let answers = self.dump(ns, RouteNetlinkMessage::GetNeighbour(message))?;
            rows.extend(answers.into_iter().filter_map(|answer| match answer {
                RouteNetlinkMessage::NewNeighbour(message) => Some(decode_neighbour(&message, &names)),
                _ => None,
            }));
        }
        Ok(rows)
    }

    /// `ip netns`: the directory, in its own order, and the number that each name has here.
    fn netns_list(&mut self) -> Result<Vec<NetnsRow>, BackendError> {
        self.netns_rows(&NsRef::Host)
    }

    fn netns_name(&mut self, ns: &NsRef) -> Result<Option<String>, BackendError> {
        Ok(self.name_of_namespace(ns)?.map(|name| name.to_string()))
    }

    fn netns_pids(&mut self, ns: &NsRef) -> Result<Vec<u32>, BackendError> {
        self.processes_in(ns)
    }

    fn forwarding(&mut self, ns: &NsRef, family: IpFamily) -> Result<Option<bool>, BackendError> {
        let value = self.sysctl(ns, &forwarding_key(family))?;
        Ok(value.map(|value| value != "0"))
    }

    fn world(&mut self) -> Result<World, BackendError> {
        self.snapshot(&SnapshotScope::All)
    }
}

impl KernelBackend {
    fn link_messages(&mut self, ns: &NsRef) -> Result<Vec<LinkMessage>, BackendError> {
        let mut message = LinkMessage::default();
        message.header.interface_family = AddressFamily::Packet;
        message.attributes.push(LinkAttribute::ExtMask(vec![LinkExtentMask::Vf]));
        let answers = self.dump(ns, RouteNetlinkMessage::GetLink(message))?;
        let messages = answers.into_iter().filter_map(|answer| match answer {
            RouteNetlinkMessage::NewLink(message) => Some(message),
            _ => None,
        });
        Ok(messages.collect())
    }

    /// The first name of the directory wins where a namespace has several, as for `ip`.
    fn netns_names(&mut self, ns: &NsRef) -> Result<NetnsNames, BackendError> {
        let mut names = NetnsNames::default();
        for row in self.netns_rows(ns)? {
            names.insert(row.nsid, row.name);
        }
        Ok(names)
    }

    fn netns_rows(&mut self, ns: &NsRef) -> Result<Vec<NetnsRow>, BackendError> {
        let entries = match fs::read_dir("/run/netns") {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed("reading /run/netns", error)),
        };
        let mut rows = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| failed("reading /run/netns", error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let nsid = File::open(entry.path()).ok().and_then(|file| self.nsid(ns, &file));
            rows.push(NetnsRow { name, nsid });
        }
        Ok(rows)
    }

    /// The number that a namespace has in another one, if it has one.
    fn nsid(&mut self, ns: &NsRef, file: &File) -> Option<i32> {
        let mut message = NsidMessage::default();
        message.attributes.push(NsidAttribute::Fd(file.as_raw_fd().cast_unsigned()));
        let request = request(RouteNetlinkMessage::GetNsId(message));
        let answer = self.handle(ns).ok()?.socket.ask(request).ok()?.ok()?;
        answer.iter().find_map(|reply| match reply.decode() {
            Ok(RouteNetlinkMessage::NewNsId(message)) => decode_nsid(&message),
            Ok(_) | Err(_) => None,
        })
    }

    /// Looks up what the far ends in other namespaces are called.
    fn name_far_ends(&mut self, ns: &NsRef, rows: &mut [LinkRow]) -> Result<(), BackendError> {
        let wanted: BTreeSet<i32> = rows.iter().filter_map(|row| row.lower_nsid).collect();
        let named = self.netns_rows(ns)?.into_iter().filter_map(|row| {
            let name = row.name.parse::<NsName>().ok()?;
            Some((row.nsid?, NsRef::Named(name)))
        });
        let host = self.nsid(ns, &self.host.file.try_clone().map_err(|error| failed("opening the host", error))?);
        let mut namespaces = BTreeMap::new();
        for (nsid, far) in named.chain(host.map(|nsid| (nsid, NsRef::Host))) {
            if wanted.contains(&nsid)
                && let Ok(messages) = self.link_messages(&far)
            {
                namespaces.entry(nsid).or_insert_with(|| (far, LinkNames::of(&messages)));
            }
        }
        name_far_ends(rows, &namespaces);
        Ok(())
    }
}

fn is_linked_elsewhere(message: &LinkMessage) -> bool {
    message.attributes.iter().any(|attribute| matches!(attribute, LinkAttribute::LinkNetNsId(_)))
}
