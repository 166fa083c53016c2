use super::{
    Style,
    grid::{Grid, Paint, cell},
};
use crate::{
    model::{Chain, RuleEntry, Ruleset},
    ops::{
        Book, ChainRef, Family, PlainRule, Policy, Rule, TableRef, Verdict, iptables_program, native_statement,
        not_understood, rule_text,
    },
};

/// `nat show` and `firewall show`: the rules that native statements made, by number; the policies; and a word about
/// the rules of `iptables`, which are not among them.
pub fn render_rules(ruleset: &Ruleset, book: Book, style: Style) -> String {
    let empty = match book {
        Book::Nat => "no rules of `nat`",
        Book::Firewall => "no rules of `firewall`",
    };
    let mut grid = Grid::new(["NR", "STATEMENT", "COUNTED", "WRITTEN"], empty);
    for (number, (chain, _, entry)) in (1..).zip(ruleset.native(book)) {
        let (statement, written) = parts(&chain, &entry.rule);
        grid.push([
            cell(number.to_string(), Paint::Name),
            cell(statement, paint(entry)),
            cell(entry.counter.map_or_else(String::new, |counter| counter.packets.to_string()), Paint::Plain),
            cell(written, Paint::Quiet),
        ]);
    }
    let mut text = grid.render(style);
    if let Some(policies) = policies(ruleset, book) {
        text += &format!("policies: {policies}\n");
    }
    text + &remarks(ruleset, book)
}

/// The statement that makes a rule, and where it was written. What no statement makes is told in the words of `nft`.
fn parts(chain: &ChainRef, rule: &Rule) -> (String, String) {
    let in_nft = |rule: &Rule| format!("nft: {} {}", chain.name, rule_text(rule, chain.table.family));
    match rule {
        Rule::Opaque(opaque) => (format!("nft: {} {}", chain.name, not_understood(opaque)), String::new()),
        Rule::Plain(plain) => {
            let bare = || in_nft(&Rule::Plain(PlainRule { comment: None, ..plain.clone() }));
            let statement = native_statement(chain, plain).unwrap_or_else(bare);
            (statement, plain.comment.clone().unwrap_or_default())
        }
    }
}

fn paint(entry: &RuleEntry) -> Paint {
    match &entry.rule {
        Rule::Plain(PlainRule { verdict: Some(Verdict::Accept), .. }) => Paint::Good,
        Rule::Plain(PlainRule { verdict: Some(Verdict::Drop | Verdict::Reject(_)), .. }) => Paint::Bad,
        Rule::Plain(_) | Rule::Opaque(_) => Paint::Plain,
    }
}

/// What becomes of packets that no rule of `firewall` decided about.
fn policies(ruleset: &Ruleset, book: Book) -> Option<String> {
    let table = book.tables().into_iter().find(|_| book == Book::Firewall)?;
    let policy = |name| {
        let base = ruleset.chain(&table.chain(name)).and_then(|chain| chain.base);
        base.map_or_else(|| "accept".into(), |base| base.policy.to_string())
    };
    let all = ["input", "forward", "output"].map(|name| format!("{name} {}", policy(name)));
    ruleset.table(&table).map(|_| all.join(", "))
}

/// Which tables of `iptables` have rules too, and which of its chains drop what is accepted here.
fn remarks(ruleset: &Ruleset, book: Book) -> String {
    let name = match book {
        Book::Nat => "nat",
        Book::Firewall => "filter",
    };
    let mut text = String::new();
    for family in [Family::Ip, Family::Ip6] {
        let table = TableRef::new(family, name);
        let Some(found) = ruleset.table(&table) else { continue };
        let program = iptables_program(&table);
        let option = if name == "filter" { "" } else { "-t nat " };
        let has = match found.chains.iter().map(|chain| chain.rules.len()).sum() {
            0 => None,
            1 => Some("has a rule of its own".to_owned()),
            rules => Some(format!("has {rules} rules of its own")),
        };
        text += &has
            .map_or_else(String::new, |has| format!("`{program}` {has}: `{program} {option}-S` lists what it has\n"));
        let drops = |chain: &&Chain| chain.base.is_some_and(|base| base.policy == Policy::Drop);
        for chain in found.chains.iter().filter(drops) {
            let name = &chain.name;
            text += &format!("`{program}` drops what its chain {name} does not accept, whatever is accepted here\n");
        }
    }
    text
}
