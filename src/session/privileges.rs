use std::fs;

use crate::{
    codes::Code,
    diag::Diagnostic,
    net::NsRef,
    ops::{Op, Plan, Step},
};

/// `CAP_NET_ADMIN` and `CAP_SYS_ADMIN` of `linux/capability.h`.
const NET_ADMIN: u32 = 12;
const SYS_ADMIN: u32 = 21;

/// What the process may do to the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Change the network of its namespace.
    pub net_admin: bool,
    /// Make and enter namespaces.
    pub sys_admin: bool,
}

impl Capabilities {
    /// Those in effect (`CapEff` in proc(5)); `None` where `/proc` does not tell.
    pub fn of_process() -> Option<Self> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let hex = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
        let bits = u64::from_str_radix(hex.trim(), 16).ok()?;
        Some(Self { net_admin: bits >> NET_ADMIN & 1 == 1, sys_admin: bits >> SYS_ADMIN & 1 == 1 })
    }

    /// Whether nothing that the language can say is out of reach.
    pub fn may_all(self) -> bool {
        self.net_admin && self.sys_admin
    }

    /// What of a plan takes more than that.
    pub fn refuse(self, plan: &Plan) -> Option<Diagnostic> {
        let mut steps = plan.segments.iter().flat_map(|segment| &segment.steps);
        let (step, capability) = steps.find_map(|step| Some((step, self.missing_for(step)?)))?;
        Some(
            Diagnostic::error(Code::NotPermitted, format!("not permitted: this takes {capability}"))
                .label(step.span, "the first statement that does")
                .note("nothing was changed")
                .help("run it in a sandbox, which needs no privileges: `nns --sandbox …`; or as root: `sudo nns …`"),
        )
    }

    fn missing_for(self, step: &Step) -> Option<&'static str> {
        let enters = step.op.touched().into_iter().any(|ns| *ns != NsRef::Host);
        if (enters || matches!(step.op, Op::Netns(_))) && !self.sys_admin {
            return Some("CAP_SYS_ADMIN");
        }
        (!self.net_admin).then_some("CAP_NET_ADMIN")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ops::{NetnsOp, Segment},
        source::Sources,
    };

    #[test]
    fn a_plan_that_changes_nothing_needs_nothing() {
        let nobody = Capabilities { net_admin: false, sys_admin: false };
        assert_eq!(nobody.refuse(&Plan::default()), None);
        let mut sources = Sources::default();
        let source = sources.add("test", "netns add red");
        let op = Op::Netns(NetnsOp::Add { name: "red".parse().unwrap() });
        let step = Step { op, span: sources.get(source).span(0, 13) };
        let plan = Plan { segments: vec![Segment { steps: vec![step] }] };
        assert!(nobody.refuse(&plan).unwrap().message.contains("CAP_SYS_ADMIN"));
        assert_eq!(Capabilities { net_admin: true, sys_admin: true }.refuse(&plan), None);
    }
}
