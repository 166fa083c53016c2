use super::{names::c_hexadecimal, printer::Printer};
use crate::model::query::{KindOption, OptionValue};

/// How an option is printed.
#[derive(Clone, Copy)]
enum Form {
    /// `word value `.
    Value(&'static str),
    /// The same, unless it is 0.
    Unless0(&'static str),
    /// The word if it is on.
    IfOn(&'static str),
    /// The word, with `no` before it if it is off.
    OnOrNo(&'static str),
    /// The word with `no` if it is off, and nothing if it is on; JSON has both.
    IfOff(&'static str),
    /// The beginning of a range of ports, with its end.
    Ports,
    /// The type of service.
    Tos,
    /// The time to live.
    Ttl,
    /// Whether fragments are allowed; only JSON has it if nobody asked.
    Fragments,
}

/// By their names in JSON, in the order of `vxlan_print_opt` in iproute2 6.1's `ip/iplink_vxlan.c`.
const OPTIONS: &[(&str, Form)] = &[
    ("external", Form::IfOn("external ")),
    ("vnifilter", Form::IfOn("vnifilter")),
    ("id", Form::Value("id")),
    ("group", Form::Value("group")),
    ("group6", Form::Value("group")),
    ("remote", Form::Value("remote")),
    ("remote6", Form::Value("remote")),
    ("local", Form::Value("local")),
    ("local6", Form::Value("local")),
    ("link", Form::Value("dev")),
    ("low", Form::Ports),
    ("port", Form::Value("dstport")),
    ("learning", Form::IfOff("learning")),
    ("proxy", Form::IfOn("proxy ")),
    ("rsc", Form::IfOn("rsc ")),
    ("l2miss", Form::IfOn("l2miss ")),
    ("l3miss", Form::IfOn("l3miss ")),
    ("tos", Form::Tos),
    ("ttl", Form::Ttl),
    ("df", Form::Fragments),
    ("label", Form::Unless0("flowlabel")),
    ("ageing", Form::Value("ageing")),
    ("limit", Form::Unless0("maxaddr")),
    ("udp_csum", Form::OnOrNo("udpcsum")),
    ("udp_zero_csum6_tx", Form::OnOrNo("udp6zerocsumtx")),
    ("udp_zero_csum6_rx", Form::OnOrNo("udp6zerocsumrx")),
    ("remcsum_tx", Form::IfOn("remcsumtx ")),
    ("remcsum_rx", Form::IfOn("remcsumrx ")),
    ("gbp", Form::IfOn("gbp ")),
    ("gpe", Form::IfOn("gpe ")),
];

/// The options of a vxlan (`ip -d link`).
pub(super) fn print_vxlan(out: &mut Printer, options: &[KindOption]) {
    let find = |name: &str| options.iter().find(|option| option.name == name).map(|option| &option.value);
    for &(key, form) in OPTIONS {
        let Some(value) = find(key) else { continue };
        match (form, find("high")) {
            (Form::Ports, Some(high)) => print_ports(out, value, high),
            (_, _) => print_option(out, key, form, value),
        }
    }
}

fn print_option(out: &mut Printer, key: &str, form: Form, value: &OptionValue) {
    match (form, value) {
        (Form::Unless0(_), OptionValue::Number(0) | OptionValue::Bits(0)) | (Form::Tos, OptionValue::Bits(0)) => {}
        (Form::Value(word) | Form::Unless0(word), OptionValue::Number(number)) => {
            out.field(key, *number, format_args!("{word} {number} "));
        }
        (Form::Value(word), OptionValue::Word(text)) => out.field(key, text, format_args!("{word} {text} ")),
        (Form::Unless0(word), OptionValue::Bits(bits)) => {
            let hexadecimal = c_hexadecimal(*bits);
            out.field(key, &hexadecimal, format_args!("{word} {hexadecimal} "));
        }
        (Form::Tos, OptionValue::Bits(bits)) => {
            let hexadecimal = c_hexadecimal(*bits);
            let text = if *bits == 1 { "inherit" } else { &hexadecimal };
            out.field(key, &hexadecimal, format_args!("tos {text} "));
        }
        (Form::IfOn(text), OptionValue::Switch(true)) => out.field(key, true, format_args!("{text}")),
        (Form::OnOrNo(word), OptionValue::Switch(on)) => {
            out.field(key, *on, format_args!("{}{word} ", if *on { "" } else { "no" }));
        }
        (Form::IfOff(_), OptionValue::Switch(true)) => out.json(key, true),
        (Form::IfOff(word), OptionValue::Switch(false)) => out.field(key, false, format_args!("no{word} ")),
        (Form::Ttl, OptionValue::Number(0)) => out.field(key, 0, format_args!("ttl auto ")),
        (Form::Ttl, OptionValue::Number(ttl)) => out.field(key, *ttl, format_args!("ttl {ttl} ")),
        // JSON does not have it then.
        (Form::Ttl, OptionValue::Word(word)) => out.text(format_args!("ttl {word} ")),
        (Form::Fragments, OptionValue::Word(word)) if word == "unset" => out.json(key, word),
        (Form::Fragments, OptionValue::Word(word)) => out.field(key, word, format_args!("df {word} ")),
        (_, _) => {}
    }
}

fn print_ports(out: &mut Printer, low: &OptionValue, high: &OptionValue) {
    let (OptionValue::Number(low), OptionValue::Number(high)) = (low, high) else { return };
    out.object(Some("port_range"), |out| {
        out.json("low", *low);
        out.json("high", *high);
    });
    out.text(format_args!("srcport {low} {high} "));
}
