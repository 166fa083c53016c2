//! What others do: commands of `ip`, `bridge` and `tc` that `nns` does not have, and the programs of tutorials.
//!
//! In: the words of a line. Out: what its command is for, in the words in which our own tables say it. Nothing here is
//! run: it is for those who ask what a line that they found would do.

use crate::commands::{ip, spec::CommandSpec};

/// A command of another tool: its words, and what it is for.
type Foreign = (&'static str, &'static str);

/// The commands, sorted. What is longer is meant first; those of `ip` have the words of our own table.
const COMMANDS: &[Foreign] = &[
    ("apt", "install Debian packages"),
    ("apt-get", "install Debian packages"),
    ("awk", "print parts of lines"),
    ("bash", "a shell, or a script for it"),
    ("bridge", "tell and change what bridges know"),
    ("bridge fdb", "tell and change which hardware address a bridge finds behind which port"),
    ("bridge fdb add", "say behind which port, or which address of an overlay, a hardware address is"),
    ("bridge fdb append", "say of one more address where a hardware address is behind an overlay"),
    ("bridge fdb del", "forget where a hardware address is"),
    ("bridge fdb show", "list which hardware address is behind which port"),
    ("bridge link", "tell and change how ports of bridges behave"),
    ("bridge link show", "list the ports of bridges"),
    ("bridge mdb", "tell and change which ports of a bridge want which multicasts"),
    ("bridge monitor", "tell what changes on bridges as it changes"),
    ("bridge vlan", "tell and change which VLANs pass through which port of a bridge"),
    ("bridge vlan add", "let a VLAN through a port"),
    ("bridge vlan del", "let a VLAN through a port no more"),
    ("bridge vlan show", "list which VLANs pass through which port"),
    ("cat", "print files"),
    ("conntrack", "tell which conversations the kernel tracks, for filters and translation, or forget them"),
    ("curl", "fetch what a URL names"),
    ("dhclient", "ask a DHCP server for an address, and use it"),
    ("dig", "ask a DNS server about a name"),
    ("dnsmasq", "a small server for DNS and DHCP"),
    ("docker", "run containers: programs with namespaces and files of their own"),
    ("docker exec", "run a program in a container"),
    ("docker inspect", "tell all about a container, such as the process that its namespaces belong to"),
    ("docker network", "tell and change the networks of containers, each of which is a bridge"),
    ("docker run", "make a container and run a program in it"),
    ("ethtool", "tell and change what the device behind a link does, such as checksums"),
    ("firewall-cmd", "tell and change the rules of firewalld"),
    ("grep", "print the lines that fit a pattern"),
    ("head", "print the beginnings of files"),
    ("hostname", "tell the name of the machine; with `-I`, its addresses"),
    ("ip addr change", "change an address that a link has, or give it that"),
    ("ip addr flush", "take addresses away, all that fit"),
    ("ip addr replace", "give a link an address, or change the one that it has"),
    ("ip addrlabel", "tell and change which IPv6 addresses are chosen for which"),
    ("ip l2tp", "make tunnels that carry Ethernet in IP or UDP (L2TP)"),
    ("ip link property", "give a link more names"),
    ("ip link xstats", "count more of what a link did"),
    ("ip macsec", "make links that encrypt Ethernet (MACsec)"),
    ("ip maddress", "tell and change which multicasts links listen to"),
    ("ip monitor", "tell what changes as it changes"),
    ("ip mroute", "tell how multicasts are passed on"),
    ("ip neigh add", "say at which hardware address a neighbour is, instead of asking for it"),
    ("ip neigh change", "say anew at which hardware address a neighbour is"),
    ("ip neigh del", "forget at which hardware address a neighbour is"),
    ("ip neigh flush", "forget neighbours, all that fit"),
    ("ip neigh get", "tell of one neighbour"),
    ("ip neigh replace", "say at which hardware address a neighbour is, whatever was known"),
    ("ip netconf", "tell a few settings of links"),
    ("ip nexthop", "tell and change objects that say where routes lead"),
    ("ip ntable", "tell and change how much is remembered of neighbours"),
    ("ip route flush", "take routes away, all that fit"),
    ("ip route get", "tell which way packets to an address would take"),
    ("ip route prepend", "add a route in front of those like it"),
    ("ip tcp_metrics", "tell what TCP remembers of other hosts"),
    ("ip token", "tell and change the second half of IPv6 addresses that links give themselves"),
    ("ip tunnel", "make, change and list tunnels (GRE, IPIP, SIT)"),
    ("ip tunnel add", "make a tunnel (GRE, IPIP, SIT)"),
    ("ip tunnel del", "delete a tunnel"),
    ("ip tuntap", "make, delete and list links whose packets a program reads and writes (TUN, TAP)"),
    ("ip tuntap add", "make a link whose packets a program reads and writes (TUN, TAP)"),
    ("ip tuntap del", "delete such a link"),
    ("ip vrf", "list routing domains (VRF)"),
    ("ip vrf exec", "run a program whose sockets belong to a routing domain (VRF)"),
    ("ip xfrm", "tell and change what is encrypted, and how (IPsec)"),
    ("iperf", "measure how much gets through: a server with `-s`, its client with `-c ADDRESS`"),
    ("iperf3", "measure how much gets through: a server with `-s`, its client with `-c ADDRESS`"),
    ("ipset", "tell and change sets of addresses that rules ask for"),
    ("iptables-restore", "load rules from a file"),
    ("iptables-save", "print all rules as a file to be loaded"),
    ("ipvsadm", "tell and change which servers share the load of an address (IPVS)"),
    ("iw", "tell and change how wireless links behave"),
    ("iwconfig", "tell and change how wireless links behave"),
    ("kubectl", "tell and change what runs in a Kubernetes cluster"),
    ("less", "show what comes in page by page"),
    ("ls", "list files"),
    ("lsmod", "list the modules of the kernel"),
    ("lsns", "list the namespaces of processes"),
    ("modprobe", "load a module of the kernel"),
    ("mount", "put a file system, or a folder, in another place"),
    ("mtr", "tell the routers on the way to an address, again and again"),
    ("nc", "connect standard input and output to a port, or with `-l` listen on one"),
    ("netcat", "connect standard input and output to a port, or with `-l` listen on one"),
    ("nft", "tell and change the rules for packets"),
    ("nmcli", "tell and change what NetworkManager does"),
    ("nslookup", "ask a DNS server about a name"),
    ("ovs-vsctl", "tell and change the bridges of Open vSwitch"),
    ("podman", "run containers: programs with namespaces and files of their own"),
    ("ps", "list processes"),
    ("python", "run a program in Python"),
    ("python3", "run a program in Python"),
    ("sed", "change lines"),
    ("sh", "a shell, or a script for it"),
    ("sleep", "wait"),
    ("ss", "list sockets: who listens, who is connected"),
    ("systemctl", "start and stop services"),
    ("tail", "print the ends of files"),
    ("tc", "tell and change how links queue, delay and drop packets"),
    ("tc class", "tell and change the shares of a queue"),
    ("tc filter", "tell and change which packets go to which part of a queue"),
    ("tc qdisc", "tell and change the queue of a link: delays, losses, rates"),
    ("tc qdisc add", "give a link a queue: delays, losses, rates"),
    ("tc qdisc del", "take the queue of a link away"),
    ("tc qdisc replace", "give a link another queue: delays, losses, rates"),
    ("tc qdisc show", "list the queues of links"),
    ("tcpdump", "print packets as they pass a link"),
    ("tee", "write what comes in to files, and print it"),
    ("touch", "make a file"),
    ("tracepath", "tell the routers on the way to an address, and how large packets may be"),
    ("traceroute", "tell the routers on the way to an address"),
    ("ufw", "tell and change the rules of a simple firewall"),
    ("umount", "take a file system away from its place"),
    ("unshare", "run a program in namespaces of its own"),
    ("wg", "tell and change the keys and peers of WireGuard links"),
    ("wget", "fetch what a URL names"),
    ("xtables-monitor", "tell what changes in the rules as it changes"),
];

/// Words that commands of ours have with other tools only: the command, the word, and what it is for. Sorted.
const WORDS: &[(&str, &str, &str)] = &[
    ("iptables", "--dports", "the ports that are asked for"),
    ("iptables", "--limit", "how many in how much time"),
    ("iptables", "--limit-burst", "how many at once before that counts"),
    ("iptables", "--log-prefix", "what the log says of them"),
    ("iptables", "--mac-source", "the hardware address"),
    ("iptables", "--mark", "the mark"),
    ("iptables", "--probability", "how many of them, from 0 to 1"),
    ("iptables", "--set-mark", "the mark that they get"),
    ("iptables", "--sports", "the ports that they come from"),
    ("iptables", "--uid-owner", "the user"),
    ("iptables", "LOG", "the kernel's log tells of packets that fit"),
    ("iptables", "MARK", "packets that fit are marked, for `rule add fwmark` and other rules"),
    ("iptables", "TCPMSS", "what TCP connections agree on as the size of their packets"),
    ("iptables", "addrtype", "only packets from or to addresses of such a type"),
    ("iptables", "limit", "only so many packets in so much time"),
    ("iptables", "mac", "only packets from such a hardware address"),
    ("iptables", "mark", "only packets with such a mark"),
    ("iptables", "multiport", "only packets of several ports"),
    ("iptables", "owner", "only packets of such a user"),
    ("iptables", "statistic", "only some of the packets, by chance or by turns"),
    ("link add", "bond", "several links that work as one"),
    ("link add", "dummy", "a link that leads nowhere, for addresses"),
    ("link add", "gre", "a tunnel that carries packets in IP (GRE)"),
    ("link add", "gretap", "a tunnel that carries Ethernet in IP (GRE)"),
    ("link add", "ifb", "a link to queue what comes in"),
    ("link add", "ipip", "a tunnel that carries IPv4 in IPv4"),
    ("link add", "ipvlan", "another link on the same device, with addresses of its own and the same hardware address"),
    ("link add", "macvlan", "another link on the same device, with a hardware address of its own"),
    ("link add", "macvtap", "the same as macvlan, for a program that is a machine"),
    ("link add", "peer", "the far end of the cable"),
    ("link add", "sit", "a tunnel that carries IPv6 in IPv4"),
    ("link add", "vlan", "one VLAN of another link: packets with that number on them"),
    ("link add", "vrf", "a routing domain: links that use a routing table of their own"),
    ("link add", "wireguard", "an encrypted tunnel (WireGuard)"),
    ("link set", "ageing_time", "how long a bridge remembers an address, in hundredths of a second"),
    ("link set", "forward_delay", "how long a port waits until it passes packets on, in hundredths of a second"),
    ("link set", "stp_state", "whether the bridge looks for loops and opens them (STP): 1 or 0"),
    ("link set", "vlan_filtering", "whether the bridge keeps VLANs apart: 1 or 0"),
];

/// Words that commands of `ip`, `bridge` and `tc` share. Sorted.
const OPTIONS: &[Foreign] = &[
    ("br", "the bridge"),
    ("delay", "how late packets leave"),
    ("dev", "the link"),
    ("dst", "the address there"),
    ("from", "the sender"),
    ("id", "its number"),
    ("lladdr", "its hardware address"),
    ("local", "the address here"),
    ("loss", "how many packets get lost"),
    ("mode", "of which sort it is"),
    ("name", "its name"),
    ("netem", "a queue that delays, loses or changes packets"),
    ("permanent", "it stays until somebody takes it away"),
    ("rate", "how much gets through"),
    ("remote", "the address there"),
    ("root", "all that leaves through the link"),
    ("table", "the routing table"),
    ("tbf", "a queue that lets only so much through"),
    ("to", "where to"),
    ("user", "the user whose programs may use it"),
    ("via", "the next router"),
    ("vid", "the number of the VLAN"),
];

/// The command of a line: how many of its words name it, and what it is for.
pub(super) fn command(words: &[&str]) -> Option<(usize, &'static str)> {
    let (canonical, before) = match words {
        ["ip", ..] => of_ip(words)?,
        [program, more @ ..] => {
            let program = program.rsplit('/').next().unwrap_or_default();
            (std::iter::once(program).chain(more.iter().copied().take(2)).collect::<Vec<&str>>(), 0)
        }
        [] => return None,
    };
    (1..=canonical.len()).rev().find_map(|len| {
        let name = canonical[..len].join(" ");
        let at = COMMANDS.binary_search_by_key(&name.as_str(), |(command, _)| command).ok()?;
        Some((before + len, COMMANDS[at].1))
    })
}

/// The words of a command of `ip` without abbreviations, and how many options stand before them.
fn of_ip<'w>(words: &[&'w str]) -> Option<(Vec<&'w str>, usize)> {
    let mut at = 1;
    while let Some(option) = words.get(at).filter(|word| word.starts_with('-')) {
        at += if ip::takes_value(option) { 2 } else { 1 };
    }
    let typed = words.get(at).filter(|word| !word.is_empty())?;
    let object = ip::OBJECTS.iter().find(|object| object.word.starts_with(typed))?;
    let verb = words.get(at + 1).copied();
    let known = verb.and_then(|verb| object.verbs.iter().find(|(keyword, _)| keyword.is(verb, true)));
    let mut canonical = vec!["ip", object.noun.unwrap_or(object.word)];
    canonical.extend(known.map(|(_, verb)| *verb).or(verb));
    Some((canonical, at - 1))
}

/// What a word is for that one of our commands does not know.
pub(super) fn word(spec: &CommandSpec, word: &str) -> Option<&'static str> {
    let name = spec.name();
    let find = |name: &str| WORDS.iter().find(|(command, known, _)| (*command, *known) == (name, word));
    let also = match name.as_str() {
        "ip6tables" => "iptables",
        "link add" => "link set",
        _ => "",
    };
    find(&name).or_else(|| find(also)).map(|(_, _, help)| *help)
}

/// What a word is for behind a command that other tools have.
pub(super) fn option(command: &[&str], word: &str) -> Option<&'static str> {
    let has_options = command.first().is_some_and(|tool| ["bridge", "ip", "tc"].contains(tool));
    let at = OPTIONS.binary_search_by_key(&word, |(option, _)| option).ok().filter(|_| has_options)?;
    Some(OPTIONS[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{link::kind, lower::is_statement, table, value::ValueError};

    #[test]
    fn what_nns_has_is_not_foreign() {
        assert!(COMMANDS.is_sorted_by_key(|(words, _)| *words));
        assert!(WORDS.is_sorted_by_key(|(command, word, _)| (*command, *word)));
        assert!(OPTIONS.is_sorted_by_key(|(word, _)| *word));
        for (words, _) in COMMANDS {
            let words: Vec<&str> = words.split(' ').collect();
            let is_ours = match *words {
                ["ip", noun, verb] => table::find(noun, verb).is_some(),
                ["ip", noun] => table::noun(noun).is_some(),
                [word, ..] => is_statement(word),
                [] => true,
            };
            assert!(!is_ours, "{words:?}");
        }
        for (command, word, _) in WORDS {
            let spec = table::SPECS.iter().find(|spec| spec.name() == *command).expect(command);
            let is_param = spec.params.iter().any(|param| param.words.iter().any(|known| known.text == *word));
            let is_kind = matches!(kind::read(word), Err(ValueError::KindNotYet { .. }));
            assert!(!is_param || is_kind, "{word}");
        }
    }

    #[test]
    fn commands_with_options_and_abbreviations() {
        assert_eq!(
            command(&["ip", "-n", "red", "a", "f", "dev", "eth0"]),
            Some((5, "take addresses away, all that fit"))
        );
        assert_eq!(command(&["/usr/bin/tcpdump", "-i"]), Some((1, "print packets as they pass a link")));
        assert_eq!(command(&["docker", "run", "-d"]).map(|(len, _)| len), Some(2));
        assert_eq!(command(&["ip", "vrf", "show"]).map(|(len, _)| len), Some(2));
        assert_eq!((command(&["ip"]), command(&["frob"]), command(&[])), (None, None, None));
    }
}
