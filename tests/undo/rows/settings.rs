//! Settings, and rules of netfilter.

use expect_test::expect;

use crate::others::Row;

/// One a kind of change.
pub fn rows() -> Vec<Row> {
    vec![
        Row {
            name: "a setting of the run",
            before: "",
            run: "sysctl -qw net.ipv4.conf.eth9.rp_filter=1; netns add red",
            others: "sysctl -qw net.ipv4.conf.eth9.rp_filter=2",
            left: "sysctl -qw net.ipv4.conf.eth9.rp_filter=2",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: net.ipv4.conf.eth9.rp_filter stays 2: somebody set it since
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "another setting",
            before: "",
            run: "sysctl -qw net.ipv4.conf.eth9.rp_filter=1",
            others: "sysctl -qw net.ipv4.conf.eth9.proxy_arp=1",
            left: "sysctl -qw net.ipv4.conf.eth9.proxy_arp=1",
            left_by_all: "sysctl -qw net.ipv4.conf.eth9.proxy_arp=1",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a family of settings",
            before: "",
            run: "forwarding on; forwarding on ipv6",
            others: "sysctl -qw net.ipv4.conf.eth9.forwarding=0 net.ipv6.conf.p0.forwarding=0",
            left: "true",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a setting in our namespace",
            before: "",
            run: "netns add red; in red sysctl -qw net.ipv4.ip_forward=1",
            others: "ip netns exec red sysctl -qw net.ipv4.ip_forward=0",
            left: "ip netns add red",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  namespace red stays: setting net.ipv4.conf.all.accept_redirects in it is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a rule in our chain",
            before: "",
            run: "firewall drop forward from 10.7.0.0/16",
            others: "nft add rule inet nns_filter forward ip saddr 10.8.0.0/16 drop",
            left: "nft 'add table inet nns_filter; add chain inet nns_filter forward { type filter hook forward priority filter; policy accept; }; add rule inet nns_filter forward ip saddr 10.8.0.0/16 drop'",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: chain inet nns_filter forward stays: the rule ip saddr 10.8.0.0/16 drop is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "another chain in our table",
            before: "",
            run: "firewall drop forward from 10.7.0.0/16",
            others: "nft add chain inet nns_filter mine",
            left: "nft 'add table inet nns_filter; add chain inet nns_filter mine'",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: table inet nns_filter stays: chain mine in it is not of this run
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a policy that the run changed",
            before: "",
            run: "iptables -P FORWARD DROP; iptables -A FORWARD -s 10.7.0.0/16 -j DROP",
            others: "iptables -A FORWARD -s 10.8.0.0/16 -j DROP",
            left: "iptables -A FORWARD -s 10.8.0.0/16 -j DROP",
            left_by_all: "iptables -A FORWARD -s 10.8.0.0/16 -j DROP",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a policy changed behind the run",
            before: "",
            run: "firewall policy forward drop",
            others: "nft chain inet nns_filter forward '{ policy accept; }'",
            left: "nft 'add table inet nns_filter; add chain inet nns_filter forward { type filter hook forward priority filter; policy accept; }'",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: chain inet nns_filter forward stays: somebody changed its policy since
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a table of others",
            before: "",
            run: "firewall drop forward from 10.7.0.0/16",
            others: "nft 'add table inet theirs; add chain inet theirs c'",
            left: "nft 'add table inet theirs; add chain inet theirs c'",
            left_by_all: "nft 'add table inet theirs; add chain inet theirs c'",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a flushed chain",
            before: "",
            run: "iptables -F FORWARD",
            others: "iptables -A FORWARD -s 10.8.0.0/16 -j DROP",
            left: "iptables -A FORWARD -s 10.8.0.0/16 -j DROP",
            left_by_all: "iptables -A FORWARD -s 10.8.0.0/16 -j DROP",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a rule of the run is deleted",
            before: "",
            run: "iptables -A FORWARD -s 10.7.0.0/16 -j DROP; netns add red",
            others: "iptables -D FORWARD 3",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "our table is flushed",
            before: "",
            run: "firewall drop forward from 10.7.0.0/16; netns add red",
            others: "nft flush ruleset",
            left: "nft flush ruleset",
            left_by_all: "nft flush ruleset",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a setting of a link that got another name",
            before: "ip link add v0 type veth peer name v1",
            run: "link set v0 name v9; sysctl net.ipv4.conf.v9.rp_filter=2; netns add red",
            others: "true",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a setting of a link that got another name is set again",
            before: "ip link add v0 type veth peer name v1",
            run: "link set v0 name v9; sysctl net.ipv4.conf.v9.rp_filter=2; netns add red",
            others: "sysctl -qw net.ipv4.conf.v9.rp_filter=1",
            left: "sysctl -qw net.ipv4.conf.v0.rp_filter=1",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: net.ipv4.conf.v0.rp_filter stays 1: somebody set it since
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a setting that was written before the default of all",
            before: "ip link add v0 type veth peer name v1; sysctl -qw net.ipv4.conf.v0.rp_filter=2",
            run: "sysctl net.ipv4.conf.v0.rp_filter=0; sysctl net.ipv4.conf.default.rp_filter=1",
            others: "true",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a port joins a bridge that was made with an mtu",
            before: "ip link add br0 mtu 9000 type bridge; ip link add v0 type veth peer name v1",
            run: "link set v0 master br0; netns add red",
            others: "ip link set v1 up",
            left: "ip link set v1 up",
            left_by_all: "ip link set v1 up",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "a port joins a bridge that was given an mtu, and somebody gives it another",
            before: "ip link add br0 type bridge; ip link set br0 mtu 9000; ip link add v0 type veth peer name v1",
            run: "link set v0 master br0; netns add red",
            others: "ip link set br0 mtu 1300",
            left: "ip link set br0 mtu 1300",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link br0 keeps its mtu: somebody changed it since
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "settings of a wire whose name another link took",
            before: "sysctl -qw net.ipv4.conf.eth9.rp_filter=2 net.ipv4.conf.eth9.proxy_arp=1",
            run: "netns add red; link set eth9 netns red; link add eth9 type bridge",
            others: "sysctl -qw net.ipv4.conf.eth9.rp_filter=1",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "settings of a deleted cable whose name somebody took",
            before: "sysctl -qw net.ipv4.conf.p0.rp_filter=2",
            run: "link del p0; netns add red",
            others: "ip link add p0 type bridge; sysctl -qw net.ipv4.conf.p0.rp_filter=1",
            left: "ip link del p0; ip link add p0 type bridge; sysctl -qw net.ipv4.conf.p0.rp_filter=1",
            left_by_all: "",
            said: expect![[r#"
                exit status 5
                run 1 is undone in part; what is left:
                  host: link p0 does not come back: another link of that name is there now
                  old: link p1 does not come back: its other end cannot come back
                `nns undo 1 --all` takes that back as well
                --all: exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
        Row {
            name: "settings of a wire that was renamed and moved",
            before: "sysctl -qw net.ipv4.conf.eth9.rp_filter=2",
            run: "netns add red; link set eth9 down; link set eth9 name wan; link set wan netns red",
            others: "true",
            left: "",
            left_by_all: "",
            said: expect![[r#"
                exit status 0
                run 1 is undone: everything is as it was before
            "#]],
        },
    ]
}
