//! Usage lines, and what the parameters are for, generated from the table.

use super::{
    iptables, link,
    spec::{CommandSpec, Param, Place},
    value::Value,
};

/// How a command is written, in one line: `link del [dev] LINK [type KIND …]`. What it cannot do without stands first,
/// as far as the order is free; what is not supported yet is left out.
pub fn usage(spec: &CommandSpec) -> String {
    usage_parts(spec).join(" ")
}

/// The same in parts between which a line may end.
pub fn usage_parts(spec: &CommandSpec) -> Vec<String> {
    let name = if spec.noun == "expect" { format!("expect [no] {}", spec.verb) } else { spec.name() };
    [name].into_iter().chain(forms(in_order(spec.params))).collect()
}

/// How each kind of link is written behind `link add … type`, in parts likewise.
pub fn kind_usages(spec: &CommandSpec) -> Vec<Vec<String>> {
    let of_kind =
        |(name, params): (&str, Vec<&Param>)| [format!("… type {name}")].into_iter().chain(forms(params)).collect();
    kinds(spec).into_iter().map(of_kind).collect()
}

/// The kinds that a command takes with words of their own.
fn kinds(spec: &CommandSpec) -> Vec<(&'static str, Vec<&'static Param>)> {
    let takes =
        spec.params.iter().any(|param| param.place == Place::Tail && param.supported && param.value == Value::Kind);
    if takes { link::words_of_kinds() } else { Vec::new() }
}

fn forms<'a>(params: impl IntoIterator<Item = &'a Param>) -> impl Iterator<Item = String> {
    params.into_iter().map(|param| {
        let form = form(param);
        if param.required { form } else { format!("[{form}]") }
    })
}

/// What a command takes: each parameter as it is written, and what it is for.
pub fn parameters(spec: &CommandSpec) -> Vec<(String, String)> {
    if spec.params.iter().any(|param| param.value == Value::Options) {
        return iptables::help();
    }
    let own = in_order(spec.params).into_iter().map(|param| (form(param), explained(param)));
    let of_kinds = kinds(spec).into_iter().flat_map(|(kind, params)| {
        params.into_iter().map(move |param| (format!("{kind} … {}", form(param)), explained(param)))
    });
    own.chain(of_kinds).collect()
}

/// The parameters that are supported, in the order in which a reader wants them.
pub(super) fn in_order(params: &[Param]) -> Vec<&Param> {
    let mut params: Vec<&Param> = params.iter().filter(|param| param.supported).collect();
    params.sort_by_key(|param| match param.place {
        Place::Letter => 0,
        Place::Positional => 1,
        Place::Keyword | Place::Pair | Place::Flag if param.required => 2,
        Place::Keyword | Place::Pair | Place::Flag => 3,
        Place::Tail => 4,
        Place::Rest => 5,
        Place::Block => 6,
    });
    params
}

/// How a parameter is written: `mtu BYTES`, `[dev] LINK`.
pub(super) fn form(param: &Param) -> String {
    let placeholder = param.value.placeholder();
    let word = param.words.first().map_or("", |keyword| keyword.text);
    let text = match param.place {
        Place::Positional if word.is_empty() => placeholder.to_string(),
        Place::Positional => format!("[{word}] {placeholder}"),
        Place::Keyword | Place::Pair => format!("{word} {placeholder}"),
        Place::Flag => word.to_string(),
        Place::Tail => format!("{word} {placeholder} …"),
        Place::Letter => format!("-{} {placeholder}", param.name).trim_end().to_string(),
        Place::Rest if placeholder.contains(' ') => placeholder.to_string(),
        Place::Rest => format!("{placeholder}…"),
        Place::Block => format!("{{ {placeholder} }}"),
    };
    if param.repeatable { format!("{text}…") } else { text }
}

fn explained(param: &Param) -> String {
    let also: Vec<String> = param.words.iter().skip(1).map(|keyword| format!("`{}`", keyword.text)).collect();
    let also = if also.is_empty() { String::new() } else { format!("; also written {}", also.join(", ")) };
    let looks = match (param.value, param.value.example()) {
        (Value::Kind | Value::AnyKind, _) => format!(": `{}`", param.value.choices().join("`, `")),
        (_, Some(example)) => format!(", such as {example}"),
        (_, None) => String::new(),
    };
    format!("{}{looks}{also}", param.help)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::commands::table::SPECS;

    #[test]
    fn usage_lines() {
        let lines: Vec<String> = SPECS.iter().map(|spec| usage(spec)).collect();
        expect![[r#"
            addr add [local] ADDRESS/LENGTH dev LINK [peer ADDRESS/LENGTH] [broadcast BROADCAST] [scope SCOPE] [label TEXT] [metric NUMBER] [nodad] [noprefixroute]
            addr del [local] ADDRESS/LENGTH dev LINK [peer ADDRESS/LENGTH] [broadcast BROADCAST] [scope SCOPE] [label TEXT] [metric NUMBER] [nodad] [noprefixroute]
            addr show [[dev] LINK] [to ADDRESS/LENGTH] [scope SCOPE] [up]
            arp [-a] [-e] [-n]
            capture LINK to FILE [as NAME] [count NUMBER] [snaplen BYTES]
            echo [-n] [-e] [-E] [TEXT…]
            enter NETNS
            exec COMMAND…
            exit [NUMBER]
            expect [no] addr ADDRESS/LENGTH [dev LINK] [from NETNS] [within TIME]
            expect [no] exec COMMAND…
            expect [no] file FILE [contains TEXT] [is TEXT] [within TIME]
            expect [no] firewall STATEMENT…
            expect [no] iptables STATEMENT…
            expect [no] link [dev] LINK [up] [down] [carrier] [master LINK] [mtu BYTES] [from NETNS] [within TIME]
            expect [no] nat STATEMENT…
            expect [no] neigh ADDRESS [lladdr MAC] [dev LINK] [from NETNS] [within TIME]
            expect [no] netns NETNS [within TIME]
            expect [no] output TEXT [within TIME] { STATEMENTS }
            expect [no] ping ADDRESS [from NETNS] [within TIME]
            expect [no] route [to] PREFIX [via ADDRESS] [table TABLE] [dev LINK] [from NETNS] [within TIME]
            expect [no] sysctl KEY[=VALUE] [from NETNS] [within TIME]
            expect [no] tcp ADDRESS:PORT [from NETNS] [within TIME]
            expect [no] udp ADDRESS:PORT [from NETNS] [within TIME]
            false
            firewall accept input|forward|output [in LINK] [out LINK] [from PREFIX] [to PREFIX] [proto PROTOCOL] [tcp] [udp] [icmp] [sport PORTS] [dport PORTS] [state STATE,…]
            firewall del NUMBER
            firewall drop input|forward|output [in LINK] [out LINK] [from PREFIX] [to PREFIX] [proto PROTOCOL] [tcp] [udp] [icmp] [sport PORTS] [dport PORTS] [state STATE,…]
            firewall flush
            firewall policy input|forward|output accept|drop
            firewall reject input|forward|output [in LINK] [out LINK] [from PREFIX] [to PREFIX] [proto PROTOCOL] [tcp] [udp] [icmp] [sport PORTS] [dport PORTS] [state STATE,…]
            firewall show
            forwarding on|off [ipv6]
            help [TEXT…]
            ip6tables [OPTION…]
            iptables [OPTION…]
            kill NAME…
            link add [[dev] LINK] [up] [down] [name LINK] [address MAC] [mtu BYTES] [netns NETNS] [master LINK] [nomaster] type KIND …
            link del [dev] LINK [type KIND …]
            link set [[dev] LINK] [up] [down] [name LINK] [address MAC] [mtu BYTES] [netns NETNS] [master LINK] [nomaster]
            link show [[dev] LINK] [up] [master LINK] [type KIND]
            listen [tcp [ADDRESS:]PORT…] [udp [ADDRESS:]PORT…]
            nat del NUMBER
            nat flush
            nat forward tcp|udp PORT to ADDRESS[:PORT] [in LINK]
            nat masquerade [PREFIX] [out LINK]
            nat redirect tcp|udp PORT to PORT [in LINK]
            nat show
            nat snat PREFIX to ADDRESS [out LINK]
            neigh show [dev LINK]
            netns add NETNS…
            netns attach NETNS PID
            netns del NETNS…
            netns exec NETNS COMMAND…
            netns identify [PID]
            netns list
            netns pids NETNS
            nsenter [OPTION…]
            ping [-c NUMBER] [-i SECONDS] [-W SECONDS] [-w SECONDS] [-s NUMBER] [-I TEXT] [-q] [-n] [-4] [-6] ADDRESS
            print [TEXT…]
            quit
            redo
            requires ipv6
            requires kind KIND
            requires program COMMAND
            route [-n]
            route add [to] PREFIX [src ADDRESS] [via ADDRESS] [metric NUMBER] [scope SCOPE] [mtu NUMBER] [onlink] [protocol PROTOCOL] [table TABLE] [dev LINK] [local] [broadcast] [multicast] [prohibit] [unreachable] [blackhole] [unicast] [throw]
            route append [to] PREFIX [src ADDRESS] [via ADDRESS] [metric NUMBER] [scope SCOPE] [mtu NUMBER] [onlink] [protocol PROTOCOL] [table TABLE] [dev LINK] [local] [broadcast] [multicast] [prohibit] [unreachable] [blackhole] [unicast] [throw]
            route change [to] PREFIX [src ADDRESS] [via ADDRESS] [metric NUMBER] [scope SCOPE] [mtu NUMBER] [onlink] [protocol PROTOCOL] [table TABLE] [dev LINK] [local] [broadcast] [multicast] [prohibit] [unreachable] [blackhole] [unicast] [throw]
            route del [to] PREFIX [src ADDRESS] [via ADDRESS] [metric NUMBER] [scope SCOPE] [mtu NUMBER] [onlink] [protocol PROTOCOL] [table TABLE] [dev LINK] [local] [broadcast] [multicast] [prohibit] [unreachable] [blackhole] [unicast] [throw]
            route replace [to] PREFIX [src ADDRESS] [via ADDRESS] [metric NUMBER] [scope SCOPE] [mtu NUMBER] [onlink] [protocol PROTOCOL] [table TABLE] [dev LINK] [local] [broadcast] [multicast] [prohibit] [unreachable] [blackhole] [unicast] [throw]
            route show [[to] PREFIX] [table TABLE] [dev LINK] [via ADDRESS]
            rule add [not] [from PREFIX] [to PREFIX] [priority NUMBER] [tos TOS] [fwmark MARK[/MASK]] [protocol PROTOCOL] [table TABLE] [suppress_prefixlength NUMBER] [iif LINK] [oif LINK] [prohibit] [unreachable] [blackhole]
            rule del [not] [from PREFIX] [to PREFIX] [priority NUMBER] [tos TOS] [fwmark MARK[/MASK]] [protocol PROTOCOL] [table TABLE] [suppress_prefixlength NUMBER] [iif LINK] [oif LINK] [prohibit] [unreachable] [blackhole]
            rule flush
            rule show [priority NUMBER] [not] [tos TOS] [fwmark MARK[/MASK]] [iif LINK] [oif LINK] [table TABLE] [from PREFIX] [to PREFIX]
            save FILE [--force]
            settle [within TIME]
            show [NETNS…]
            show changes
            show topology
            spawn [--detach] COMMAND… [as NAME]
            switch LINK [ADDRESS/LENGTH…] [{ NETNS[:LINK] [ADDRESS/LENGTH…] [gateway] [port LINK] }]
            sysctl [-w] [-q] [-n] [-p] [KEY[=VALUE]…]
            true
            undo [NUMBER] [--all]
            wait [NAME] [within TIME]
            watch [NETNS…] [for TIME] [off]
            wire [NETNS:]LINK [ADDRESS/LENGTH…] -- [NETNS:]LINK [ADDRESS/LENGTH…]"#]].assert_eq(&lines.join("\n"));
    }
}
