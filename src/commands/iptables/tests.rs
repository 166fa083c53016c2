use expect_test::expect;

use crate::commands::testing::check;

#[test]
fn the_lines_of_tutorials() {
    check(
        &[
            "iptables -P FORWARD DROP",
            "iptables -F FORWARD",
            "iptables -t nat -F",
            "iptables -t nat -A POSTROUTING -s 172.16.99.100/24 -o ens3 -j MASQUERADE",
            "iptables -A FORWARD -i ens3 -o veth0 -j ACCEPT",
            "iptables -A FORWARD -o ens3 -i veth0 -j ACCEPT",
            "iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE",
            "iptables -t nat -A PREROUTING -p tcp --dport 80 --to-destination 192.168.15.2:80 -j DNAT",
            "iptables -A INPUT -s 10.0.0.1,10.0.0.2 -m comment --comment 'two hosts' -j DROP",
            "iptables -I FORWARD 3 -m state --state ESTABLISHED,RELATED -j ACCEPT",
            "iptables -R FORWARD 2 -j DROP",
            "iptables -D FORWARD 2",
            "iptables -D FORWARD ! -s 10.0.0.0/8 -j DROP",
            "iptables -N web",
            "iptables -X web",
            "ip6tables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination [fd00::2]:80",
        ],
        expect![[r#"
            > iptables -P FORWARD DROP
            iptables -P FORWARD DROP
            > iptables -F FORWARD
            iptables -F FORWARD
            > iptables -t nat -F
            iptables -t nat -F
            > iptables -t nat -A POSTROUTING -s 172.16.99.100/24 -o ens3 -j MASQUERADE
            iptables -t nat -A POSTROUTING -s 172.16.99.0/24 -o ens3 -j MASQUERADE
            > iptables -A FORWARD -i ens3 -o veth0 -j ACCEPT
            iptables -A FORWARD -i ens3 -o veth0 -j ACCEPT
            > iptables -A FORWARD -o ens3 -i veth0 -j ACCEPT
            iptables -A FORWARD -i veth0 -o ens3 -j ACCEPT
            > iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE
            iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE
            > iptables -t nat -A PREROUTING -p tcp --dport 80 --to-destination 192.168.15.2:80 -j DNAT
            iptables -t nat -A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 192.168.15.2:80
            > iptables -A INPUT -s 10.0.0.1,10.0.0.2 -m comment --comment 'two hosts' -j DROP
            iptables -A INPUT -s 10.0.0.1/32 -m comment --comment 'two hosts' -j DROP
            iptables -A INPUT -s 10.0.0.2/32 -m comment --comment 'two hosts' -j DROP
            > iptables -I FORWARD 3 -m state --state ESTABLISHED,RELATED -j ACCEPT
            iptables -I FORWARD 3 -m state --state RELATED,ESTABLISHED -j ACCEPT
            > iptables -R FORWARD 2 -j DROP
            iptables -I FORWARD 2 -j DROP
            iptables -D FORWARD 3
            > iptables -D FORWARD 2
            iptables -D FORWARD 2
            > iptables -D FORWARD ! -s 10.0.0.0/8 -j DROP
            iptables -D FORWARD ! -s 10.0.0.0/8 -j DROP
            > iptables -N web
            iptables -N web
            > iptables -X web
            iptables -X web
            > ip6tables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination [fd00::2]:80
            ip6tables -t nat -A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination '[fd00::2]:80'
        "#]],
    );
}

#[test]
fn questions() {
    check(
        &[
            "iptables -L",
            "iptables -L -n -v",
            "iptables -nvL FORWARD --line-numbers",
            "iptables -t nat -S POSTROUTING 2",
            "iptables -vS",
            "iptables -X",
            "iptables -C INPUT -j DROP",
        ],
        expect![[r#"
            > iptables -L
            Show(Iptables { ns: Host, table: TableRef { family: Ip, name: "filter" }, chain: None, rule: None, verbose: false, form: Table { numeric: false, line_numbers: false, exact: false } })
            > iptables -L -n -v
            Show(Iptables { ns: Host, table: TableRef { family: Ip, name: "filter" }, chain: None, rule: None, verbose: true, form: Table { numeric: true, line_numbers: false, exact: false } })
            > iptables -nvL FORWARD --line-numbers
            Show(Iptables { ns: Host, table: TableRef { family: Ip, name: "filter" }, chain: Some(Spanned { value: "FORWARD", span: 0:14..21 }), rule: None, verbose: true, form: Table { numeric: true, line_numbers: true, exact: false } })
            > iptables -t nat -S POSTROUTING 2
            Show(Iptables { ns: Host, table: TableRef { family: Ip, name: "nat" }, chain: Some(Spanned { value: "POSTROUTING", span: 0:19..30 }), rule: Some(2), verbose: false, form: Commands })
            > iptables -vS
            Show(Iptables { ns: Host, table: TableRef { family: Ip, name: "filter" }, chain: None, rule: None, verbose: true, form: Commands })
            > iptables -X
            DelChains { ns: Host, table: TableRef { family: Ip, name: "filter" } }
            > iptables -C INPUT -j DROP
            HasRules { ns: Host, chain: ChainRef { table: TableRef { family: Ip, name: "filter" }, name: "INPUT" }, rules: [Plain(PlainRule { dialect: Iptables, matches: [], verdict: Some(Drop), comment: None })] }
        "#]],
    );
}

#[test]
fn mistakes_with_options() {
    check(
        &[
            "iptables",
            "iptables --A POSTROUTING -j ACCEPT",
            "iptables - S",
            "iptables -A",
            "iptables -A -j ACCEPT",
            "iptables -P FORWARD",
            "iptables -A INPUT ACCEPT",
            "iptables -A INPUT -L",
            "iptables -A INPUT --dprt 80 -j ACCEPT",
            "iptables -A INPUT -dport 80 -j ACCEPT",
            "iptables -A INPUT -T nat",
            "iptables -A INPUT -s ! 10.0.0.1 -j DROP",
            "iptables -A INPUT -j DROP !",
            "iptables -A INPUT ! -j DROP",
            "iptables -A INPUT -s 10.0.0.1 -s 10.0.0.2 -j DROP",
            "iptables -L INPUT -s 10.0.0.1",
            "iptables -A INPUT -m multiport --dports 80,443 -j ACCEPT",
            "iptables -A INPUT -m mulitport -j ACCEPT",
            "iptables -A INPUT -j LOG --log-prefix x",
            "iptables -A INPUT -j LOG",
            "iptables -Z",
            "iptables -h",
            "iptables help",
        ],
        expect![[r#"
            > iptables
            missing-word: `iptables` wants to know what to do
              at 8: a command is missing
              help: such as `iptables -A FORWARD -j ACCEPT` or `iptables -L -n`
            > iptables --A POSTROUTING -j ACCEPT
            unknown-word: `--A` is no option; `-A` is
              `--A`: not an option
              help: type `-A`
            > iptables - S
            unknown-word: `- S` is no option; `-S` is
              `- S`: not an option
              help: type `-S`
            > iptables -A
            missing-word: `-A` wants a chain behind it
              at 11: a chain is missing
            > iptables -A -j ACCEPT
            missing-word: `-A` wants a chain behind it
              at 11: a chain is missing
            > iptables -P FORWARD
            missing-word: `-P` wants `ACCEPT` or `DROP` behind it
              at 19: `ACCEPT` or `DROP` is missing
            > iptables -A INPUT ACCEPT
            usage: `iptables` has no use for `ACCEPT`
              `ACCEPT`: it belongs to no option
              help: `-A` takes no such word behind it; several words need quotes
            > iptables -A INPUT -L
            usage: `-A` and `-L` are two commands, and a statement has one
              `-L`: the second
              `-A`: the first
            > iptables -A INPUT --dprt 80 -j ACCEPT
            unknown-word: `iptables` has no option `--dprt`
              `--dprt`: no option of `iptables`
              help: did you mean `--dport`?
            > iptables -A INPUT -dport 80 -j ACCEPT
            unknown-word: `iptables` has no option `-dport`
              `-dport`: no option of `iptables`
              help: did you mean `--dport`?
            > iptables -A INPUT -T nat
            unknown-word: `iptables` has no option `-T`
              `-T`: no option of `iptables`
              help: did you mean `-t`?
            > iptables -A INPUT -s ! 10.0.0.1 -j DROP
            usage: `!` stands before the option that it turns around
              `!`: not between an option and its value
              help: type `! -s 10.0.0.1`
            > iptables -A INPUT -j DROP !
            missing-word: `!` turns around the option behind it, and there is none
              at 27: an option is missing
            > iptables -A INPUT ! -j DROP
            usage: `-j` cannot be turned around with `!`
              `!`: leave it away before `-j`
            > iptables -A INPUT -s 10.0.0.1 -s 10.0.0.2 -j DROP
            usage: `-s` is given twice
              `-s 10.0.0.2`: once is enough
              `-s 10.0.0.1`: first given here
              help: several prefixes stand behind one: `-s A,B`
            > iptables -L INPUT -s 10.0.0.1
            usage: `-L` has no use for `-s`
              `-s`: it belongs to a rule, and `-L` names none
            > iptables -A INPUT -m multiport --dports 80,443 -j ACCEPT
            not-supported: the match `multiport` of `iptables` is not supported yet
              `multiport`: known, but not supported yet
              help: `exec iptables …` runs the program
            > iptables -A INPUT -m mulitport -j ACCEPT
            unknown-word: `iptables` has no match `mulitport`
              `mulitport`: no such match
              help: did you mean `multiport`?
            > iptables -A INPUT -j LOG --log-prefix x
            not-supported: the target `LOG` of `iptables` is not supported yet
              `LOG`: known, but not supported yet
              help: `exec iptables …` runs the program
            > iptables -A INPUT -j LOG
            not-supported: the target `LOG` of `iptables` is not supported yet
              `LOG`: known, but not supported yet
              help: `exec iptables …` runs the program
            > iptables -Z
            not-supported: the option `-Z` of `iptables` is not supported yet
              `-Z`: known, but not supported yet
              help: `exec iptables …` runs the program
            > iptables -h
            usage: this is how it is written: `iptables [-t TABLE] -A CHAIN|-I CHAIN [NUMBER]|-D CHAIN [NUMBER]|-R CHAIN|-C CHAIN|-F [CHAIN]|-N CHAIN|-X [CHAIN]|-P CHAIN|-L [CHAIN]|-S [CHAIN] [-s …] [-d …] [-i …] [-o …] [-p …] [-m …] [-j …] [-g …] [-n] [-v] [-x] [-w] [--line-numbers] [--sport …] [--dport …] [--icmp-type …] [--ctstate …] [--state …] [--comment …] [--reject-with …] [--to-ports …] [--to-source …] [--to-destination …]`
              `-h`: asks for help
            > iptables help
            usage: `iptables` has no use for `help`
              `help`: it belongs to no option
              help: did you mean `--help`?
        "#]],
    );
}

#[test]
fn ports_without_a_protocol() {
    check(
        &[
            "iptables -t nat -A PREROUTING --dport 80 --to-destination 192.168.15.2:80 -j DNAT",
            "iptables -A INPUT -p icmp ! --dport 80 -j DROP",
            "iptables -t nat -A PREROUTING -d 10.0.0.1 -j DNAT --to-destination 192.168.15.2:80",
            "iptables -t nat -A POSTROUTING -j MASQUERADE --to-ports 100-200",
            "iptables -A INPUT --icmp-type echo-request -j DROP",
            "iptables -A INPUT -p udp -j REJECT --reject-with tcp-reset",
        ],
        expect![[r#"
            > iptables -t nat -A PREROUTING --dport 80 --to-destination 192.168.15.2:80 -j DNAT
            port-without-proto: `--dport` needs a protocol that has ports
              `--dport`: ports of which protocol?
              help: type `iptables -t nat -A PREROUTING -p tcp --dport 80 --to-destination 192.168.15.2:80 -j DNAT`
            > iptables -A INPUT -p icmp ! --dport 80 -j DROP
            port-without-proto: `--dport` needs a protocol that has ports
              `--dport`: ports of which protocol?
              `icmp`: this one has none
              help: type `iptables -A INPUT -p tcp ! --dport 80 -j DROP`
            > iptables -t nat -A PREROUTING -d 10.0.0.1 -j DNAT --to-destination 192.168.15.2:80
            port-without-proto: `192.168.15.2:80` needs a protocol that has ports
              `192.168.15.2:80`: ports of which protocol?
              help: type `iptables -t nat -A PREROUTING -d 10.0.0.1 -p tcp -j DNAT --to-destination 192.168.15.2:80`
            > iptables -t nat -A POSTROUTING -j MASQUERADE --to-ports 100-200
            port-without-proto: `--to-ports` needs a protocol that has ports
              `--to-ports`: ports of which protocol?
              help: type `iptables -t nat -A POSTROUTING -p tcp -j MASQUERADE --to-ports 100-200`
            > iptables -A INPUT --icmp-type echo-request -j DROP
            usage: `--icmp-type` needs `-p icmp`
              `--icmp-type`: only packets of `icmp` have that
              help: type `iptables -A INPUT -p icmp --icmp-type echo-request -j DROP`
            > iptables -A INPUT -p udp -j REJECT --reject-with tcp-reset
            usage: `--reject-with` needs `-p tcp`
              `--reject-with`: only packets of `tcp` have that
              help: type `iptables -A INPUT -p tcp -j REJECT --reject-with tcp-reset`
        "#]],
    );
}

#[test]
fn targets_in_the_wrong_place() {
    check(
        &[
            "iptables -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 192.168.15.2:80",
            "iptables -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE",
            "iptables -A FORWARD -s 192.168.15.0/24 -j MASQUERADE",
            "iptables -t nat -A PREROUTING -s 192.168.15.0/24 -j MASQUERADE",
            "iptables -t mangle -A mine -j MASQUERADE",
            "iptables -t nat -A POSTROUTING -j REJECT",
            "iptables -t nat -A POSTROUTING -j masquerade --to-ports 80",
            "iptables -A INPUT --to-source 10.0.0.1",
            "iptables -t nat -A POSTROUTING -j SNAT",
            "iptables -t nat -A PREROUTING -o eth0 -j ACCEPT",
            "iptables -t nat -A POSTROUTING -i eth0 -j MASQUERADE",
        ],
        expect![[r#"
            > iptables -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 192.168.15.2:80
            usage: `DNAT` works only in the chains `PREROUTING` and `OUTPUT` of table `nat`
              `DNAT`: not here
              help: type `iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 192.168.15.2:80`
            > iptables -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE
            usage: `MASQUERADE` works only in the chain `POSTROUTING` of table `nat`
              `MASQUERADE`: not here
              help: type `iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE`
            > iptables -A FORWARD -s 192.168.15.0/24 -j MASQUERADE
            usage: `MASQUERADE` works only in the chain `POSTROUTING` of table `nat`
              `MASQUERADE`: not here
              help: type `iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE`
            > iptables -t nat -A PREROUTING -s 192.168.15.0/24 -j MASQUERADE
            usage: `MASQUERADE` works only in the chain `POSTROUTING`
              `MASQUERADE`: not here
              help: type `iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE`
            > iptables -t mangle -A mine -j MASQUERADE
            usage: `MASQUERADE` works only in the table `nat`
              `MASQUERADE`: not here
              help: type `iptables -t nat -A mine -j MASQUERADE`
            > iptables -t nat -A POSTROUTING -j REJECT
            usage: `REJECT` works only in the chains `INPUT`, `FORWARD` and `OUTPUT` of table `filter`
              `REJECT`: not here
              help: type `iptables -t filter -A INPUT -j REJECT`
            > iptables -t nat -A POSTROUTING -j masquerade --to-ports 80
            usage: `--to-ports` belongs to `MASQUERADE` and `REDIRECT`
              `--to-ports`: the rule has another target
              `masquerade`: this one
              help: did you mean `MASQUERADE`?
            > iptables -A INPUT --to-source 10.0.0.1
            usage: `--to-source` belongs to `SNAT`
              `--to-source`: the rule has no target
              help: add `-j SNAT`
            > iptables -t nat -A POSTROUTING -j SNAT
            missing-word: `SNAT` wants `--to-source`
              `SNAT`: without it there is nothing to do
              help: such as `--to-source 203.0.113.7`
            > iptables -t nat -A PREROUTING -o eth0 -j ACCEPT
            usage: `-o` cannot stand in a rule of `PREROUTING`
              `-o`: not in this chain
              help: the way out is not known there: use `-i`, or a chain further on
            > iptables -t nat -A POSTROUTING -i eth0 -j MASQUERADE
            usage: `-i` cannot stand in a rule of `POSTROUTING`
              `-i`: not in this chain
              help: the way in is not known there: use `-o`, or `-s` with the prefix there
        "#]],
    );
}

#[test]
fn values_that_are_none() {
    check(
        &[
            "iptables -t Nat -L",
            "iptables -t nta -L",
            "iptables -P forward DROP",
            "iptables -P POSTROUTING DROP",
            "iptables -P web DROP",
            "iptables -P FORWARD drop",
            "iptables -P FORWARD REJECT",
            "iptables -N DROP",
            "iptables -I INPUT 0 -j DROP",
            "iptables -D INPUT one",
            "iptables -A INPUT -i name-of-16-bytes -j DROP",
            "iptables -A INPUT -s localhost -j DROP",
            "iptables -A INPUT -s fd00::1 -j DROP",
            "ip6tables -A INPUT -s 10.0.0.1 -j DROP",
            "iptables -A INPUT -p tpc -j DROP",
            "iptables -A INPUT -p tcp --dport 80,443 -j DROP",
            "iptables -A INPUT -p tcp --dport 80-90 -j DROP",
            "iptables -A INPUT -p tcp --dport htpp -j DROP",
            "iptables -A INPUT --ctstate NEW -j DROP",
            "iptables -A INPUT -m conntrack -j DROP",
            "iptables -A INPUT -m conntrack --ctstate ESTABLISHD -j DROP",
            "iptables -A INPUT -p icmp --icmp-type echo-requets -j DROP",
            "iptables -A INPUT -j REJECT --reject-with icmp-port-unreachabel",
            "iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination 192.168.15.2/24",
        ],
        expect![[r#"
            > iptables -t Nat -L
            not-found: `iptables` has no table `Nat`
              `Nat`: no such table
              help: did you mean `nat`?
            > iptables -t nta -L
            not-found: `iptables` has no table `nta`
              `nta`: no such table
              help: did you mean `nat`?
            > iptables -P forward DROP
            usage: the chain `forward` of table `filter` has no policy
              `forward`: not possible
              help: did you mean `FORWARD`?
            > iptables -P POSTROUTING DROP
            usage: the chain `POSTROUTING` of table `filter` has no policy
              `POSTROUTING`: not possible
              help: the chain `POSTROUTING` is in table `nat`: add `-t nat`
            > iptables -P web DROP
            usage: the chain `web` of table `filter` has no policy
              `web`: not possible
              help: only these have one: INPUT, FORWARD, OUTPUT
            > iptables -P FORWARD drop
            usage: `drop` is no policy
              `drop`: not possible
              help: type `DROP`
            > iptables -P FORWARD REJECT
            usage: `REJECT` is no policy
              `REJECT`: not possible
              help: type `DROP`; `REJECT` needs a rule at the chain's end
            > iptables -N DROP
            bad-value: no chain can be called `DROP`
              `DROP`: a target has this name
            > iptables -I INPUT 0 -j DROP
            bad-value: `0` is not the number of a rule, counted from 1
              `0`: wanted: the number of a rule, counted from 1
            > iptables -D INPUT one
            bad-value: `one` is not the number of a rule, counted from 1
              `one`: wanted: the number of a rule, counted from 1
              help: options begin with a dash
            > iptables -A INPUT -i name-of-16-bytes -j DROP
            bad-value: `name-of-16-bytes` has 16 bytes; a link's name has at most 15
              `name-of-16-bytes`: wanted: the name of a link
            > iptables -A INPUT -s localhost -j DROP
            bad-value: `localhost` is not an IPv4 address or prefix
              `localhost`: wanted: an IPv4 address or prefix
              help: names are not looked up: type the address
            > iptables -A INPUT -s fd00::1 -j DROP
            bad-value: `fd00::1` is not an IPv4 address or prefix
              `fd00::1`: wanted: an IPv4 address or prefix
              help: IPv6 addresses belong to `ip6tables`
            > ip6tables -A INPUT -s 10.0.0.1 -j DROP
            bad-value: `10.0.0.1` is not an IPv6 address or prefix
              `10.0.0.1`: wanted: an IPv6 address or prefix
              help: IPv4 addresses belong to `iptables`
            > iptables -A INPUT -p tpc -j DROP
            bad-value: `tpc` is not a protocol, such as `tcp`
              `tpc`: wanted: a protocol, such as `tcp`
              help: did you mean `tcp`?
            > iptables -A INPUT -p tcp --dport 80,443 -j DROP
            bad-value: `80,443` is not a port, or a range such as `8000:8080`
              `80,443`: wanted: a port, or a range such as `8000:8080`
              help: write a rule for each port
            > iptables -A INPUT -p tcp --dport 80-90 -j DROP
            bad-value: `80-90` is not a port, or a range such as `8000:8080`
              `80-90`: wanted: a port, or a range such as `8000:8080`
              help: type `80:90`
            > iptables -A INPUT -p tcp --dport htpp -j DROP
            bad-value: `htpp` is not a port, or a range such as `8000:8080`
              `htpp`: wanted: a port, or a range such as `8000:8080`
              help: did you mean `http`?
            > iptables -A INPUT --ctstate NEW -j DROP
            usage: `--ctstate` belongs to the match `conntrack`, which is not asked for
              `--ctstate`: `-m conntrack` is missing before it
              help: type `iptables -A INPUT -m conntrack --ctstate NEW -j DROP`
            > iptables -A INPUT -m conntrack -j DROP
            missing-word: `conntrack` wants `--ctstate`
              `conntrack`: without it there is nothing to do
              help: such as `-m conntrack --ctstate RELATED,ESTABLISHED`
            > iptables -A INPUT -m conntrack --ctstate ESTABLISHD -j DROP
            bad-value: `ESTABLISHD` is not a list of states, such as `RELATED,ESTABLISHED`
              `ESTABLISHD`: wanted: a list of states, such as `RELATED,ESTABLISHED`
              help: did you mean `ESTABLISHED`?
            > iptables -A INPUT -p icmp --icmp-type echo-requets -j DROP
            bad-value: `echo-requets` is not a type of ICMP message, such as `echo-request`
              `echo-requets`: wanted: a type of ICMP message, such as `echo-request`
              help: did you mean `echo-request`?
            > iptables -A INPUT -j REJECT --reject-with icmp-port-unreachabel
            bad-value: `icmp-port-unreachabel` is not an answer, such as `icmp-port-unreachable` or `tcp-reset`
              `icmp-port-unreachabel`: wanted: an answer, such as `icmp-port-unreachable` or `tcp-reset`
              help: did you mean `icmp-port-unreachable`?
            > iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination 192.168.15.2/24
            bad-value: `192.168.15.2/24` is not an address, such as `192.168.15.2:80`
              `192.168.15.2/24`: wanted: an address, such as `192.168.15.2:80`
              help: an address has no prefix length here
        "#]],
    );
}
