//! Netlink dumps of a namespace, decoded into rows.

use std::{fs, fs::File, io, os::fd::AsRawFd};

use netlink_packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NetlinkBuffer, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_route::{
    AddressFamily, RouteNetlinkMessage,
    address::AddressMessage,
    link::{LinkAttribute, LinkExtentMask, LinkMessage},
    neighbour::{NeighbourFlags, NeighbourMessage},
    nsid::{NsidAttribute, NsidMessage},
    route::RouteMessage,
    rule::RuleMessage,
};
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use nix::sched::{CloneFlags, setns};
use nns::{
    backend::kernel::query::{
        LinkNames, NetnsNames, decode_address, decode_link, decode_neighbour, decode_nsid, decode_route, decode_rule,
        join_addresses,
    },
    model::query::{LinkRow, NeighbourRow, NetnsRow, RouteRow, RuleRow},
};

/// All that a namespace lists, in the kernel's order.
pub struct Rows {
    /// The links with their addresses.
    pub links: Vec<LinkRow>,
    /// The routes of all tables and both families.
    pub routes: Vec<RouteRow>,
    /// The policy rules of IPv4.
    pub rules: Vec<RuleRow>,
    /// The policy rules of IPv6.
    pub rules_of_ipv6: Vec<RuleRow>,
    /// The neighbours of both families, then those that this host answers for.
    pub neighbours: Vec<NeighbourRow>,
    /// The named namespaces, in the order of the directory.
    pub namespaces: Vec<NetnsRow>,
}

/// What the kernel says of a named namespace, or of the one that the test is in.
pub fn dumped(netns: Option<&str>) -> Rows {
    let dumper = Dumper::new(netns);
    Rows {
        links: dumper.links(),
        routes: dumper.routes(),
        rules: dumper.rules(AddressFamily::Inet),
        rules_of_ipv6: dumper.rules(AddressFamily::Inet6),
        neighbours: dumper.neighbours(),
        namespaces: dumper.namespaces(),
    }
}

/// A socket in a namespace.
struct Dumper {
    socket: Socket,
}

impl Dumper {
    fn new(netns: Option<&str>) -> Self {
        let home = File::open("/proc/self/ns/net").unwrap();
        if let Some(name) = netns {
            setns(File::open(format!("/run/netns/{name}")).unwrap(), CloneFlags::CLONE_NEWNET).unwrap();
        }
        let mut socket = Socket::new(NETLINK_ROUTE).unwrap();
        setns(home, CloneFlags::CLONE_NEWNET).unwrap();
        socket.bind_auto().unwrap();
        socket.connect(&SocketAddr::new(0, 0)).unwrap();
        Self { socket }
    }

    fn links(&self) -> Vec<LinkRow> {
        let messages = self.link_messages();
        let names = LinkNames::of(&messages);
        let namespaces = self.netns_names();
        let mut rows: Vec<LinkRow> = messages.iter().map(|message| decode_link(message, &names, &namespaces)).collect();
        let addresses = self.ask(RouteNetlinkMessage::GetAddress(AddressMessage::default()), NLM_F_DUMP);
        let addresses = addresses.into_iter().filter_map(|answer| match answer {
            RouteNetlinkMessage::NewAddress(message) => decode_address(&message),
            other => panic!("no address: {other:?}"),
        });
        join_addresses(&mut rows, addresses);
        rows
    }

    fn routes(&self) -> Vec<RouteRow> {
        let names = LinkNames::of(&self.link_messages());
        let answers = self.ask(RouteNetlinkMessage::GetRoute(RouteMessage::default()), NLM_F_DUMP);
        let rows = answers.into_iter().filter_map(|answer| match answer {
            RouteNetlinkMessage::NewRoute(message) => decode_route(&message, &names),
            other => panic!("no route: {other:?}"),
        });
        rows.collect()
    }

    fn rules(&self, family: AddressFamily) -> Vec<RuleRow> {
        let mut message = RuleMessage::default();
        message.header.family = family;
        let answers = self.ask(RouteNetlinkMessage::GetRule(message), NLM_F_DUMP);
        let rows = answers.into_iter().filter_map(|answer| match answer {
            RouteNetlinkMessage::NewRule(message) => decode_rule(&message),
            other => panic!("no rule: {other:?}"),
        });
        rows.collect()
    }

    fn neighbours(&self) -> Vec<NeighbourRow> {
        let names = LinkNames::of(&self.link_messages());
        let mut proxies = NeighbourMessage::default();
        proxies.header.flags = NeighbourFlags::Proxy;
        let mut answers = self.ask(RouteNetlinkMessage::GetNeighbour(NeighbourMessage::default()), NLM_F_DUMP);
        answers.extend(self.ask(RouteNetlinkMessage::GetNeighbour(proxies), NLM_F_DUMP));
        let rows = answers.into_iter().map(|answer| match answer {
            RouteNetlinkMessage::NewNeighbour(message) => decode_neighbour(&message, &names),
            other => panic!("no neighbour: {other:?}"),
        });
        rows.collect()
    }

    fn namespaces(&self) -> Vec<NetnsRow> {
        let row = |entry: io::Result<fs::DirEntry>| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let nsid = self.nsid(&name);
            NetnsRow { name, nsid }
        };
        fs::read_dir("/run/netns").unwrap().map(row).collect()
    }

    fn netns_names(&self) -> NetnsNames {
        let mut names = NetnsNames::default();
        for row in self.namespaces() {
            names.insert(row.nsid, row.name);
        }
        names
    }

    fn nsid(&self, name: &str) -> Option<i32> {
        let file = File::open(format!("/run/netns/{name}")).unwrap();
        let mut message = NsidMessage::default();
        message.attributes.push(NsidAttribute::Fd(file.as_raw_fd().cast_unsigned()));
        match self.ask(RouteNetlinkMessage::GetNsId(message), 0).as_slice() {
            [RouteNetlinkMessage::NewNsId(answer)] => decode_nsid(answer),
            other => panic!("no number: {other:?}"),
        }
    }

    fn link_messages(&self) -> Vec<LinkMessage> {
        let mut message = LinkMessage::default();
        message.header.interface_family = AddressFamily::Packet;
        message.attributes.push(LinkAttribute::ExtMask(vec![LinkExtentMask::Vf]));
        let answers = self.ask(RouteNetlinkMessage::GetLink(message), NLM_F_DUMP);
        let messages = answers.into_iter().map(|answer| match answer {
            RouteNetlinkMessage::NewLink(message) => message,
            other => panic!("no link: {other:?}"),
        });
        messages.collect()
    }

    /// All that the kernel answers; a request that is no dump gets one message.
    fn ask(&self, request: RouteNetlinkMessage, flags: u16) -> Vec<RouteNetlinkMessage> {
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | flags;
        let mut message = NetlinkMessage::new(header, NetlinkPayload::from(request));
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        self.socket.send(&bytes, 0).unwrap();
        let mut answers = Vec::new();
        loop {
            let (datagram, _) = self.socket.recv_from_full().unwrap();
            let mut rest = datagram.as_slice();
            while !rest.is_empty() {
                let length = NetlinkBuffer::new_checked(&rest).unwrap().length() as usize;
                match NetlinkMessage::deserialize(rest).unwrap().payload {
                    NetlinkPayload::InnerMessage(answer) => answers.push(answer),
                    NetlinkPayload::Done(_) => return answers,
                    other => panic!("unexpected: {other:?}"),
                }
                rest = &rest[length.next_multiple_of(4).min(rest.len())..];
            }
            if flags == 0 {
                return answers;
            }
        }
    }
}
