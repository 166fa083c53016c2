//! What rules need of the evaluator: where a native rule was written, `iptables -C` and `iptables -X`.

use super::{
    Evaluator, Failure, Mode, Outside, Status,
    change::Wording,
    redirect::{self, Redirected},
};
use crate::{
    model::Chain,
    net::NsRef,
    ops::{ChainRef, Dialect, NetfilterChange, NetfilterOp, Op, Policy, Rule, RuleSelector, TableRef},
    source::Span,
};

impl<O: Outside> Evaluator<'_, O> {
    /// A rule of a native statement remembers where it was written: `lab.nns:12`.
    pub(super) fn remark(&self, op: &mut Op, span: Span) {
        const MOST_BYTES: usize = 128;
        let Op::Netfilter(NetfilterOp { change: NetfilterChange::AddRule { rule: Rule::Plain(rule), .. }, .. }) = op
        else {
            return;
        };
        if rule.dialect != Dialect::Nft || rule.comment.is_some() {
            return;
        }
        // What is typed at a prompt, on the command line or into a pipe has no line to look up.
        let name = self.sources.get(span.source).name();
        if name.starts_with('<') || name == "-c" {
            return;
        }
        let line = format!(":{}", self.sources.line_of(span));
        let name = name.rsplit('/').next().unwrap_or(name).replace(['"', '\n'], "'");
        // Of a long name the end is kept, which tells more.
        let from = name.len().saturating_sub(MOST_BYTES - line.len());
        let from = (from..=name.len()).find(|from| name.is_char_boundary(*from)).unwrap_or(name.len());
        rule.comment = Some(format!("{}{line}", &name[from..]));
    }

    /// `iptables -C`: whether there are such rules.
    pub(super) fn has_rules(
        &mut self,
        ns: &NsRef,
        chain: &ChainRef,
        rules: Vec<Rule>,
        wording: &Wording,
        redirections: &[Redirected],
    ) -> Result<Status, Failure> {
        self.flush()?;
        let ruleset = self.state.world.namespace(ns).and_then(|namespace| namespace.ruleset.as_ref());
        let Some(ruleset) = ruleset else { return Ok(Status::Unknown) };
        if self.policy.mode == Mode::Check && self.doubt.is_about_chain(ns, chain) {
            return Ok(Status::Unknown);
        }
        let is_there =
            |rule: Rule| crate::model::rules_meant(ruleset, &RuleSelector::Like { chain: chain.clone(), rule }).is_ok();
        if rules.into_iter().all(is_there) {
            return Ok(Status::Success);
        }
        self.acts(wording.span);
        self.beyond_if_written(redirections, wording.span);
        if self.is_ahead() {
            return Ok(Status::Failure);
        }
        let text = format!("there is no such rule in chain `{}` of table `{}`\n", chain.name, chain.table);
        let trouble = |trouble| Failure::from_trouble(trouble, wording.span);
        let sinks = redirect::sinks(self.outputs.clone(), redirections, self.outside).map_err(trouble)?;
        self.outside.write(&sinks.errors, &text).map_err(trouble)?;
        Ok(Status::Failure)
    }

    /// `iptables -X`: all chains of a table that are not built in go, and those built in that nobody would miss.
    pub(super) fn del_chains(&mut self, ns: &NsRef, table: &TableRef, wording: &Wording) -> Result<Status, Failure> {
        let ruleset = self.state.world.namespace(ns).and_then(|namespace| namespace.ruleset.as_ref());
        let chains = ruleset.and_then(|ruleset| ruleset.table(table)).map_or(&[][..], |table| &table.chains);
        let goes = |chain: &&Chain| match chain.base {
            None => true,
            Some(base) => chain.rules.is_empty() && base.policy == Policy::Accept,
        };
        let delete = |name: &str| {
            let change = NetfilterChange::DelChain { chain: table.chain(name) };
            Op::Netfilter(NetfilterOp { ns: ns.clone(), change })
        };
        let ops: Vec<Op> = chains.iter().filter(goes).map(|chain| delete(&chain.name)).collect();
        self.changes(ops, wording)
    }
}
