//! Pages that teach: what a thing is for, and a script that shows it.

/// A page about a matter rather than a command.
#[derive(Debug, PartialEq, Eq)]
pub struct Guide {
    /// What is typed behind `help`.
    pub word: &'static str,
    /// What it is about, in a line.
    pub summary: &'static str,
    /// What there is to know, in paragraphs.
    pub text: &'static [&'static str],
    /// A script that runs in a sandbox as it is.
    pub script: &'static [&'static str],
    /// Other topics.
    pub see_also: &'static [&'static str],
}

/// The pages, in the order in which a newcomer reads them.
pub const GUIDES: &[Guide] = &[
    Guide {
        word: "namespaces",
        summary: "networks of their own on one machine",
        text: &[
            "A network namespace is a network of its own: links, addresses, routes, rules and settings that nothing \
             outside of it sees. Containers and labs are made of them. A new one has a loopback device, which is down, \
             and no way out.",
            "`in NAME { … }` acts inside, as `ip -n NAME …` and `ip netns exec NAME …` do; `enter NAME` stays there until \
             `exit`. `host` is where `nns` was started. Names are those of `ip netns`.",
        ],
        script: &[
            "netns add red blue",
            "in red link set lo up",
            "in red ping -c 1 127.0.0.1",
            "in red { addr show; route show }",
            "show red",
            "netns del blue",
        ],
        see_also: &["netns", "in", "cables", "show"],
    },
    Guide {
        word: "cables",
        summary: "two links that are the ends of one wire (veth)",
        text: &[
            "A cable is a pair of links: what goes into one end comes out of the other. Both are made at once, each in the \
             namespace that it belongs to. It carries packets when both ends are up.",
            "A link that moves to another namespace arrives there down and without its addresses: so move first, then give \
             addresses. When one end is deleted, the other is gone too. `wire` writes all that in a line.",
        ],
        script: &[
            "netns add red blue",
            "link add veth-red netns red type veth peer name veth-blue netns blue",
            "in red { addr add 10.0.0.1/24 dev veth-red; link set veth-red up }",
            "in blue { addr add 10.0.0.2/24 dev veth-blue; link set veth-blue up }",
            "expect ping 10.0.0.2 from red",
            "wire red:second 10.0.1.1/24 -- blue:second 10.0.1.2/24",
            "show topology",
        ],
        see_also: &["link add", "link set", "wire", "addresses"],
    },
    Guide {
        word: "addresses",
        summary: "what they reach, and why the length behind the slash matters",
        text: &[
            "`10.0.0.1/24` says two things: the address is 10.0.0.1, and everything in 10.0.0.0/24 is reached directly \
             through the link. Without a length it is a /32: nobody else is. Two ends of a cable, and all ports of a bridge, \
             want addresses of one prefix.",
            "A link answers for its addresses only when it is up. What lies in no prefix of a link needs a route. An address \
             belongs on a bridge, never on a port of it.",
        ],
        script: &[
            "netns add red",
            "wire here 10.0.0.1/24 -- red:there 10.0.0.2/24",
            "addr show",
            "expect route 10.0.0.0/24 dev here",
            "expect ping 10.0.0.2",
            "in red addr add fd00::2/64 dev there nodad",
            "in red addr del 10.0.0.2/24 dev there",
            "expect no ping 10.0.0.2",
        ],
        see_also: &["addr add", "addr show", "routing"],
    },
    Guide {
        word: "bridges",
        summary: "switches that join many links to one network",
        text: &[
            "A bridge is a switch: links become its ports with `link set LINK master BRIDGE`, and whatever reaches one port \
             goes on to the port where its receiver is. The bridge, the ports and the far ends of their cables all have to \
             be up.",
            "The bridge is also a link of the namespace that it is in: with an address it makes that namespace one of the \
             hosts, mostly the gateway of the others. `switch` writes a bridge with its ports in a block.",
        ],
        script: &[
            "netns add red blue",
            "link add br0 type bridge; link set br0 up",
            "addr add 10.0.0.254/24 dev br0",
            "for n, ns in [red blue] {",
            "  link add eth0 netns $ns type veth peer name to-$ns",
            "  link set to-$ns master br0 up",
            "  in $ns { addr add 10.0.0.$n/24 dev eth0; link set eth0 up }",
            "}",
            "expect ping 10.0.0.2 from red",
            "expect ping 10.0.0.254 from blue",
            "link show master br0",
        ],
        see_also: &["link set", "switch", "cables", "show topology"],
    },
    Guide {
        word: "routing",
        summary: "how packets find networks that are not next door",
        text: &[
            "A route says to which neighbour packets for a prefix are handed: `route add 10.2.0.0/24 via 10.1.0.254`. The most \
             exact prefix wins; `default` is all that no other route leads anywhere. The router must be reached directly.",
            "The one in the middle passes packets on only with `forwarding on`. And answers have to find back: the other side \
             needs a route, too. Which table of routes is asked can be made to depend on the sender: `help rule`.",
        ],
        script: &[
            "netns add left router right",
            "wire left:l0 10.1.0.1/24 -- router:r1 10.1.0.254/24",
            "wire router:r2 10.2.0.254/24 -- right:l0 10.2.0.1/24",
            "in left route add default via 10.1.0.254",
            "in right route add 10.1.0.0/24 via 10.2.0.254",
            "in router forwarding on",
            "expect ping 10.2.0.1 from left",
            "in left route show",
        ],
        see_also: &["route add", "forwarding", "rule add", "expect route"],
    },
    Guide {
        word: "translation",
        summary: "addresses that change on the way: masquerade and forwarded ports (NAT)",
        text: &[
            "A private network behind one public address: `nat masquerade PREFIX` puts the address of the link that a packet \
             leaves through in the place of its sender, and undoes it for the answers. So nobody outside needs a route back. \
             Without `forwarding on` nothing passes.",
            "The other way round, `nat forward tcp 8080 to ADDRESS:80` sends what asks for a port of this namespace to another \
             host. It is no firewall: who knows the way still gets in. `iptables -t nat` lines do the same and keep rules of \
             their own.",
        ],
        script: &[
            "netns add inside gateway outside",
            "wire inside:eth0 10.0.0.1/24 -- gateway:lan 10.0.0.254/24",
            "wire gateway:wan 203.0.113.1/24 -- outside:eth0 203.0.113.2/24",
            "in inside route add default via 10.0.0.254",
            "in gateway forwarding on",
            "expect no ping 203.0.113.2 from inside",
            "in gateway nat masquerade 10.0.0.0/24 out wan",
            "expect ping 203.0.113.2 from inside",
            "in inside listen tcp 80",
            "in gateway nat forward tcp 8080 to 10.0.0.1:80",
            "expect tcp 203.0.113.1:8080 from outside",
            "in gateway nat show",
        ],
        see_also: &["nat", "forwarding", "filters", "iptables"],
    },
    Guide {
        word: "filters",
        summary: "which packets may pass (firewall)",
        text: &[
            "`firewall policy forward drop` lets nothing pass any more; each `firewall accept …` opens a door again. `input` is \
             what comes to the namespace itself, `output` what it sends, `forward` what it passes on. The first rule that \
             fits decides.",
            "`state established,related` lets answers through, so that those inside may ask and those outside may only \
             answer. Rules of `iptables` are others: what they drop stays dropped, whatever is accepted here.",
        ],
        script: &[
            "netns add inside router outside",
            "wire inside:eth0 10.1.0.1/24 -- router:in 10.1.0.254/24",
            "wire router:out 10.2.0.254/24 -- outside:eth0 10.2.0.1/24",
            "in inside route add default via 10.1.0.254",
            "in outside route add default via 10.2.0.254",
            "in router { forwarding on; firewall policy forward drop }",
            "in router firewall accept forward state established,related",
            "in router firewall accept forward from 10.1.0.0/24",
            "expect ping 10.2.0.1 from inside",
            "expect no ping 10.1.0.1 from outside",
            "in router firewall show",
        ],
        see_also: &["firewall", "iptables", "translation"],
    },
    Guide {
        word: "looking",
        summary: "finding out what there is, what happens, and what does not work",
        text: &[
            "`show` tells of a namespace on one screen, `show topology` draws all of them, `link show`, `addr show`, `route \
             show`, `neigh show` and `firewall show` list one thing each; `ip …` prints what `ip` prints. `watch` tells what \
             changes as it changes, `capture` keeps the packets of a link.",
            "What must hold is written down with `expect`: it stops the script where it does not, and says what was seen \
             instead. `settle` waits until links carry and addresses may be used.",
        ],
        script: &[
            "netns add red",
            "wire eth0 10.0.0.1/24 -- red:eth0 10.0.0.2/24",
            "settle",
            "show topology",
            "in red show",
            "expect link eth0 carrier",
            "expect ping 10.0.0.1 from red",
            "neigh show",
            "watch for 100ms",
        ],
        see_also: &["show", "show topology", "watch", "expect", "capture"],
    },
];
