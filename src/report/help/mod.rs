//! Help about commands, words and codes, generated from the tables that the commands are read with.
//!
//! In: a [`Topic`], or a line that somebody pasted. Out: text of at most 100 columns, coloured when asked for ([`render`]), or all topics as one page of
//! Markdown ([`render_reference`]).

mod describe;
mod line;
mod markdown;
mod overview;
mod page;
mod wrap;

pub use markdown::render_reference;

use super::table::Style;
use crate::commands::{explain::Explained, topic::Topic};
use page::Page;
use wrap::Paper;

/// Columns: more are tiring to read.
const WIDTH: usize = 100;

/// What there is to know about a topic.
pub fn render(topic: Topic, style: Style) -> String {
    let mut paper = Paper::new(style);
    match topic {
        Topic::Overview => overview::render(&mut paper),
        Topic::Noun(noun) => overview::render_noun(noun, &mut paper),
        Topic::Command { .. } | Topic::Word(_) | Topic::Guide(_) | Topic::Code(_) => {
            render_page(&Page::of(topic), &mut paper)
        }
    }
    paper.into_text()
}

/// What a line that somebody pasted would do.
pub fn render_line(explained: &Explained, style: Style) -> String {
    let mut paper = Paper::new(style);
    line::render(explained, &mut paper);
    paper.into_text()
}

fn render_page(page: &Page, paper: &mut Paper) {
    if page.usage.is_empty() {
        paper.name(&page.title);
    }
    for usage in &page.usage {
        paper.usage(usage);
    }
    paper.blank();
    for (at, paragraph) in page.text.iter().enumerate() {
        // What takes more than a line stands apart.
        if at > 0 && page.text[at - 1].chars().count() > WIDTH {
            paper.blank();
        }
        paper.text(paragraph);
    }
    if !page.parameters.is_empty() {
        paper.heading("Parameters");
        paper.rows(&page.parameters);
    }
    if !page.examples.is_empty() {
        paper.heading("Examples");
        for example in &page.examples {
            paper.line(example);
        }
    }
    if !page.see_also.is_empty() {
        paper.heading("See also");
        paper.list(&page.see_also);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::commands::topic;

    fn about(text: &str) -> String {
        render(topic::find(&[text.to_owned()]).unwrap(), Style::default())
    }

    #[test]
    fn no_line_is_too_long_and_every_topic_says_something() {
        for topic in topic::all().chain([Topic::Overview, Topic::Noun("link"), Topic::Noun("route")]) {
            let text = render(topic, Style::default());
            assert!(text.lines().count() >= 3, "{text}");
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
            assert!(text.lines().all(|line| line.trim_end() == line) && !text.contains("\n\n\n"), "{text:?}");
        }
    }

    #[test]
    fn colours_change_nothing_else() {
        for topic in topic::all().chain([Topic::Overview]) {
            let coloured = render(topic, Style { color: true });
            let stripped: String = coloured
                .split("\x1b[")
                .enumerate()
                .map(|(n, part)| if n == 0 { part } else { part.split_once('m').unwrap().1 })
                .collect();
            assert_ne!(coloured, stripped);
            assert_eq!(stripped, render(topic, Style::default()));
        }
    }

    #[test]
    fn a_command() {
        expect![[r#"
            link add [[dev] LINK] [up] [down] [name LINK] [address MAC] [mtu BYTES] [netns NETNS] [master LINK]
                [nomaster] type KIND …
            … type veth peer [[dev] LINK] [name LINK] [address MAC] [mtu BYTES] [netns NETNS]
            … type vxlan [id VNI] [group ADDRESS] [remote ADDRESS] [local ADDRESS] [dev LINK] [ttl TTL]
                [tos TOS] [df unset|set|inherit] [flowlabel LABEL] [ageing SECONDS] [maxaddress NUMBER]
                [srcport MIN MAX] [dstport PORT] [nolearning] [learning] [noproxy] [proxy] [norsc] [rsc]
                [nol2miss] [l2miss] [nol3miss] [l3miss] [udpcsum] [noudpcsum] [udp6zerocsumtx]
                [noudp6zerocsumtx] [udp6zerocsumrx] [noudp6zerocsumrx] [external] [noexternal] [gbp]

            Make a link: a cable (veth) with both ends, a switch (bridge), or an overlay (vxlan).
            With `ip` in front (`ip link add …`) all that iproute2 abbreviates may be abbreviated.

            Parameters:
              [dev] LINK                    its name
              up                            it is up
              down                          it is down
              name LINK                     its name, or its new name
              address MAC                   its hardware address, such as 02:00:00:00:00:01
              mtu BYTES                     its largest packet, in bytes
              netns NETNS                   the namespace it is in, or moves to
              master LINK                   the bridge it is a port of
              nomaster                      it is a port no longer
              type KIND …                   what it is, and what that takes: `bridge`, `veth`, `vxlan`
              veth peer … [dev] LINK        its name
              veth peer … name LINK         its name, or its new name
              veth peer … address MAC       its hardware address, such as 02:00:00:00:00:01
              veth peer … mtu BYTES         its largest packet, in bytes
              veth peer … netns NETNS       the namespace it is in, or moves to
              vxlan … id VNI                which network it is; also written `vni`
              vxlan … group ADDRESS         the group that frames go to, of all machines in it, such as
                                            192.168.15.1 or fe80::1
              vxlan … remote ADDRESS        the machine that frames go to, such as 192.168.15.1 or fe80::1
              vxlan … local ADDRESS         the address that it sends from, such as 192.168.15.1 or fe80::1
              vxlan … dev LINK              the link that it sends through
              vxlan … ttl TTL               how far its packets go; also written `hoplimit`
              vxlan … tos TOS               the type of service; also written `dsfield`
              vxlan … df unset|set|inherit  whether its packets stay whole
              vxlan … flowlabel LABEL       with IPv6, its label; also written `label`
              vxlan … ageing SECONDS        how long it remembers an address
              vxlan … maxaddress NUMBER     how many addresses it remembers
              vxlan … srcport MIN MAX       the ports that it sends from; also written `port`
              vxlan … dstport PORT          the port that it sends to and listens on; 8472 if there is none,
                                            4789 is the official one
              vxlan … nolearning            it does not learn from packets where addresses are
              vxlan … learning              it learns; this is the usual
              vxlan … noproxy               it leaves questions for addresses alone
              vxlan … proxy                 it answers questions for addresses that it knows
              vxlan … norsc                 frames for routers go to routers
              vxlan … rsc                   frames for routers go where these would send them
              vxlan … nol2miss              it keeps quiet about unknown Ethernet addresses
              vxlan … l2miss                it tells of them by netlink
              vxlan … nol3miss              it keeps quiet about unknown IP addresses
              vxlan … l3miss                it tells of them by netlink
              vxlan … udpcsum               it sends with checksums over IPv4; this is the usual
              vxlan … noudpcsum             it sends without checksums over IPv4
              vxlan … udp6zerocsumtx        it sends without checksums over IPv6
              vxlan … noudp6zerocsumtx      it sends with checksums over IPv6
              vxlan … udp6zerocsumrx        it takes packets without checksums over IPv6
              vxlan … noudp6zerocsumrx      it takes only packets with checksums over IPv6
              vxlan … external              each packet says which network it is of; without `id`
              vxlan … noexternal            it has one number, its `id`
              vxlan … gbp                   it carries the marks of packets

            Examples:
              ip link add veth0 type veth peer name veth1
              link add veth-red netns red type veth peer name veth-blue netns blue
              link add v-net-0 type bridge
              link add vx0 type vxlan id 42 remote 10.0.0.2 dev eth0 dstport 4789

            See also:
              link del, link set, link show, cables, bridges, addr, netns
        "#]]
        .assert_eq(&about("link add"));
    }

    #[test]
    fn a_command_of_one_word() {
        expect![[r#"
            ping [-c NUMBER] [-i SECONDS] [-W SECONDS] [-w SECONDS] [-s NUMBER] [-I TEXT] [-q] [-n] [-4] [-6]
                ADDRESS

            Send echo requests from the current namespace, three when no count is given.

            Parameters:
              -c NUMBER   how many
              -i SECONDS  the time between two
              -W SECONDS  how long an answer is waited for
              -w SECONDS  how long it may take altogether
              -s NUMBER   bytes of payload
              -I TEXT     the link or address to send from
              -q          only the summary
              -n          numbers in place of names, as always
              -4          only to IPv4 addresses
              -6          only to IPv6 addresses
              ADDRESS     to whom, such as 192.168.15.1 or fe80::1

            Examples:
              ping 192.168.15.2
              ping -c 1 -W 1 192.168.15.2
              ping -c1 fe80::1%veth0

            See also:
              expect ping
        "#]]
        .assert_eq(&about("ping"));
    }

    #[test]
    fn a_command_with_a_table_of_its_own() {
        expect![[r#"
            iptables [OPTION…]

            List and change the rules for IPv4 that `iptables` shows.

            Parameters:
              -A, --append CHAIN           put a rule behind the others of a chain
              -I, --insert CHAIN [NUMBER]  put a rule before the others, or at that number
              -D, --delete CHAIN [NUMBER]  take the rule away that is written behind it, or the one of that
                                           number
              -R, --replace CHAIN …        put another rule in the place of the one of that number
              -C, --check CHAIN            ask whether there is such a rule
              -F, --flush [CHAIN]          take all rules of a chain away, or of all chains
              -N, --new-chain CHAIN        make a chain
              -X, --delete-chain [CHAIN]   take a chain away, or all that are not built in
              -P, --policy CHAIN …         what becomes of packets that no rule decides about: `ACCEPT` or
                                           `DROP`
              -L, --list [CHAIN]           list rules in columns
              -S, --list-rules [CHAIN]     list rules as they would be typed
              -t, --table …                the table, `filter` when none is named
              [!] -s, --source …           where packets come from: an address or a prefix, or several with
                                           commas
              [!] -d, --destination …      where packets go: an address or a prefix, or several with commas
              [!] -i, --in-interface …     the link that they came in through; `veth+` is all whose names begin
                                           so
              [!] -o, --out-interface …    the link that they leave through
              [!] -p, --protocol …         what they carry, such as `tcp`, `udp` or `icmp`
              -m, --match …                the match whose options follow
              -j, --jump …                 what becomes of packets that fit: a target, such as `ACCEPT`, or a
                                           chain
              -g, --goto …                 the chain that decides about packets that fit, for good
              -n, --numeric                numbers in place of names
              -v, --verbose                counters and links too
              -x, --exact                  counters to the last digit
              -w, --wait [NUMBER]          accepted, and nothing to wait for
              --line-numbers               each rule with its number
              [!] --sport …                the port that packets come from, or a range: `8000:8080`
              [!] --dport …                the port that packets go to, or a range: `8000:8080`
              [!] --icmp-type …            what kind of ICMP message it is, such as `echo-request`
              [!] --ctstate …              what the conversation is known to be, such as `ESTABLISHED,RELATED`
              [!] --state …                what the conversation is known to be, such as `ESTABLISHED,RELATED`
              --comment …                  words for those who read the rules
              --reject-with …              what `REJECT` answers
              --to-ports …                 the port that `REDIRECT` leads to, or the ports that `MASQUERADE`
                                           takes
              --to-source …                what `SNAT` puts in the place of the sender
              --to-destination …           where `DNAT` sends packets instead

            Examples:
              iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -o eth0 -j MASQUERADE
              iptables -A FORWARD -i ens3 -o veth0 -j ACCEPT
              iptables -P FORWARD DROP
              iptables -t nat -F
              iptables -L -n -v
              iptables -S

            See also:
              ip6tables, nat, firewall
        "#]]
        .assert_eq(&about("iptables"));
    }

    #[test]
    fn a_noun() {
        expect![[r#"
            Commands of route:
              route          list the IPv4 routes of this namespace as net-tools does
              route add      add a route; refused when there is one like it
              route append   add a route beside those like it
              route change   change a route that is there
              route del      take a route away
              route replace  change a route, or add it
              route show     list routes

            Examples:
              route
              ip route add default via 192.168.15.5
              ip route append default dev veth0
              ip route change default via 10.0.0.1
              ip route del default
              ip route replace default via 10.0.0.1
              ip route

            `help route COMMAND` tells what a command takes.
            `help routing` tells of how packets find networks that are not next door.
        "#]]
        .assert_eq(&about("route"));
    }

    #[test]
    fn a_word_of_the_language() {
        expect![[r#"
            in NETNS STATEMENT
            in NETNS { STATEMENTS }

            Act in a namespace; `host` is the one that the script began in.

            Examples:
              in red link set lo up
              in red { link set lo up; addr show }
        "#]]
        .assert_eq(&about("in"));
    }

    #[test]
    fn a_code() {
        expect![[r#"
            port-without-proto

            `--dport`, `--sport` and the port of a translation say nothing without a protocol that has ports:
            `iptables` refuses them without `-p tcp`, `-p udp` or `-p sctp` before. Write `-p tcp --dport 80`.
        "#]]
        .assert_eq(&about("port-without-proto"));
    }

    #[test]
    fn everything_in_brief() {
        let all = about("");
        let first: Vec<&str> = all.lines().take(8).collect();
        expect![[r#"
            `help TOPIC` tells more about each of these, with its parameters and examples.

            To begin with:
              namespaces   networks of their own on one machine
              cables       two links that are the ends of one wire (veth)
              addresses    what they reach, and why the length behind the slash matters
              bridges      switches that join many links to one network
              routing      how packets find networks that are not next door"#]]
        .assert_eq(&first.join("\n"));
        for topic in topic::all() {
            let name = topic.name();
            assert!(all.lines().any(|line| line.starts_with(&format!("  {name}  "))), "{name}");
        }
    }
}
