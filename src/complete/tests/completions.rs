use expect_test::{Expect, expect};

use super::{cursor, with_scene};
use crate::complete::{Completion, complete};

fn completion(line: &str) -> Completion {
    let (text, at) = cursor(line);
    with_scene(|scene| complete(scene, &text, at))
}

/// Each candidate with what it is; of one that replaces no whole word, the place.
fn check(lines: &[&str], expected: Expect) {
    let mut told = String::new();
    for line in lines {
        let completion = completion(line);
        told.push_str(&format!("> {line}\n"));
        for candidate in &completion.candidates {
            let text = format!("{}{}", candidate.text, if candidate.is_open { "…" } else { "" });
            told.push_str(format!("    {text:<18} {}", candidate.help).trim_end());
            told.push('\n');
        }
    }
    expected.assert_eq(&told);
}

#[test]
fn first_words_are_commands_functions_and_words_of_the_language() {
    check(
        &["|", "li|", "sudo n|", "in red f|", "true && wi|", "true || pin|", "ip link; r|"],
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
            firewall           accept, del, drop, flush, policy, reject, show
            forwarding         pass packets on from one network to another, as a router does
            help               tell what a command, a word of the language or the code of an error is about
            ip6tables          list and change the rules for IPv6 that `ip6tables` shows
            iptables           list and change the rules for IPv4 that `iptables` shows
            kill               end a program that was started with `spawn`, or a `capture`; with a number or an option it is the program `kill`
            link               add, del, set, show
            listen             serve ports of the current namespace until the script ends: what comes in is sent back
            nat                del, flush, forward, masquerade, redirect, show, snat
            neigh              show
            netns              add, attach, del, exec, identify, list, pids
            nsenter            carry out a statement, or run a program, in a namespace, as `netns exec` does
            ping               send echo requests from the current namespace, three when no count is given
            print              print a line
            requires           ipv6, kind, program
            route              add, append, change, del, replace, show
            rule               add, del, flush, show
            settle             wait until links carry packets, bridges forward and IPv6 addresses may be used, in all namespaces
            spawn              start a program in the current namespace and go on; it is ended with the script
            switch             build a switch: a bridge that is up, its addresses, and in the block a port a line
            sysctl             read or write kernel settings of the current namespace
            true               do nothing, and succeed
            wait               wait until a program ends that was started with `spawn`, or all of them, or a `capture` of so many packets; the status is its own
            wire               lay a cable between two namespaces: a veth pair, the addresses of its ends, both ends up
            room               def room(ns, n)
            def                give statements a name, by which they are called like a command; parameters may have a value (`n = 1`)
            for                do the same for each of `[red blue]` or `1..4`; the number counts from 1
            if                 choose by a comparison, `exists link NAME` or `ok { STATEMENT }`, with `and`, `or` and `not`
            in                 act in a namespace; `host` is the one that the script began in
            include            take the statements of another file in; its folder is looked for from that of this file
            ip                 the statements of netns, link, addr, route, rule and neigh as iproute2 abbreviates and prints them
            let                give a value a name; `$NAME` is the value from there on
            sudo               nothing: it may stand there because tutorials write it
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
        > ip link; r|
            requires           ipv6, kind, program
            route              add, append, change, del, replace, show
            rule               add, del, flush, show
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
            output             the text is in what the statements print; before a text in quotes the word `output` is left away
            ping               the address answers echo requests
            route              there is such a route, in the main table if nothing else is said
            sysctl             there is such a setting, and it has that value
            tcp                something accepts connections there
            udp                something answers datagrams there
            no                 the contrary
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
                down               it is down
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
                -6                 only to IPv6 addresses
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
                -statistics        with counters
            > firewall accept forward p|
                proto              its protocol
        "#]],
    );
}

#[test]
fn links_are_those_of_the_namespace() {
    check(
        &[
            "link set |",
            "in red link set |",
            "ip -n red link set |",
            "ip netns exec red ip link set dev |",
            "in red { link set |",
            "in red { true; in blue link set v|",
            "in red { true }; link set veth|",
            "nsenter --net=/run/netns/red ip l s |",
            "in $ns link set |",
            "link set veth-red-br master |",
            "link del |",
            "expect link v| from blue",
            "nat masquerade 192.168.15.0/24 out |",
            "iptables -A FORWARD -i |",
        ],
        expect![[r#"
            > link set |
                lo                 loopback, down
                v-net-0            bridge, up, 192.168.15.5/24
                veth-blue-br       veth to veth-blue in blue, down, port of v-net-0
                veth-red-br        veth to veth-red in red, up, port of v-net-0
                up                 it is up
                down               it is down
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                nomaster           it is a port no longer
                dev                its name
            > in red link set |
                lo                 loopback, up, 127.0.0.1/8, ::1/128
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
                up                 it is up
                down               it is down
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                nomaster           it is a port no longer
                dev                its name
            > ip -n red link set |
                lo                 loopback, up, 127.0.0.1/8, ::1/128
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
                up                 it is up
                down               it is down
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                nomaster           it is a port no longer
                dev                its name
            > ip netns exec red ip link set dev |
                lo                 loopback, up, 127.0.0.1/8, ::1/128
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
            > in red { link set |
                lo                 loopback, up, 127.0.0.1/8, ::1/128
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
                up                 it is up
                down               it is down
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                nomaster           it is a port no longer
                dev                its name
            > in red { true; in blue link set v|
                veth-blue          veth to veth-blue-br in host, down, 192.168.15.2/24, fd00::2/64
            > in red { true }; link set veth|
                veth-blue-br       veth to veth-blue in blue, down, port of v-net-0
                veth-red-br        veth to veth-red in red, up, port of v-net-0
            > nsenter --net=/run/netns/red ip l s |
                lo                 loopback, up, 127.0.0.1/8, ::1/128
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
                up                 it is up
                down               it is down
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                nomaster           it is a port no longer
                dev                its name
            > in $ns link set |
                lo                 loopback, up, 127.0.0.1/8, ::1/128
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
                up                 it is up
                down               it is down
                name               its name, or its new name
                address            its hardware address
                mtu                its largest packet, in bytes
                netns              the namespace it is in, or moves to
                master             the bridge it is a port of
                nomaster           it is a port no longer
                dev                its name
            > link set veth-red-br master |
                v-net-0            bridge, up, 192.168.15.5/24
            > link del |
                v-net-0            bridge, up, 192.168.15.5/24
                veth-blue-br       veth to veth-blue in blue, down, port of v-net-0
                veth-red-br        veth to veth-red in red, up, port of v-net-0
                type               its kind, which is not looked at
                dev                its name
            > expect link v| from blue
                veth-blue          veth to veth-blue-br in host, down, 192.168.15.2/24, fd00::2/64
            > nat masquerade 192.168.15.0/24 out |
                lo                 loopback, down
                v-net-0            bridge, up, 192.168.15.5/24
                veth-blue-br       veth to veth-blue in blue, down, port of v-net-0
                veth-red-br        veth to veth-red in red, up, port of v-net-0
            > iptables -A FORWARD -i |
                lo                 loopback, down
                v-net-0            bridge, up, 192.168.15.5/24
                veth-blue-br       veth to veth-blue in blue, down, port of v-net-0
                veth-red-br        veth to veth-red in red, up, port of v-net-0
        "#]],
    );
}

#[test]
fn namespaces_natively_and_of_ip() {
    check(
        &[
            "netns del |",
            "in |",
            "ip -n |",
            "ip netns exec |",
            "link set veth-red-br netns |",
            "ip link set veth-red-br netns |",
            "wire |",
            "switch br0 { |",
            "nsenter --net=|",
        ],
        expect![[r#"
            > netns del |
                blue               veth-blue
                red                veth-red
            > in |
                host               v-net-0, veth-blue-br, veth-red-br
                blue               veth-blue
                red                veth-red
            > ip -n |
                blue               veth-blue
                red                veth-red
            > ip netns exec |
                blue               veth-blue
                red                veth-red
            > link set veth-red-br netns |
                host               v-net-0, veth-blue-br, veth-red-br
                blue               veth-blue
                red                veth-red
            > ip link set veth-red-br netns |
                blue               veth-blue
                red                veth-red
                1                  the host
            > wire |
                host:…             a link in host
                blue:…             a link in blue
                red:…              a link in red
            > switch br0 { |
                host               v-net-0, veth-blue-br, veth-red-br
                blue               veth-blue
                red                veth-red
                host:…             a link in host
                blue:…             a link in blue
                red:…              a link in red
            > nsenter --net=|
                --net=/run/netns/blue veth-blue
                --net=/run/netns/red veth-red
        "#]],
    );
}

#[test]
fn addresses_that_are_free() {
    check(
        &[
            "addr add | dev v-net-0",
            "addr add |",
            "addr add 192.168.15.|",
            "ip addr add 192.168.15.2|",
            "addr add 192.168.15.3/|",
            "addr add fd|",
            "addr add 10.|",
            "switch br0 |",
            "wire red:a |",
        ],
        expect![[r#"
            > addr add | dev v-net-0
                192.168.15.3/24    free in 192.168.15.0/24
                fd00::1/64         free in fd00::/64
                peer               the other end of a point-to-point link
                broadcast          the broadcast address, `+` for the last of the prefix
                scope              how far it is valid
                label              its label, such as veth0:1
                metric             the cost of its connected route
                nodad              IPv6: use it at once
                noprefixroute      without a connected route
                local              the address
            > addr add |
                192.168.15.3/24    free in 192.168.15.0/24
                fd00::1/64         free in fd00::/64
                peer               the other end of a point-to-point link
                broadcast          the broadcast address, `+` for the last of the prefix
                scope              how far it is valid
                dev                the link
                label              its label, such as veth0:1
                metric             the cost of its connected route
                nodad              IPv6: use it at once
                noprefixroute      without a connected route
                local              the address
            > addr add 192.168.15.|
                192.168.15.3/24    free in 192.168.15.0/24
                192.168.15.4/24    free in 192.168.15.0/24
                192.168.15.6/24    free in 192.168.15.0/24
                192.168.15.7/24    free in 192.168.15.0/24
                192.168.15.8/24    free in 192.168.15.0/24
            > ip addr add 192.168.15.2|
                192.168.15.20/24   free in 192.168.15.0/24
                192.168.15.21/24   free in 192.168.15.0/24
                192.168.15.22/24   free in 192.168.15.0/24
                192.168.15.23/24   free in 192.168.15.0/24
                192.168.15.24/24   free in 192.168.15.0/24
            > addr add 192.168.15.3/|
                192.168.15.3/24    free in 192.168.15.0/24
            > addr add fd|
                fd00::1/64         free in fd00::/64
                fd00::3/64         free in fd00::/64
                fd00::4/64         free in fd00::/64
                fd00::5/64         free in fd00::/64
                fd00::6/64         free in fd00::/64
            > addr add 10.|
            > switch br0 |
                192.168.15.3/24    free in 192.168.15.0/24
                fd00::1/64         free in fd00::/64
            > wire red:a |
                192.168.15.3/24    free in 192.168.15.0/24
                fd00::1/64         free in fd00::/64
                --                 the other end of the cable follows
        "#]],
    );
}

#[test]
fn addresses_and_routes_that_are_there() {
    check(
        &[
            "in blue addr del |",
            "ip -n blue addr del | dev veth-blue",
            "addr del 192|",
            "ip -n red route del |",
            "in red route add default via |",
            "in red route add 10.0.0.0/8 via | dev veth-red",
            "route add |",
            "ping |",
            "in red expect tcp |",
            "nat masquerade |",
        ],
        expect![[r#"
            > in blue addr del |
                192.168.15.2/24    dev veth-blue
                fd00::2/64         dev veth-blue
                peer               the other end of a point-to-point link
                broadcast          the broadcast address, `+` for the last of the prefix
                scope              how far it is valid
                dev                the link
                label              its label, such as veth0:1
                metric             the cost of its connected route
                nodad              IPv6: use it at once
                noprefixroute      without a connected route
                local              the address
            > ip -n blue addr del | dev veth-blue
                192.168.15.2/24    dev veth-blue
                fd00::2/64         dev veth-blue
                peer               the other end of a point-to-point link
                broadcast          the broadcast address, `+` for the last of the prefix
                scope              how far it is valid
                label              its label, such as veth0:1
                metric             the cost of its connected route
                nodad              IPv6: use it at once
                noprefixroute      without a connected route
                local              the address
            > addr del 192|
                192.168.15.5/24    dev v-net-0
            > ip -n red route del |
                default            via 192.168.15.5 dev veth-red
                192.168.15.0/24    dev veth-red
                src                the address that local programs use
                via                the next router
                metric             its cost: the lowest wins
                scope              how far it reaches
                mtu                the largest packet, in bytes
                onlink             the router is on the link, whatever other routes say
                protocol           who made it
                table              its table
                dev                the link it leaves through
                local              its packets are for this host
                broadcast          its packets are for all hosts
                multicast          its packets are for a group
                prohibit           the sender is told that it is forbidden
                unreachable        the sender is told that the host is unreachable
                blackhole          its packets are dropped
                unicast            its packets go on, which is the usual
                throw              the next table decides
                to                 where it leads
            > in red route add default via |
                192.168.15.5       v-net-0 in host
                192.168.15.2       veth-blue in blue
            > in red route add 10.0.0.0/8 via | dev veth-red
                192.168.15.5       v-net-0 in host
                192.168.15.2       veth-blue in blue
            > route add |
                default            everything
                192.168.15.0/24    3 addresses
                fd00::/64          1 address
                src                the address that local programs use
                via                the next router
                metric             its cost: the lowest wins
                scope              how far it reaches
                mtu                the largest packet, in bytes
                onlink             the router is on the link, whatever other routes say
                protocol           who made it
                table              its table
                dev                the link it leaves through
                local              its packets are for this host
                broadcast          its packets are for all hosts
                multicast          its packets are for a group
                prohibit           the sender is told that it is forbidden
                unreachable        the sender is told that the host is unreachable
                blackhole          its packets are dropped
                unicast            its packets go on, which is the usual
                throw              the next table decides
                to                 where it leads
            > ping |
                192.168.15.1       veth-red in red
                192.168.15.2       veth-blue in blue
                fd00::2            veth-blue in blue
                192.168.15.5       v-net-0 in host
                -c                 how many
                -i                 the time between two
                -W                 how long an answer is waited for
                -w                 how long it may take altogether
                -s                 bytes of payload
                -I                 the link or address to send from
                -q                 only the summary
                -n                 numbers in place of names, as always
                -4                 only to IPv4 addresses
                -6                 only to IPv6 addresses
            > in red expect tcp |
                192.168.15.5:…     v-net-0 in host
                192.168.15.2:…     veth-blue in blue
                [fd00::2]:…        veth-blue in blue
                192.168.15.1:…     veth-red in red
                from               the namespace, if not the current one
                within             how long it may take
            > nat masquerade |
                192.168.15.0/24    3 addresses
                fd00::/64          1 address
                out                only what leaves through that link
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
            > addr add $l|
                $lan               = 192.168.15.0/24
            > let x = 3; print a$|
                $lan               = 192.168.15.0/24
                $ns                = red
                $x                 defined here
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
            > link show > l|
                lab.nns
                'lab two.nns'
                labs/…             a folder
            > exec cat /etc/|
                /etc/hosts
            > help |
                addr               add, del, show
                arp                list the neighbours of this namespace as net-tools does
                capture            write the packets that pass a link into a file for tcpdump and wireshark, until the script ends or `kill NAME`
                echo               print a line, or write it to the file of a kernel setting
                enter              act in a namespace from the next line on, until `exit` or the end of the file
                exec               run a program in the current namespace and wait for it
                exit               end the script here; with another status than 0, what it did is put back
                expect             addr, exec, file, firewall, iptables, link, nat, neigh, netns, output, ping, route, sysctl, tcp, udp
                false              do nothing, and fail
                firewall           accept, del, drop, flush, policy, reject, show
                forwarding         pass packets on from one network to another, as a router does
                help               tell what a command, a word of the language or the code of an error is about
                ip6tables          list and change the rules for IPv6 that `ip6tables` shows
                iptables           list and change the rules for IPv4 that `iptables` shows
                kill               end a program that was started with `spawn`, or a `capture`; with a number or an option it is the program `kill`
                link               add, del, set, show
                listen             serve ports of the current namespace until the script ends: what comes in is sent back
                nat                del, flush, forward, masquerade, redirect, show, snat
                neigh              show
                netns              add, attach, del, exec, identify, list, pids
                nsenter            carry out a statement, or run a program, in a namespace, as `netns exec` does
                ping               send echo requests from the current namespace, three when no count is given
                print              print a line
                requires           ipv6, kind, program
                route              add, append, change, del, replace, show
                rule               add, del, flush, show
                settle             wait until links carry packets, bridges forward and IPv6 addresses may be used, in all namespaces
                spawn              start a program in the current namespace and go on; it is ended with the script
                switch             build a switch: a bridge that is up, its addresses, and in the block a port a line
                sysctl             read or write kernel settings of the current namespace
                true               do nothing, and succeed
                wait               wait until a program ends that was started with `spawn`, or all of them, or a `capture` of so many packets; the status is its own
                wire               lay a cable between two namespaces: a veth pair, the addresses of its ends, both ends up
                '&&'               carry out the second statement if the first succeeds
                '>'                write what a statement prints to a file; `>>` behind what is there, `2>` its complaints
                def                give statements a name, by which they are called like a command; parameters may have a value (`n = 1`)
                for                do the same for each of `[red blue]` or `1..4`; the number counts from 1
                if                 choose by a comparison, `exists link NAME` or `ok { STATEMENT }`, with `and`, `or` and `not`
                in                 act in a namespace; `host` is the one that the script began in
                include            take the statements of another file in; its folder is looked for from that of this file
                ip                 the statements of netns, link, addr, route, rule and neigh as iproute2 abbreviates and prints them
                let                give a value a name; `$NAME` is the value from there on
                sudo               nothing: it may stand there because tutorials write it
                '|'                run a program on what a statement prints; the status is the program's
                '||'               carry out the second statement if the first fails, which then stops nothing
                apply-order        the code of an error
                apply-unforeseen   the code of an error
                bad-value          the code of an error
                cannot-confirm     the code of an error
                cannot-undo        the code of an error
                endless            the code of an error
                expectation-failed the code of an error
                input              the code of an error
                interrupted        the code of an error
                journal            the code of an error
                kernel-refused     the code of an error
                missing-word       the code of an error
                not-found          the code of an error
                not-permitted      the code of an error
                not-supported      the code of an error
                port-without-proto the code of an error
                program-forbidden  the code of an error
                requirement-not-met the code of an error
                syntax             the code of an error
                unknown-word       the code of an error
                usage              the code of an error
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
                -L                 list rules in columns
                -S                 list rules as they would be typed
                -t                 the table, `filter` when none is named
                -s                 where packets come from: an address or a prefix, or several with commas
                -d                 where packets go: an address or a prefix, or several with commas
                -i                 the link that they came in through; `veth+` is all whose names begin so
                -o                 the link that they leave through
                -p                 what they carry, such as `tcp`, `udp` or `icmp`
                -m                 the match whose options follow
                -j                 what becomes of packets that fit: a target, such as `ACCEPT`, or a chain
                -g                 the chain that decides about packets that fit, for good
                -n                 numbers in place of names
                -v                 counters and links too
                -x                 counters to the last digit
                -w                 accepted, and nothing to wait for
                --line-numbers     each rule with its number
                --sport            the port that packets come from, or a range: `8000:8080`
                --dport            the port that packets go to, or a range: `8000:8080`
                --icmp-type        what kind of ICMP message it is, such as `echo-request`
                --ctstate          what the conversation is known to be, such as `ESTABLISHED,RELATED`
                --state            what the conversation is known to be, such as `ESTABLISHED,RELATED`
                --comment          words for those who read the rules
                --reject-with      what `REJECT` answers
                --to-ports         the port that `REDIRECT` leads to, or the ports that `MASQUERADE` takes
                --to-source        what `SNAT` puts in the place of the sender
                --to-destination   where `DNAT` sends packets instead
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
                -v                 counters and links too
                -x                 counters to the last digit
                -w                 accepted, and nothing to wait for
                --line-numbers     each rule with its number
                --sport            the port that packets come from, or a range: `8000:8080`
                --dport            the port that packets go to, or a range: `8000:8080`
                --icmp-type        what kind of ICMP message it is, such as `echo-request`
                --ctstate          what the conversation is known to be, such as `ESTABLISHED,RELATED`
                --state            what the conversation is known to be, such as `ESTABLISHED,RELATED`
                --comment          words for those who read the rules
                --reject-with      what `REJECT` answers
                --to-ports         the port that `REDIRECT` leads to, or the ports that `MASQUERADE` takes
                --to-source        what `SNAT` puts in the place of the sender
                --to-destination   where `DNAT` sends packets instead
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
                from               the namespace, if not the current one
                within             how long it may take
                dev                its name
                and                and more
                or                 or else
                {                  what is done then
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
                {                  what is done then
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
                firewall           accept, del, drop, flush, policy, reject, show
                forwarding         pass packets on from one network to another, as a router does
                help               tell what a command, a word of the language or the code of an error is about
                ip6tables          list and change the rules for IPv6 that `ip6tables` shows
                iptables           list and change the rules for IPv4 that `iptables` shows
                kill               end a program that was started with `spawn`, or a `capture`; with a number or an option it is the program `kill`
                link               add, del, set, show
                listen             serve ports of the current namespace until the script ends: what comes in is sent back
                nat                del, flush, forward, masquerade, redirect, show, snat
                neigh              show
                netns              add, attach, del, exec, identify, list, pids
                nsenter            carry out a statement, or run a program, in a namespace, as `netns exec` does
                ping               send echo requests from the current namespace, three when no count is given
                print              print a line
                requires           ipv6, kind, program
                route              add, append, change, del, replace, show
                rule               add, del, flush, show
                settle             wait until links carry packets, bridges forward and IPv6 addresses may be used, in all namespaces
                spawn              start a program in the current namespace and go on; it is ended with the script
                switch             build a switch: a bridge that is up, its addresses, and in the block a port a line
                sysctl             read or write kernel settings of the current namespace
                true               do nothing, and succeed
                wait               wait until a program ends that was started with `spawn`, or all of them, or a `capture` of so many packets; the status is its own
                wire               lay a cable between two namespaces: a veth pair, the addresses of its ends, both ends up
                room               def room(ns, n)
                def                give statements a name, by which they are called like a command; parameters may have a value (`n = 1`)
                for                do the same for each of `[red blue]` or `1..4`; the number counts from 1
                if                 choose by a comparison, `exists link NAME` or `ok { STATEMENT }`, with `and`, `or` and `not`
                in                 act in a namespace; `host` is the one that the script began in
                include            take the statements of another file in; its folder is looked for from that of this file
                ip                 the statements of netns, link, addr, route, rule and neigh as iproute2 abbreviates and prints them
                let                give a value a name; `$NAME` is the value from there on
                sudo               nothing: it may stand there because tutorials write it
                {                  several statements, up to `}`
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
fn names_that_the_text_made_before() {
    check(
        &[
            "netns add green; netns del g|",
            "link add cable type veth peer name c-far netns red\nlink set c|",
            "link add cable type veth peer name c-far netns red\nin red link set c|",
            "wire red:wired 10.0.0.1/24 -- plug\nin red { link set w|",
            "switch br9 {\n  red\n}\nlink set br9|",
            "for thing in [a b] { netns add $t|",
            "netns add 'a room'; netns del |",
        ],
        expect![[r#"
            > netns add green; netns del g|
                green              made here
            > link add cable type veth peer name c-far netns red
            link set c|
                cable              made here
            > link add cable type veth peer name c-far netns red
            in red link set c|
                c-far              made here
            > wire red:wired 10.0.0.1/24 -- plug
            in red { link set w|
                wired              made here
            > switch br9 {
              red
            }
            link set br9|
                br9                made here
            > for thing in [a b] { netns add $t|
                $thing             defined here
            > netns add 'a room'; netns del |
                blue               veth-blue
                red                veth-red
                'a room'           made here
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
