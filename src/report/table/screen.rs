//! `show`: what there is to know of a namespace, on one screen.

use super::{Style, grid::Paint, link::render_links, route::render_routes};
use crate::{
    backend::{BackendError, Queries},
    model::{
        Ruleset, Table,
        query::{IpFamily, LinkFilter, LinkRow, RouteFilter, RouteRow, RuleRow},
    },
    net::NsRef,
    ops::{Book, Family, Policy, RouteTable},
};

/// The narrowest heading, in characters.
const NARROW: usize = 40;
/// The width of the words in front of remarks, in characters.
const LABEL: usize = 14;
/// How many other namespaces are named.
const NAMED: usize = 12;

/// What is known of a namespace.
#[derive(Clone, Debug)]
pub struct Screen {
    /// Which it is.
    pub ns: NsRef,
    /// Its links with their addresses.
    pub links: Vec<LinkRow>,
    /// Its routes, of all tables.
    pub routes: Vec<RouteRow>,
    /// Its policy rules, of both families.
    pub policy_rules: Vec<RuleRow>,
    /// What it filters and translates; `None` where nobody may look.
    pub ruleset: Option<Ruleset>,
    /// Whether it passes packets of IPv4 and of IPv6 on; `None` where nobody knows.
    pub forwarding: [Option<bool>; 2],
    /// The names of the other namespaces; of the host alone.
    pub others: Vec<String>,
}

impl Screen {
    /// Asks for all of it.
    pub fn of(ns: &NsRef, backend: &mut dyn Queries) -> Result<Self, BackendError> {
        let links = backend.addresses(ns)?;
        let mut policy_rules = backend.policy_rules(ns, IpFamily::V4)?;
        policy_rules.extend(backend.policy_rules(ns, IpFamily::V6)?);
        let others = match ns {
            NsRef::Host => backend.netns_list()?.into_iter().map(|row| row.name).collect(),
            NsRef::Named(_) | NsRef::Process(_) => Vec::new(),
        };
        Ok(Self {
            ns: ns.clone(),
            links,
            routes: backend.routes(ns, None)?,
            policy_rules,
            // Who may read links may not always read rules, and a kernel may be without nf_tables.
            ruleset: backend.ruleset(ns).ok(),
            forwarding: [backend.forwarding(ns, IpFamily::V4)?, backend.forwarding(ns, IpFamily::V6)?],
            others,
        })
    }

    /// The screen: a heading, links, routes, remarks.
    pub fn render(&self, style: Style) -> String {
        let plain = self.body(Style { color: false });
        let name = self.ns.to_string();
        let width = plain.lines().map(|line| line.chars().count()).fold(NARROW, usize::max);
        let rest = width.saturating_sub(name.chars().count() + "━━  ".chars().count());
        let heading = [
            Paint::Quiet.apply("━━", style),
            Paint::Name.apply(&name, style),
            Paint::Quiet.apply(&"━".repeat(rest), style),
        ];
        let body = if style.color { self.body(style) } else { plain };
        format!("{}\n{body}", heading.join(" ").trim_end())
    }

    fn body(&self, style: Style) -> String {
        let links = render_links(&self.links, &LinkFilter::default(), style);
        let routes = render_routes(&self.routes, &usual_table(), style);
        let remarks: String = (self.remarks().into_iter())
            .map(|(label, text, paint)| {
                format!("{}{}\n", Paint::Quiet.apply(&format!("{label:LABEL$}"), style), paint.apply(&text, style))
            })
            .collect();
        format!("{links}\n{routes}\n{remarks}")
    }

    /// What the tables do not tell, each with the word that it is about.
    fn remarks(&self) -> Vec<(String, String, Paint)> {
        let mut remarks = vec![self.forwards()];
        match &self.ruleset {
            Some(ruleset) => remarks.extend(rules(ruleset)),
            None => remarks.push(("rules".into(), "cannot be looked at".into(), Paint::Warn)),
        }
        let elsewhere = self.routes.iter().filter(|row| ![RouteTable::MAIN, RouteTable::LOCAL].contains(&row.table));
        match elsewhere.count() {
            0 => {}
            more => remarks.push((
                "more routes".into(),
                format!("{more} in other tables: `route show table all`"),
                Paint::Plain,
            )),
        }
        match self.policy_rules.iter().filter(|row| !is_usual(row)).count() {
            0 => {}
            more => {
                remarks.push(("policy rules".into(), format!("{more} beside the usual: `rule show`"), Paint::Plain))
            }
        }
        if !self.others.is_empty() {
            remarks.push(("namespaces".into(), self.others(), Paint::Plain));
        }
        remarks
    }

    fn forwards(&self) -> (String, String, Paint) {
        let word = |state: Option<bool>| match state {
            Some(true) => "on",
            Some(false) => "off",
            None => "not known",
        };
        let [v4, v6] = self.forwarding;
        let paint = if self.forwarding.contains(&Some(true)) { Paint::Good } else { Paint::Plain };
        ("forwarding".into(), format!("IPv4 {}, IPv6 {}", word(v4), word(v6)), paint)
    }

    fn others(&self) -> String {
        let mut names = self.others.clone();
        names.sort();
        let more = names.len().saturating_sub(NAMED);
        names.truncate(NAMED);
        let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
        format!("{}{rest}", names.join(", "))
    }
}

/// The routes of the table that packets are looked up in unless somebody says otherwise.
fn usual_table() -> RouteFilter {
    RouteFilter { table: Some(RouteTable::MAIN), ..RouteFilter::default() }
}

/// Whether it is one of the rules that every namespace begins with.
fn is_usual(row: &RuleRow) -> bool {
    let usual = [(0, RouteTable::LOCAL), (32766, RouteTable::MAIN), (32767, RouteTable::DEFAULT)];
    usual.contains(&(row.priority, row.table)) && row.from.is_none() && row.to.is_none() && row.mark.is_none()
}

/// How many rules there are, by who made them, and what drops what no rule accepts.
fn rules(ruleset: &Ruleset) -> Vec<(String, String, Paint)> {
    let mut told = Vec::new();
    for (book, noun) in [(Book::Nat, "nat"), (Book::Firewall, "firewall")] {
        let tables = book.tables();
        let tables: Vec<&Table> = ruleset.tables.iter().filter(|table| tables.contains(&table.table)).collect();
        let count = count(ruleset.native(book).len());
        told.extend(
            remark(noun, &count, &tables).map(|(label, text, paint)| (label, format!("{text}: `{noun} show`"), paint)),
        );
    }
    for (family, program) in [(Family::Ip, "iptables"), (Family::Ip6, "ip6tables")] {
        let is_of_program = |table: &&Table| table.table.family == family && table.table.is_of_iptables();
        let tables: Vec<&Table> = ruleset.tables.iter().filter(is_of_program).collect();
        let counts: Vec<String> = (tables.iter().filter(|table| in_table(table) > 0))
            .map(|table| format!("{} in {}", count(in_table(table)), table.table.name))
            .collect();
        told.extend(remark(program, &counts.join(", "), &tables));
    }
    let is_other = |table: &&Table| !table.table.is_of_iptables() && table.table.book().is_none();
    for table in ruleset.tables.iter().filter(is_other) {
        let text = format!("{} in table {}", count(in_table(table)), table.table);
        told.push(("nftables".into(), text, Paint::Plain));
    }
    told
}

/// Nothing, where there are neither rules nor a policy that drops.
fn remark(label: &str, count: &str, tables: &[&Table]) -> Option<(String, String, Paint)> {
    let chains = tables.iter().flat_map(|table| &table.chains);
    let dropping = chains.filter(|chain| chain.base.is_some_and(|base| base.policy == Policy::Drop));
    let mut dropping: Vec<&str> = dropping.map(|chain| chain.name.as_str()).collect();
    dropping.dedup();
    if tables.iter().all(|table| in_table(table) == 0) && dropping.is_empty() {
        return None;
    }
    let mut parts: Vec<String> = [count].into_iter().filter(|text| !text.is_empty()).map(str::to_owned).collect();
    parts.extend((!dropping.is_empty()).then(|| format!("{} drops the rest", dropping.join(", "))));
    let paint = if dropping.is_empty() { Paint::Plain } else { Paint::Warn };
    Some((label.into(), parts.join(", "), paint))
}

fn in_table(table: &Table) -> usize {
    table.chains.iter().map(|chain| chain.rules.len()).sum()
}

fn count(rules: usize) -> String {
    if rules == 1 { "1 rule".into() } else { format!("{rules} rules") }
}
