//! Words of commands and of the language, variables, files and the like.

use expect_test::expect;

use super::{check, completion};

#[test]
fn first_words_are_commands_functions_and_words_of_the_language() {
    check(
        &["|", "li|", "sudo n|", "in red f|", "true && wi|", "true || pin|", "ip link; ro|"],
        expect![[r#"
            > |
                addr               add, del, show
                arp                list the neighbours of this namespace as net-tools does
                capture            write the packets that pass a link into a file for tcpdump and wireshark, until the script ends or `kill NAME`
                echo               print a line, or write it to the file of a kernel setting
                enter              act in a namespace from the next line on, until `exit` or the end of the file
                exec               run a program in the current namespace and wait for it
                exit               end the script here; with another status than 0, what it did is put back
                expect             addr, exec, file, firewall, iptables, link, nat, neigh, netns, output, ping, route, sysctl, tcp, udp
                false              do nothing, and fail
                and more
            > li|
                link               add, del, set, show
                listen             serve ports of the current namespace until the script ends: what comes in is sent back
            > sudo n|
                nat                del, flush, forward, masquerade, redirect, show, snat
                neigh              show
                netns              add, attach, del, exec, identify, list, pids
                nsenter            carry out a statement, or run a program, in a namespace, as `netns exec` does
            > in red f|
                false              do nothing, and fail
                firewall           accept, del, drop, flush, policy, reject, show
                forwarding         pass packets on from one network to another, as a router does
                for                do the same for each of `[red blue]` or `1..4`; the number counts from 1
            > true && wi|
                wire               lay a cable between two namespaces: a veth pair, the addresses of its ends, both ends up
            > true || pin|
                ping               send echo requests from the current namespace, three when no count is given
            > ip link; ro|
                route              add, append, change, del, replace, show
                room               def room(ns, n)
        "#]],
    );
}

#[test]
fn verbs_say_what_they_do() {
    check(
        &["netns |", "ip netns a|", "ip a |", "expect |", "expect no li|", "netns delet|"],
        expect![[r#"
        > netns |
            add                make namespaces, with nothing in them but a loopback device that is down
            attach             give the namespace of a process a name
            del                take the names of namespaces away, and the namespaces with them
            exec               carry out a statement, or run a program, in a namespace
            identify           print the name of a process's namespace, or of the current one
            list               list the namespaces that have names
            pids               print the ids of the processes in a namespace
        > ip netns a|
            add                make namespaces, with nothing in them but a loopback device that is down
            attach             give the namespace of a process a name
        > ip a |
            add                give a link an address, and with it the route to its prefix
            del                take an address away from a link
            show               list links and their addresses
        > expect |
            addr               there is such an address
            exec               a program, run in the current namespace, ends with status 0
            file               there is such a file, and it says that
            firewall           there is the rule that the statement `firewall …` makes
            iptables           there is the rule that the statement `iptables -A …` makes
            link               there is such a link, and it is so
            nat                there is the rule that the statement `nat …` makes
            neigh              the hardware address of that neighbour is known
            netns              there is such a namespace
            and more
        > expect no li|
            link               there is such a link, and it is so
        > netns delet|
            delete             take the names of namespaces away, and the namespaces with them
    "#]],
    );
}

#[test]
fn options_are_those_that_were_not_given() {
    check(
        &[
            "link set veth-red-br |",
            "link set veth-red-br up m|",
            "link set veth-red-br | up mtu 1400",
            "addr add 192.168.15.9/24 dev v-net-0 |",
            "link add a type |",
            "link add a type veth |",
            "link add a type veth peer name b |",
            "link add vx type vxlan d|",
            "ping -|",
            "ip -|",
            "firewall accept forward p|",
        ],
        expect![[r#"
            > link set veth-red-br |
                up                 it is up
                down               it is down
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                nomaster           it is a port no longer
            > link set veth-red-br up m|
                mtu                its largest packet, in bytes
                master             the bridge it is a port of
            > link set veth-red-br | up mtu 1400
                name               its name, or its new name
                address            its hardware address
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                nomaster           it is a port no longer
            > addr add 192.168.15.9/24 dev v-net-0 |
                peer               the other end of a point-to-point link
                broadcast          the broadcast address, `+` for the last of the prefix
                scope              how far it is valid
                label              its label, such as veth0:1
                metric             the cost of its connected route
                nodad              IPv6: use it at once
                noprefixroute      without a connected route
            > link add a type |
                bridge             a switch
                veth               a cable with two ends
                vxlan              an Ethernet carried in UDP to other machines
            > link add a type veth |
                peer               the far end of the cable
            > link add a type veth peer name b |
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
            > link add vx type vxlan d|
                dev                the link that it sends through
                dsfield            the type of service
                df                 whether its packets stay whole
                dstport            the port that it sends to and listens on; 8472 if there is none, 4789 is the official one
            > ping -|
                -c                 how many
                -i                 the time between two
                -W                 how long an answer is waited for
                -w                 how long it may take altogether
                -s                 bytes of payload
                -I                 the link or address to send from
                -q                 only the summary
                -n                 numbers in place of names, as always
                -4                 only to IPv4 addresses
                and more
            > ip -|
                -n                 act in a namespace
                -4                 IPv4 only
                -6                 IPv6 only
                -brief             a line for each link
                -details           all that there is to tell
                -json              as JSON
                -netns             act in a namespace
                -oneline           each on one line
                -pretty            JSON for people
                and more
            > firewall accept forward p|
                proto              its protocol
        "#]],
    );
}

#[test]
fn variables_files_topics_jobs_and_settings() {
    check(
        &[
            "addr add $|",
            "addr add $l|",
            "let x = 3; print a$|",
            "print \"$l|",
            "print '$l|",
            "print ${ n|",
            "include |",
            "include \"labs/|",
            "link show > l|",
            "exec cat /etc/|",
            "help |",
            "help link |",
            "kill |",
            "sysctl net.ipv4.ip_f|",
            "sysctl -w net.ipv4.c|",
            "in red sysctl -w net.ipv4.conf.v|",
            "sysctl net/ipv6/conf/all/a|",
        ],
        expect![[r#"
            > addr add $|
                $lan               = 192.168.15.0/24
                $ns                = red
                $wan               = 203.0.113.0/28
            > addr add $l|
                $lan               = 192.168.15.0/24
            > let x = 3; print a$|
                $lan               = 192.168.15.0/24
                $ns                = red
                $wan               = 203.0.113.0/28
                $x                 = 3
            > print "$l|
                $lan               = 192.168.15.0/24
            > print '$l|
            > print ${ n|
                ns                 = red
            > include |
                lab.nns
                'lab two.nns'
                labs/…             a folder
            > include "labs/|
                "labs/…            a folder
                "labs/nat.nns"
                "labs/run"
            > link show > l|
                lab.nns
                'lab two.nns'
                labs/…             a folder
            > exec cat /etc/|
                /etc/hosts
            > help |
                namespaces         networks of their own on one machine
                cables             two links that are the ends of one wire (veth)
                addresses          what they reach, and why the length behind the slash matters
                bridges            switches that join many links to one network
                routing            how packets find networks that are not next door
                translation        addresses that change on the way: masquerade and forwarded ports (NAT)
                filters            which packets may pass (firewall)
                looking            finding out what there is, what happens, and what does not work
                addr               add, del, show
                and more
            > help link |
                add                make a link: a cable (veth) with both ends, a switch (bridge), or an overlay (vxlan)
                del                take a link away; with one end of a cable goes the other
                set                change a link: up, down, its name, MTU, address, master or namespace, several at once
                show               list links
            > kill |
                trace              in the background
            > sysctl net.ipv4.ip_f|
                net.ipv4.ip_forward pass IPv4 packets on
            > sysctl -w net.ipv4.c|
                net.ipv4.conf.…    the settings of a link, of `all` or of `default`
            > in red sysctl -w net.ipv4.conf.v|
                net.ipv4.conf.veth-red.… this link
            > sysctl net/ipv6/conf/all/a|
                net/ipv6/conf/all/accept_dad see whether an address is taken
                net/ipv6/conf/all/accept_ra believe routers that announce themselves
                net/ipv6/conf/all/addr_gen_mode how it makes its own address
                net/ipv6/conf/all/autoconf make addresses of what routers announce
        "#]],
    );
}

#[test]
fn rules_of_iptables() {
    check(
        &[
            "iptables -|",
            "iptables -t |",
            "iptables -t nat -A |",
            "iptables -t nat -A POSTROUTING -|",
            "iptables -A FORWARD -j |",
            "iptables -P FORWARD |",
            "iptables -A FORWARD -m conntrack --ctstate E|",
        ],
        expect![[r#"
            > iptables -|
                -A                 put a rule behind the others of a chain
                -I                 put a rule before the others, or at that number
                -D                 take the rule away that is written behind it, or the one of that number
                -R                 put another rule in the place of the one of that number
                -C                 ask whether there is such a rule
                -F                 take all rules of a chain away, or of all chains
                -N                 make a chain
                -X                 take a chain away, or all that are not built in
                -P                 what becomes of packets that no rule decides about: `ACCEPT` or `DROP`
                and more
            > iptables -t |
                filter             what may pass; the usual one
                nat                translated addresses
                mangle             changed packets
                raw                before conversations are followed
                security           labels of packets
            > iptables -t nat -A |
                PREROUTING         what comes in, before its way is looked up
                INPUT              what comes in for this namespace
                OUTPUT             what its own programs send
                POSTROUTING        what leaves, when its way is known
            > iptables -t nat -A POSTROUTING -|
                -s                 where packets come from: an address or a prefix, or several with commas
                -d                 where packets go: an address or a prefix, or several with commas
                -i                 the link that they came in through; `veth+` is all whose names begin so
                -o                 the link that they leave through
                -p                 what they carry, such as `tcp`, `udp` or `icmp`
                -m                 the match whose options follow
                -j                 what becomes of packets that fit: a target, such as `ACCEPT`, or a chain
                -g                 the chain that decides about packets that fit, for good
                -n                 numbers in place of names
                and more
            > iptables -A FORWARD -j |
                ACCEPT             let them pass
                DNAT               send them to another host
                DROP               drop them without a word
                MASQUERADE         the link's own address takes the place of the sender's
                REDIRECT           send them to a port of this namespace
                REJECT             refuse them, and say so
                RETURN             go back to the chain before, or to the policy
                SNAT               another address takes the place of the sender's
            > iptables -P FORWARD |
                ACCEPT             let them pass
                DROP               drop them without a word
            > iptables -A FORWARD -m conntrack --ctstate E|
                ESTABLISHED,RELATED what the conversation is known to be, such as `ESTABLISHED,RELATED`
                ESTABLISHED        what the conversation is known to be, such as `ESTABLISHED,RELATED`
        "#]],
    );
}

#[test]
fn the_language() {
    check(
        &[
            "let x |",
            "for x |",
            "for x in a |",
            "if |",
            "if exists |",
            "if exists link |",
            "if not exists link v-net-0 |",
            "if true { } |",
            "in red |",
            "def f(a, b) { }; f|",
        ],
        expect![[r#"
            > let x |
                =                  a value follows
            > for x |
                in                 a list follows
            > for x in a |
                {                  statements, up to `}`
            > if |
                exists             ask for a link, a namespace, …
                not                the contrary
                ok                 whether statements succeed
            > if exists |
                addr               whether there is such an address
                link               whether there is such a link
                netns              whether there is such a namespace
                route              whether there is such a route
            > if exists link |
                lo                 loopback, down
                v-net-0            bridge, up, 192.168.15.5/24
                veth-blue-br       veth to veth-blue in blue, down, port of v-net-0
                veth-red-br        veth to veth-red in red, up, port of v-net-0
                up                 it is set up
                down               it is not
                carrier            it can carry packets
                master             it is a port of that
                mtu                it has that MTU
                and more
            > if not exists link v-net-0 |
                up                 it is set up
                down               it is not
                carrier            it can carry packets
                master             it is a port of that
                mtu                it has that MTU
                from               the namespace, if not the current one
                within             how long it may take
                and                and more
                or                 or else
                and more
            > if true { } |
                else               what else is done
            > in red |
                addr               add, del, show
                arp                list the neighbours of this namespace as net-tools does
                capture            write the packets that pass a link into a file for tcpdump and wireshark, until the script ends or `kill NAME`
                echo               print a line, or write it to the file of a kernel setting
                enter              act in a namespace from the next line on, until `exit` or the end of the file
                exec               run a program in the current namespace and wait for it
                exit               end the script here; with another status than 0, what it did is put back
                expect             addr, exec, file, firewall, iptables, link, nat, neigh, netns, output, ping, route, sysctl, tcp, udp
                false              do nothing, and fail
                and more
            > def f(a, b) { }; f|
                false              do nothing, and fail
                firewall           accept, del, drop, flush, policy, reject, show
                forwarding         pass packets on from one network to another, as a router does
                f                  def f(a, b)
                for                do the same for each of `[red blue]` or `1..4`; the number counts from 1
        "#]],
    );
}

#[test]
fn nothing_is_better_than_something_silly() {
    check(
        &[
            "print \"in re|",
            "link set 'v|",
            "# link |",
            "link set v-net-0 mtu |",
            "ip route | gr|",
            "let |",
            "quux |",
            "link set v\\|",
            "netns add |",
        ],
        expect![[r#"
            > print "in re|
            > link set 'v|
            > # link |
            > link set v-net-0 mtu |
            > ip route | gr|
            > let |
            > quux |
                lab.nns
                'lab two.nns'
                labs/…             a folder
            > link set v\|
            > netns add |
        "#]],
    );
}

#[test]
fn the_piece_that_is_replaced() {
    let start = |line: &str| completion(line).start;
    assert_eq!(start("link se|t"), 5);
    assert_eq!(start("link |set"), 5);
    assert_eq!(start("addr add x$la|"), 10);
    assert_eq!(start("print ${la|"), 8);
    assert_eq!(start("true;li|"), 5);
}
