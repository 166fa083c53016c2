//! Data flows one way: a module uses only the layers before its own.
//!
//! In: the source below `src/`. Checked is every path of the code that begins with `crate::` or leads there through
//! `super`, in `use` groups too; what comments and doc links name is no use. Unit tests are held to it as well: a test
//! that needs a later layer belongs in `tests/`.

mod rust_source;

use std::{
    collections::BTreeMap,
    path::{Component, Path},
};

use rust_source::{Token, files, read, tokens};

/// The layers, from the first to the last. A module may use those in layers before its own and those that share its
/// group; `|` stands between groups of one layer that do not use each other.
const LAYERS: &str = "\
    source | net → codes diag → value → syntax | ops → model → commands eval → \
    lint complete explain export import | backend exec netfilter probe process → report → session → cli repl";

/// Pairs that the layers would allow and that are wrong nevertheless: what changes the kernel knows ops, not text.
const NEVER: [(&str, &str); 2] = [("backend", "syntax"), ("exec", "syntax")];

/// One module named by another.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Use {
    /// The module of `src/` that is named.
    module: String,
    /// On which line.
    line: usize,
}

#[test]
fn modules_use_only_the_layers_before_them() {
    let broken: Vec<String> = uses_of_the_project()
        .into_iter()
        .filter_map(|(file, user, used)| {
            Some(format!(
                "{file}:{}: `{user}` uses `{}`: {}",
                used.line,
                used.module,
                rule_against(&user, &used.module)?
            ))
        })
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn modules_of_a_group_use_each_other_in_one_direction() {
    let mut places = BTreeMap::new();
    for (file, user, used) in uses_of_the_project() {
        places.entry((user, used.module)).or_insert(format!("{file}:{}", used.line));
    }
    for ((user, used), place) in &places {
        if let Some(back) = places.get(&(used.clone(), user.clone())).filter(|_| user < used) {
            panic!("{place}: `{user}` uses `{used}`, and {back}: `{used}` uses `{user}`");
        }
    }
}

#[test]
fn every_module_is_in_a_layer_and_declared_in_their_order() {
    let tokens = tokens(&read("src/lib.rs"));
    let declared: Vec<&str> =
        tokens.windows(2).filter(|pair| pair[0].text == "mod").map(|pair| &*pair[1].text).collect();
    assert!(!declared.is_empty());
    let layers: Vec<usize> = declared
        .iter()
        .map(|module| place(module).unwrap_or_else(|| panic!("src/lib.rs: no layer is known for `{module}`")).0)
        .collect();
    assert!(layers.is_sorted(), "src/lib.rs: the modules are not in the order of the layers: {declared:?}");
}

#[test]
fn a_later_layer_a_sibling_and_a_forbidden_pair_are_refused() {
    assert_eq!(rule_against("model", "ops"), None);
    assert_eq!(rule_against("eval", "commands"), None);
    assert_eq!(rule_against("exec", "commands"), None);
    assert_eq!(rule_against("eval", "syntax"), None);
    assert!(rule_against("model", "report").unwrap().contains("later"));
    assert!(rule_against("syntax", "ops").unwrap().contains("siblings"));
    assert!(rule_against("ops", "syntax").unwrap().contains("siblings"));
    assert!(rule_against("net", "source").unwrap().contains("siblings"));
    assert!(rule_against("exec", "syntax").unwrap().contains("never"));
    assert!(rule_against("ops", "nonsense").unwrap().contains("no layer"));
}

#[test]
fn paths_are_found_however_they_are_written() {
    let found = |code: &str| {
        let uses = uses(code, &["model", "link"]);
        uses.into_iter().map(|found| format!("{} {}", found.module, found.line)).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(found("use crate::ops::Op;"), "ops 1");
    assert_eq!(found("use crate::{\n    net::{IfName, Mac},\n    ops::Op,\n    diag,\n};"), "net 2, ops 3, diag 4");
    assert_eq!(found("fn f(a: crate::net::Mtu) -> &'a str {\n crate :: codes::f('\"') }"), "net 1, codes 2");
    assert_eq!(found("use super::route::Route;"), "model 1");
    assert_eq!(
        found("use super::super::eval::run;\nuse super::super::{codes, diag::Diagnostic};"),
        "eval 1, codes 2, diag 2"
    );
    assert_eq!(found("use super::{super::ops, world};"), "ops 1, model 1");
    assert_eq!(found("mod tests { use super::super::super::eval; mod a { use super::super::x; } }"), "eval 1, model 1");
    assert_eq!(found("mod tests { fn f() { { } } }\nuse super::super::eval;"), "eval 2");
    assert_eq!(found("mod a;\nuse self::a::B;\nuse super::super::eval as other;"), "model 2, eval 3");
    assert_eq!(found("macro_rules! m { () => { $crate::ops::Op } }"), "ops 1");
    assert_eq!(found("pub(crate) fn f() {}\npub(in crate::model) fn g() {}\npub(super) fn h() {}"), "model 2");
}

#[test]
fn comments_strings_and_doc_links_are_no_uses() {
    let code = "//! [`crate::report`]\n/// crate::report::x\n/* use crate::report; /* */ use crate::cli; */\n\
                #[doc = \"crate::report\"] const A: &str = r#\"use \"crate::report\"\"#; const B: char = '\\'';\n\
                fn f<'a>(x: &'a str) -> u8 { b'\"' } // crate::repl\nuse crate::net::Mac;";
    assert_eq!(uses(code, &["model"]), [Use { module: "net".into(), line: 6 }]);
}

/// Every use in `src/` of one module by another: the file, the user, the used. `main.rs` may use anything, and `lib.rs`
/// only declares.
fn uses_of_the_project() -> Vec<(String, String, Use)> {
    let mut found = Vec::new();
    for file in files("src", "rs") {
        let path = module_path(&file);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let Some(&user) = path.first() else { continue };
        let others = uses(&read(&file), &path).into_iter().filter(|used| used.module != user);
        found.extend(others.map(|used| (file.display().to_string(), user.to_owned(), used)));
    }
    assert!(!found.is_empty(), "no use is found in src/");
    found
}

/// `src/model/link.rs` is `model`, `link`; the root of a crate is nothing.
fn module_path(file: &Path) -> Vec<String> {
    let mut path: Vec<String> = file
        .with_extension("")
        .components()
        .skip(1)
        .map(|component| match component {
            Component::Normal(name) => name.to_str().expect("our file names are ASCII").to_owned(),
            _ => unreachable!("paths of the project are relative"),
        })
        .collect();
    if path.last().is_some_and(|last| last == "mod") || path == ["lib"] || path == ["main"] {
        path.pop();
    }
    path
}

/// The modules that a file names. `file` is the path of its own module.
fn uses(text: &str, file: &[&str]) -> Vec<Use> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut depth = 0_usize;
    // The depths of braces in which an inline `mod NAME {` lies.
    let mut inline = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let word = |ahead: usize| tokens.get(at + ahead).map_or("", |token| token.text.as_str());
        match word(0) {
            "{" => {
                let named = at >= 2 && tokens[at - 2].text == "mod";
                depth += 1;
                if named {
                    inline.push(depth);
                }
            }
            "}" => {
                inline.pop_if(|opened| *opened == depth);
                depth = depth.saturating_sub(1);
            }
            "crate" | "super" | "self" if word(1) == "::" && (at == 0 || tokens[at - 1].text != "::") => {
                // Names of inline modules are of no interest, for the first name of the path decides.
                let mut here: Vec<&str> = file.to_vec();
                here.resize(file.len() + inline.len(), "(inline)");
                at = follow(&tokens, at, &here, &mut found);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Follows one path, with the group in braces that may end it, from the module `here`. Returns where it ends.
fn follow(tokens: &[Token], mut at: usize, here: &[&str], found: &mut Vec<Use>) -> usize {
    let mut here = here.to_vec();
    while let Some(Token { text, line }) = tokens.get(at) {
        match text.as_str() {
            "crate" => here.clear(),
            "super" => drop(here.pop()),
            "self" | "::" => {}
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    at = if tokens[at].text == "," { at + 1 } else { follow(tokens, at, &here, found) };
                }
                return at + 1;
            }
            name => {
                let module = here.first().copied().unwrap_or(name).to_owned();
                found.push(Use { module, line: *line });
                return end_of_path(tokens, at);
            }
        }
        at += 1;
        if tokens.get(at).is_none_or(|token| token.text == "," || token.text == ";") {
            return at;
        }
    }
    at
}

/// Behind the names, groups and `as` of a path whose module is known.
fn end_of_path(tokens: &[Token], mut at: usize) -> usize {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    at += 1;
    while text(at) == "::" {
        at += 2;
        if text(at - 1) != "{" {
            continue;
        }
        let mut open = 1;
        while open > 0 && at < tokens.len() {
            open += i32::from(text(at) == "{") - i32::from(text(at) == "}");
            at += 1;
        }
    }
    if text(at) == "as" { at + 2 } else { at }
}

/// The layer and, within it, the group of a module.
fn place(module: &str) -> Option<(usize, usize)> {
    LAYERS.split('→').enumerate().find_map(|(layer, groups)| {
        let group = groups.split('|').position(|group| group.split_whitespace().any(|name| name == module))?;
        Some((layer, group))
    })
}

/// The rule that forbids `user` to use `used`, if one does.
fn rule_against(user: &str, used: &str) -> Option<String> {
    let unknown = [user, used].into_iter().find(|module| place(module).is_none());
    let (Some(of_user), Some(of_used)) = (place(user), place(used)) else {
        return unknown.map(|module| format!("no layer is known for `{module}`: add it to `LAYERS`"));
    };
    if NEVER.contains(&(user, used)) {
        return Some(format!("`{user}` never uses `{used}`"));
    }
    if of_used.0 > of_user.0 {
        return Some(format!("`{used}` is in a later layer"));
    }
    (of_used.0 == of_user.0 && of_used.1 != of_user.1).then(|| format!("`{user}` and `{used}` are siblings"))
}
