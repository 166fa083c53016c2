//! What a value could be: what there is in the world, or the few words that there are for it.

use super::{
    Scene, addresses,
    made::Made,
    offer::{Offer, must_be_quoted},
    settings,
    statements::programs,
    things,
};
use crate::{
    commands::{Value, follow::Wanted, table, topic},
    model::Kind,
    net::NsRef,
    ops::Book,
};

/// Where a value is wanted.
pub struct At<'a> {
    /// What is known.
    pub scene: &'a Scene<'a>,
    /// What the text made so far.
    pub made: &'a Made,
    /// Where the command acts; `None` where that cannot be told.
    pub ns: Option<&'a NsRef>,
    /// What its parameters were given, those behind the cursor too.
    pub given: &'a dyn Fn(&str) -> Option<String>,
    /// The words of the command, up to this one.
    pub words: &'a [&'a str],
}

/// Whether a value is a name that the command makes.
pub fn is_new(wanted: &Wanted) -> bool {
    match (wanted.noun, wanted.verb, wanted.param) {
        ("link", "add", "dev" | "name") | ("link", "set", "name") => true,
        ("netns", "add" | "attach", "name") | ("switch", "", "name") => true,
        ("iptables", "new", "CHAIN") => true,
        _ => wanted.value == Value::End || wanted.param == "as",
    }
}

impl At<'_> {
    /// What the value could be.
    pub fn values(&self, wanted: &Wanted, offer: &mut Offer<'_>) {
        let (world, ns) = (self.scene.world, self.ns);
        if is_new(wanted) && wanted.value != Value::End {
            return;
        }
        match wanted.value {
            Value::Link | Value::LinkPattern => self.links(wanted, offer),
            Value::Netns => things::namespaces(world, self.made, wanted.is_native, offer),
            Value::NetnsName => things::namespaces(world, self.made, false, offer),
            Value::NetnsTarget => {
                things::namespaces(world, self.made, wanted.is_native, offer);
                if !wanted.is_native {
                    offer.word("1", || "the host".into());
                }
            }
            Value::Cidr => self.cidrs(wanted, offer),
            Value::Destination => match (wanted.noun, wanted.verb) {
                ("route", "del" | "change") => things::routes(world, ns, offer),
                ("route", "add" | "append") | ("rule", _) => {
                    offer.word("default", || "everything".into());
                    addresses::networks(world, offer);
                }
                _ => {
                    things::routes(world, ns, offer);
                    offer.word("default", || "everything".into());
                }
            },
            Value::Network => addresses::networks(world, offer),
            Value::Address => match wanted.param {
                "via" => addresses::gateways(world, ns, (self.given)("dev").as_deref(), offer),
                "src" | "local" => things::addresses(world, ns, (self.given)("dev").as_deref(), true, offer),
                _ => addresses::known(world, ns, "", offer),
            },
            Value::PingTarget | Value::NatTarget => addresses::known(world, ns, "", offer),
            Value::Endpoint => addresses::known(world, ns, ":", offer),
            Value::Broadcast => offer.word("+", || "the last address of the prefix".into()),
            Value::Setting => settings::settings(world, ns, offer),
            Value::Path => self.files(offer),
            Value::Command | Value::Background => {
                programs(self.scene, offer, |_| true);
            }
            Value::Job => self.scene.jobs.iter().for_each(|job| offer.name(job, || "in the background".into())),
            Value::End => self.ends(offer),
            Value::Options if wanted.noun == "nsenter" => {
                let folder = if offer.typed.starts_with("--net=/v") { "/var/run/netns" } else { "/run/netns" };
                for (ns, _) in world.namespaces().filter(|(ns, _)| ns.name().is_some()) {
                    offer.name(format!("--net={folder}/{ns}"), || things::inside(world, ns));
                }
                offer.word("-t", || "the namespace of a process".into());
            }
            Value::Text if wanted.noun == "help" => self.topics(offer),
            Value::Text if wanted.noun == "iptables" && wanted.verb != "policy" => match wanted.param {
                "CHAIN" | "TARGET" => self.chains(wanted, offer),
                _ => {}
            },
            Value::Number => match (wanted.noun, wanted.param) {
                ("iptables", "NUMBER") => self.rules_of_chain(offer),
                ("nat", "number") => self.rules_of_book(Book::Nat, offer),
                ("firewall", "number") => self.rules_of_book(Book::Firewall, offer),
                _ => {}
            },
            Value::Text if wanted.noun == "ping" => things::links(world, self.made, ns, offer, |_, _| true),
            Value::Kind | Value::AnyKind => {
                for kind in wanted.value.choices() {
                    let help = match *kind {
                        "bridge" => "a switch",
                        "veth" => "a cable with two ends",
                        "vxlan" => "an Ethernet carried in UDP to other machines",
                        _ => wanted.help,
                    };
                    offer.word(kind, || help.into());
                }
            }
            Value::Nothing
            | Value::ProcessId
            | Value::Mac
            | Value::Mtu
            | Value::OnOff
            | Value::Scope
            | Value::Table
            | Value::TableOrAll
            | Value::Mark
            | Value::Service
            | Value::Protocol
            | Value::RouteType
            | Value::Duration
            | Value::Seconds
            | Value::ListenAt
            | Value::Text
            | Value::PortProtocol
            | Value::IpProtocol
            | Value::Port
            | Value::Ports
            | Value::FilterChain
            | Value::Policy
            | Value::States
            | Value::Options
            | Value::Ends
            | Value::SwitchPort
            | Value::Statement
            | Value::Statements
            | Value::Bounded(_)
            | Value::PortRange => {
                wanted.value.choices().iter().for_each(|choice| offer.word(choice, || wanted.help.into()));
            }
        }
    }

    fn links(&self, wanted: &Wanted, offer: &mut Offer<'_>) {
        let world = self.scene.world;
        let is_master = wanted.param == "master";
        things::links(world, self.made, self.ns, offer, |_, link| match &link.kind {
            Kind::Bridge => true,
            Kind::Loopback => !is_master && (wanted.noun, wanted.verb) != ("link", "del"),
            Kind::Veth { .. } | Kind::Vxlan(_) => !is_master,
            Kind::Other(kind) => !is_master || ["bond", "team", "vrf"].contains(&kind.as_str()),
        });
    }

    fn cidrs(&self, wanted: &Wanted, offer: &mut Offer<'_>) {
        let (world, ns) = (self.scene.world, self.ns);
        let link = (self.given)("dev");
        match (wanted.noun, wanted.verb, wanted.param) {
            ("addr", "add", "local") | ("switch" | "wire", ..) => {
                addresses::free(self.scene, ns, link.as_deref(), offer)
            }
            ("addr", "del", _) | ("expect", ..) => things::addresses(world, ns, link.as_deref(), false, offer),
            _ => addresses::networks(world, offer),
        }
    }

    /// Files; behind `sysctl` and `/proc/sys/` nothing else is known of them than of others.
    pub fn files(&self, offer: &mut Offer<'_>) {
        for path in (self.scene.files)(offer.typed) {
            if path.ends_with('/') {
                offer.open(path, || "a folder".into());
            } else {
                offer.word(path, String::new);
            }
        }
    }

    /// One end of a cable: in another namespace behind its name and a colon.
    pub fn ends(&self, offer: &mut Offer<'_>) {
        let world = self.scene.world;
        let named = world.namespaces().filter(|(ns, _)| !matches!(ns, NsRef::Process(_)));
        let named = named.map(|(ns, _)| ns.to_string());
        for name in named.chain(self.made.namespaces.iter().cloned()).filter(|name| !must_be_quoted(name)) {
            offer.open(format!("{name}:"), || format!("a link in {name}"));
        }
    }

    /// What there is help about, behind the words that were typed.
    fn topics(&self, offer: &mut Offer<'_>) {
        let before: Vec<&str> = self.words.iter().skip(1).copied().filter(|word| *word != "ip").collect();
        let noun = before.first().and_then(|noun| table::noun(noun));
        for known in topic::all() {
            let name = known.name();
            let help = match known {
                topic::Topic::Command { noun, verb } => table::find(noun, verb).map_or("", |spec| spec.summary),
                topic::Topic::Word(word) => word.summary,
                topic::Topic::Guide(guide) => guide.summary,
                topic::Topic::Code(_) => "the code of an error",
                topic::Topic::Overview | topic::Topic::Noun(_) => "",
            };
            match (before.len(), noun, name.split_once(' ')) {
                (0, _, Some((noun, _))) => {
                    let verbs: Vec<&str> = table::verbs(noun).collect();
                    offer.word(noun, || verbs.join(", "));
                }
                (0, _, None) => offer.name(&name, || help.into()),
                (1, Some(noun), Some((of, verb))) if of == noun => offer.word(verb, || help.into()),
                _ => {}
            }
        }
    }
}
