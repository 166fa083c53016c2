//! What `iptables` takes we take, what it refuses to read we refuse, and what it lists afterwards we list, byte for
//! byte: the same lines go to both.
//!
//! `iptables` runs in namespaces of its own (user, mount and network). Its rules are then listed in all forms; ours are
//! those of a model that the same statements were applied to.

use std::process::{Command, Stdio};

use nns::{
    commands::{Act, Arg, Context, lower},
    model::{Outcome, World, apply},
    net::NsRef,
    report,
    source::Sources,
};

/// The version whose listings are imitated.
const VERSION: &str = "v1.8.9 (nf_tables)";

/// What is listed after a line.
const LISTINGS: &[&str] = &["-S", "-L -n -v", "-L", "-L -n --line-numbers", "-S -v", "-L -v", "-L -nvx"];

/// Lines that both take, with the same outcome. A `;` separates statements.
const TAKEN: &[&str] = &[
    "iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE",
    "iptables -t nat -A POSTROUTING -s 172.16.99.100/24 -o ens3 -j MASQUERADE",
    "iptables --table nat --append POSTROUTING --source 192.168.15.0/24 --jump MASQUERADE",
    "iptables -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE -t nat",
    "iptables -tnat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE",
    "iptables --table=nat --app POSTROUTING --sour 10.1.2.3/8 --ju MASQUERADE",
    "iptables -t nat -A POSTROUTING ! -d 10.0.0.0/8 -j MASQUERADE",
    "iptables -t nat -A POSTROUTING -p tcp -j MASQUERADE --to-ports 100-200",
    "iptables -t nat -A POSTROUTING -o eth0 -j SNAT --to-source 203.0.113.7",
    "iptables -t nat -A POSTROUTING -p udp -j SNAT --to-source 1.2.3.4-1.2.3.9:100-200",
    "iptables -t nat -A POSTROUTING -o eth0 -j SNAT --to 203.0.113.7",
    "iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 192.168.15.2:80",
    "iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to 192.168.15.2:80",
    "iptables -t nat -A PREROUTING -p tcp -m tcp --dport http -j DNAT --to-destination 192.168.15.2",
    "iptables -t nat -A OUTPUT -p tcp -d 127.0.0.1 --dport 443 -j REDIRECT --to-ports 8443",
    "iptables -t nat -A OUTPUT -p tcp -j REDIRECT",
    "iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination :8080",
    "iptables -P FORWARD DROP",
    "iptables -P FORWARD DROP ; iptables -P FORWARD ACCEPT",
    "iptables --policy INPUT DROP",
    "iptables -F FORWARD",
    "iptables -t nat -F",
    "iptables -F",
    "iptables -X",
    "iptables -A FORWARD -i ens3 -o veth0 -j ACCEPT",
    "iptables -A FORWARD -o ens3 -i veth0 -j ACCEPT",
    "iptables -A FORWARD ! -i eth+ -o br-+ -j DROP",
    "iptables -I FORWARD -j DROP ; iptables -I FORWARD -j ACCEPT",
    "iptables -A INPUT -j DROP ; iptables -A INPUT -j DROP ; iptables -I INPUT 2 -j ACCEPT",
    "iptables -I INPUT -s 10.0.0.1,10.0.0.2 -j DROP",
    "iptables -A INPUT -s 10.0.0.1,10.0.0.2/24 -d 10.1.0.1,10.1.0.2 -j DROP",
    "iptables -A INPUT -s 10.0.0.1,10.0.0.2 -j DROP ; iptables -D INPUT -s 10.0.0.1 -j DROP",
    "iptables -A INPUT -s 10.0.0.1,10.0.0.2,10.0.0.3 -j DROP ; iptables -D INPUT 2",
    "iptables -A INPUT -s 10.0.0.1,10.0.0.2,10.0.0.3 -j DROP ; iptables -R INPUT 2 -j ACCEPT",
    "iptables -A INPUT -s 10.0.0.1,10.0.0.2,10.0.0.3 -j DROP ; iptables -R INPUT 3 -p tcp -j REJECT",
    "iptables -A INPUT -p tcp --dport 22 -j ACCEPT ; iptables -D INPUT -p tcp -m tcp --dport 22 -j ACCEPT",
    "iptables -A INPUT -p tcp --dport 22 -j ACCEPT ; iptables -C INPUT -p tcp --dport 22 -j ACCEPT",
    "iptables -N web ; iptables -A INPUT -p tcp --dport 80 -j web ; iptables -A web -s 10.0.0.0/8 -j RETURN ; iptables -A web -j DROP",
    "iptables -N web ; iptables -A INPUT -g web",
    "iptables -N b ; iptables -N a ; iptables -A b -j a ; iptables -A INPUT -j b",
    "iptables -N web ; iptables -X web",
    "iptables -N web ; iptables -N www ; iptables -X",
    "iptables -N web ; iptables -A web -j ACCEPT ; iptables -F web ; iptables --delete-chain web",
    "iptables -A INPUT",
    "iptables -A INPUT -p tcp",
    "iptables -A INPUT -p TCP -j DROP",
    "iptables -A INPUT -p 6 -j DROP",
    "iptables -A INPUT -p all -j DROP",
    "iptables -A INPUT -p 0 -j DROP",
    "iptables -A INPUT -p gre -j DROP",
    "iptables -A INPUT -p 47 -j DROP",
    "iptables -A INPUT -p ospf -j DROP",
    "iptables -A INPUT ! -p tcp -j DROP",
    "iptables -A INPUT -p 200 -j DROP",
    "iptables -A INPUT -p tcp --sport 1024: --dport 22 -j ACCEPT",
    "iptables -A INPUT -p tcp --dport 22 --sport 1024:65535 -j ACCEPT",
    "iptables -A INPUT -p tcp --destination-port ssh -j ACCEPT",
    "iptables -A INPUT -p tcp --dport :1023 -j ACCEPT",
    "iptables -A INPUT -p udp ! --dport 53 -j REJECT",
    "iptables -A INPUT -p udp ! --dport domain:60 ! --sport 53 -j REJECT",
    "iptables -A INPUT -p udp -m udp --dport 67:68 -j ACCEPT",
    "iptables -A INPUT -p sctp --dport 80 -j ACCEPT",
    "iptables -A INPUT -p tcp --dport 80 -m conntrack --ctstate NEW -j ACCEPT",
    "iptables -A INPUT -p tcp -m conntrack --ctstate NEW --dport 80 -j ACCEPT",
    "iptables -A INPUT -p tcp -m tcp -m conntrack --ctstate NEW --dport 80 -j ACCEPT",
    "iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
    "iptables -A INPUT -m conntrack --ctstate established,related -j ACCEPT",
    "iptables -A INPUT -m conntrack ! --ctstate INVALID,UNTRACKED -j ACCEPT",
    "iptables -A INPUT -m state --state NEW -j ACCEPT",
    "iptables -A INPUT -m state ! --state NEW,INVALID -j DROP",
    "iptables -A INPUT -p icmp -j ACCEPT",
    "iptables -A INPUT -p icmp --icmp-type 8 -j ACCEPT",
    "iptables -A INPUT -p icmp -m icmp --icmp-type echo-request -j ACCEPT",
    "iptables -A INPUT -p icmp --icmp-type ping -j ACCEPT",
    "iptables -A INPUT -p icmp ! --icmp-type echo-reply -j DROP",
    "iptables -A INPUT -p icmp --icmp-type time-exceeded -j DROP",
    "iptables -A INPUT -p icmp --icmp-type 77 -j DROP",
    "iptables -A INPUT -m comment --comment plain-one -j ACCEPT",
    "iptables -A INPUT -m comment --comment \"two words\" -j ACCEPT",
    "iptables -A INPUT -m comment --comment \"it's a 'quote'\" -j ACCEPT",
    "iptables -A INPUT -m comment --comment a.b -p tcp --dport 80 -m state --state NEW -j ACCEPT",
    "iptables -A INPUT -j REJECT",
    "iptables -A INPUT -p tcp -j REJECT --reject-with tcp-reset",
    "iptables -A INPUT -j REJECT --reject-with icmp-host-unreachable",
    "iptables -A INPUT -j REJECT --reject-with net-unreach",
    "iptables -A FORWARD -j REJECT --reject-with icmp-admin-prohibited",
    "iptables -A FORWARD -j REJECT --reject-with icmp-port-unreachable",
    "iptables -A INPUT -i lo -j ACCEPT",
    "iptables -A INPUT ! -i lo -d 127.0.0.0/8 -j DROP",
    "iptables -A INPUT -s 127.0.0.1 -j ACCEPT",
    "iptables -A INPUT -s 10/8 -j ACCEPT",
    "iptables -A INPUT -s 10.1.2.3/255.255.0.0 -j ACCEPT",
    "iptables -A INPUT -s 0.0.0.0/0 -j ACCEPT",
    "iptables -A INPUT -s 0/0 -d 0/0 -j ACCEPT",
    "iptables -A INPUT -s 10.0.0.1/0 -j ACCEPT",
    "iptables -w -A INPUT -j ACCEPT",
    "iptables -w 5 -A INPUT -j ACCEPT",
    "iptables --wait -A INPUT -j ACCEPT",
    "iptables -t filter -A OUTPUT -o lo -j ACCEPT",
    "iptables -t mangle -A FORWARD -j ACCEPT",
    "iptables -t raw -A PREROUTING -i eth0 -j DROP",
    "iptables -t mangle -P POSTROUTING DROP",
    "ip6tables -A INPUT -s fd00::1 -j ACCEPT",
    "ip6tables -A INPUT -s fd00::1/64 -d ::/0 -j ACCEPT",
    "ip6tables -A INPUT -p icmpv6 -j ACCEPT",
    "ip6tables -A INPUT -p ipv6-icmp --icmpv6-type 128 -j ACCEPT",
    "ip6tables -A INPUT -p ipv6-icmp --icmpv6-type echo-request -j ACCEPT",
    "ip6tables -A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type router-advertisement -j ACCEPT",
    "ip6tables -A INPUT -j REJECT",
    "ip6tables -A INPUT -j REJECT --reject-with icmp6-adm-prohibited",
    "ip6tables -A INPUT -j REJECT --reject-with no-route",
    "ip6tables -t nat -A POSTROUTING -s fd00::/64 -j MASQUERADE",
    "ip6tables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination [fd00::2]:80",
    "ip6tables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination fd00::2",
    "ip6tables -t nat -A POSTROUTING -p tcp -j SNAT --to-source [fd00::2-fd00::4]:10-20",
];

/// Lines that both take, and whose rules `iptables` tells to the kernel in a way of its own.
const ODD: &[&str] = &["iptables -A FORWARD -i + -j DROP", "iptables -A INPUT -p tcp -m tcp -j DROP"];

/// Lines that neither takes.
const REFUSED: &[&str] = &[
    "iptables",
    "iptables -t nat",
    "iptables -t nosuch -L",
    "iptables --A POSTROUTING -j ACCEPT",
    "iptables - S",
    "iptables -A",
    "iptables -A -j ACCEPT",
    "iptables -A INPUT -L",
    "iptables -A INPUT ACCEPT",
    "iptables -A INPUT --dport 80 -j ACCEPT",
    "iptables -A INPUT -p icmp --dport 80 -j ACCEPT",
    "iptables -A INPUT -p tcp --dport 80-90 -j ACCEPT",
    "iptables -A INPUT -p tcp --dport 80,443 -j ACCEPT",
    "iptables -A INPUT -p tcp --dport htpp -j ACCEPT",
    "iptables -A INPUT -p tcp --dport 70000 -j ACCEPT",
    "iptables -A INPUT -p tcp --dport 90:80 -j ACCEPT",
    "iptables -A INPUT -p tcp --dprt 80 -j ACCEPT",
    "iptables -A INPUT -p tpc -j ACCEPT",
    "iptables -A INPUT -s 300.1.1.1 -j ACCEPT",
    "iptables -A INPUT -s 10.0.0.1/33 -j ACCEPT",
    "iptables -A INPUT -s fd00::1 -j ACCEPT",
    "ip6tables -A INPUT -s 10.0.0.1 -j ACCEPT",
    "iptables -A INPUT -s 10.0.0.1 -s 10.0.0.2 -j ACCEPT",
    "iptables -A INPUT ! -s 10.0.0.1,10.0.0.2 -j ACCEPT",
    "iptables -A INPUT -j ACCEPT -j DROP",
    "iptables -A INPUT -j ACCEPT -g web",
    "iptables -A INPUT ! -j ACCEPT",
    "iptables -A INPUT -j accept",
    "iptables -A INPUT -j MASQUERADE",
    "iptables -A POSTROUTING -j MASQUERADE",
    "iptables -t nat -A PREROUTING -j MASQUERADE",
    "iptables -t nat -A POSTROUTING -j DNAT --to-destination 10.0.0.1",
    "iptables -t nat -A PREROUTING -j DNAT",
    "iptables -t nat -A PREROUTING -j DNAT --to-destination 10.0.0.1:80",
    "iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.1/24",
    "iptables -t nat -A PREROUTING -j SNAT --to-source 10.0.0.1",
    "iptables -t nat -A POSTROUTING -j SNAT",
    "iptables -t nat -A postrouting -j MASQUERADE",
    "iptables -t nat -A PREROUTING -o eth0 -j ACCEPT",
    "iptables -t nat -A POSTROUTING -i eth0 -j ACCEPT",
    "iptables -A INPUT -o eth0 -j ACCEPT",
    "iptables -A OUTPUT -i eth0 -j ACCEPT",
    "iptables -A INPUT -i name-of-16-bytes -j ACCEPT",
    "iptables -A INPUT -m conntrack -j ACCEPT",
    "iptables -A INPUT -m conntrack --ctstate OPEN -j ACCEPT",
    "iptables -A INPUT --ctstate NEW -j ACCEPT",
    "iptables -A INPUT -m nosuch -j ACCEPT",
    "iptables -A INPUT -m comment -j ACCEPT",
    "iptables -A INPUT -p icmp --icmp-type pnig -j ACCEPT",
    "iptables -A INPUT --icmp-type 8 -j ACCEPT",
    "iptables -A INPUT -j REJECT --reject-with nothing",
    "iptables -A INPUT -j REJECT --reject-with tcp-reset",
    "iptables -A INPUT --to-ports 80 -j ACCEPT",
    "iptables -t nat -A POSTROUTING -j REJECT",
    "iptables -P FORWARD",
    "iptables -P FORWARD REJECT",
    "iptables -P FORWARD drop",
    "iptables -P forward DROP",
    "iptables -P PREROUTING DROP",
    "iptables -N web ; iptables -P web DROP",
    "iptables -N ACCEPT",
    "iptables -N web ; iptables -N web",
    "iptables -N INPUT",
    "iptables -X web",
    "iptables -N web ; iptables -A web -j ACCEPT ; iptables -X web",
    "iptables -N web ; iptables -A INPUT -j web ; iptables -X",
    "iptables -D INPUT 1",
    "iptables -D INPUT -j ACCEPT",
    "iptables -D INPUT one",
    "iptables -I INPUT 3 -j ACCEPT",
    "iptables -I INPUT 0 -j ACCEPT",
    "iptables -R INPUT 1 -j ACCEPT",
    "iptables -R INPUT -j ACCEPT",
    "iptables -C INPUT -j ACCEPT",
    "iptables -A nosuch -j ACCEPT",
    "iptables -A INPUT -j nosuch",
    "iptables -F nosuch",
    "iptables -S nosuch",
    "iptables -F -X",
    "iptables -Q",
];

/// Lines that we take, and `iptables` does not: an option stands before what it belongs to, or hangs on its value.
const FREER: &[&str] = &[
    "iptables -t nat -A PREROUTING -p tcp --dport 80 --to-destination 192.168.15.2:80 -j DNAT",
    "iptables -t nat -APOSTROUTING -s192.168.15.0/24 -jMASQUERADE",
    "iptables -A INPUT --dport 80 -p tcp -j ACCEPT",
    "iptables -A INPUT --reject-with tcp-reset -p tcp -j REJECT",
];

/// Lines that `iptables` takes, and we do not yet.
const LATER: &[&str] = &[
    "iptables -A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT",
    "iptables -A INPUT -m limit --limit 5/min -j LOG",
    "iptables -A INPUT -j LOG --log-prefix dropped",
    "iptables -t mangle -A PREROUTING -j MARK --set-mark 1",
    "iptables -A INPUT -p tcp --syn -j ACCEPT",
    "iptables -A INPUT -j REJECT --reject-with icmp-host-prohibited",
    "iptables -A INPUT -p icmp --icmp-type any -j ACCEPT",
    "iptables -A INPUT -p icmp --icmp-type 3/1 -j ACCEPT",
    "iptables -Z",
    "iptables -N a ; iptables -E a b",
    "iptables -A INPUT -c 1 2 -j ACCEPT",
    "iptables -A INPUT -f -j ACCEPT",
];

/// The words of a statement, split at blanks, with double quotes.
fn words(sources: &mut Sources, line: &str) -> Vec<Arg> {
    let id = sources.add("line", line);
    let source = sources.get(id);
    let mut args = Vec::new();
    let mut at = 0;
    for (index, part) in line.split('"').enumerate() {
        if index % 2 == 1 {
            args.push(Arg { text: part.into(), bare: false, span: source.span(at, at + part.len()) });
        } else {
            let mut word_at = at;
            for word in part.split(' ') {
                if !word.is_empty() {
                    args.push(Arg { text: word.into(), bare: true, span: source.span(word_at, word_at + word.len()) });
                }
                word_at += word.len() + 1;
            }
        }
        at += part.len() + 1;
    }
    args
}

/// What we make of a statement.
fn act(line: &str, world: &mut World) -> Result<String, String> {
    let mut sources = Sources::default();
    let args = words(&mut sources, line);
    let act = lower(&args, &Context { ns: NsRef::Host }).map_err(|error| error.to_diagnostic().message)?;
    let ops = match act {
        Act::Change(ops) => ops,
        Act::Show(show) => {
            let text =
                report::show(&show, world, report::table::Style::default()).map_err(|error| error.to_string())?;
            return Ok(text.unwrap_or_default());
        }
        Act::HasRules { ns, chain, rules } => {
            let ruleset = world.namespace(&ns).and_then(|namespace| namespace.ruleset.as_ref()).unwrap();
            let there = |rule: &nns::ops::Rule| {
                ruleset.chain(&chain).is_some_and(|chain| chain.rules.iter().any(|entry| entry.rule == *rule))
            };
            return if rules.iter().all(there) { Ok(String::new()) } else { Err("no such rule".into()) };
        }
        Act::DelChains { ns, table } => {
            let ruleset = world.namespace(&ns).and_then(|namespace| namespace.ruleset.as_ref()).unwrap();
            let chains = ruleset.table(&table).map_or(&[][..], |table| &table.chains);
            let own = chains.iter().filter(|chain| chain.base.is_none_or(|_| chain.rules.is_empty()));
            let op = |name: &str| {
                let change = nns::ops::NetfilterChange::DelChain { chain: table.chain(name) };
                nns::ops::Op::Netfilter(nns::ops::NetfilterOp { ns: ns.clone(), change })
            };
            own.map(|chain| op(&chain.name)).collect()
        }
        other => return Err(format!("{other:?}")),
    };
    for op in ops {
        // What is lowered to is understood as the same.
        let told = op.to_string();
        if told.starts_with("ip")
            && !matches!(&op, nns::ops::Op::Netfilter(op) if told.contains('\'') && op.ns == NsRef::Host)
        {
            let mut sources = Sources::default();
            let again = lower(&words(&mut sources, &told), &Context { ns: NsRef::Host });
            assert_eq!(again, Ok(Act::Change(vec![op.clone()])), "{told}");
        }
        match apply(world, &op) {
            Outcome::Done => {}
            other => return Err(format!("{other:?}")),
        }
    }
    Ok(String::new())
}

/// Whether we take a line, and what is listed afterwards.
fn ours(line: &str) -> (Result<(), String>, String) {
    let mut world = World::fresh();
    let taken = line.split(" ; ").try_for_each(|statement| act(statement, &mut world).map(drop));
    let mut listed = String::new();
    for command in listings(line) {
        listed += &format!("$ {command}\n{}", act(&command, &mut world).unwrap_or_else(|error| format!("{error}\n")));
    }
    (taken, listed)
}

/// Whether `iptables` takes a line, and what it lists afterwards; an error says why it could not be tried.
fn theirs(line: &str) -> Result<(bool, String), String> {
    on_a_machine(line, &line.replace(" ; ", " && "), "")
}

/// Whether a line, carried out by these commands, succeeds, and what is listed afterwards by `iptables` behind `lister`;
/// an error says why it could not be tried.
fn on_a_machine(line: &str, commands: &str, lister: &str) -> Result<(bool, String), String> {
    let list = |command: &String| match lister {
        "" => format!("echo '$ {command}'; {command} 2>&1"),
        lister => format!("echo '$ {command}'; {lister} '{command}' 2>&1"),
    };
    let listings: Vec<String> = listings(line).iter().map(list).collect();
    let script = format!(
        "mount --make-rprivate / && mount -t tmpfs tmpfs /run || exit 99\nexec 2>/dev/null\n{{ {commands}; }} >/dev/null && echo taken || echo refused\n{}\n",
        listings.join("\n")
    );
    let output = Command::new("unshare")
        .args(["-rnm", "sh", "-c", &script])
        .env("LC_ALL", "C")
        .env("NNS", env!("CARGO_BIN_EXE_nns"))
        .env("LINE", line)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("unshare: {error}"))?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    match told.split_once('\n') {
        Some(("taken", listed)) => Ok((true, listed.into())),
        Some(("refused", listed)) => Ok((false, listed.into())),
        Some(_) | None => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// The listings of the table that a line is about.
fn listings(line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let table = words.windows(2).find(|pair| pair[0] == "-t").map(|pair| pair[1]);
    let table = table.or(line.contains("nat").then_some("nat")).unwrap_or("filter");
    LISTINGS.iter().map(|form| format!("{} -t {table} {form}", words[0])).collect()
}

/// The lines that are not in both.
fn difference(theirs: &str, ours: &str) -> String {
    let only = |these: &str, others: &str, mark: char| -> String {
        these
            .lines()
            .filter(|line| !others.lines().any(|other| other == *line))
            .map(|line| format!("{mark} {line}\n"))
            .collect()
    };
    let lines = only(theirs, ours, '-') + &only(ours, theirs, '+');
    if lines.is_empty() { format!("theirs\n{theirs}ours\n{ours}") } else { lines }
}

/// Why `iptables` cannot be compared with, if that is so.
fn forbidden() -> Option<String> {
    let version = Command::new("iptables").arg("-V").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    if !version.contains(VERSION) {
        return Some(format!("no iptables {VERSION}"));
    }
    theirs("iptables -S").err()
}

#[test]
fn what_iptables_made_we_list_and_what_we_made_it_lists() {
    if let Some(why) = forbidden() {
        println!("skipped: {why}");
        return;
    }
    let mut wrong = Vec::new();
    for line in TAKEN {
        let (_, expected) = theirs(line).expect("it could be tried before");
        let (_, listed_by_us) =
            on_a_machine(line, &line.replace(" ; ", " && "), "\"$NNS\" -c").expect("it could be tried");
        if listed_by_us != expected {
            wrong.push(format!("`{line}`, listed by us:\n{}", difference(&expected, &listed_by_us)));
        }
        let (taken, made_by_us) = on_a_machine(line, "\"$NNS\" -c \"$LINE\"", "").expect("it could be tried");
        if !taken || made_by_us != expected {
            wrong.push(format!("`{line}`, made by us ({taken}):\n{}", difference(&expected, &made_by_us)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_lines_are_read_as_iptables_reads_them() {
    if let Some(why) = forbidden() {
        println!("skipped: {why}");
        return;
    }
    let mut wrong = Vec::new();
    for (lines, them, us) in
        [(TAKEN, true, true), (ODD, true, true), (REFUSED, false, false), (FREER, false, true), (LATER, true, false)]
    {
        for line in lines {
            let (taken, listed) = theirs(line).expect("it could be tried before");
            let (ours, our_listing) = ours(line);
            if taken != them || ours.is_ok() != us {
                wrong
                    .push(format!("`{line}`: iptables {}, we {ours:?}", if taken { "takes it" } else { "refuses it" }));
            } else if them && us && lines != ODD && listed != our_listing {
                wrong.push(format!("`{line}`\n{}", difference(&listed, &our_listing)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
