use super::{Machine, live, program};
use crate::{commands::Requirement, eval::Trouble, net::NsRef};

/// The setting that switches IPv6 off.
const IPV6_OFF: &str = "net.ipv6.conf.all.disable_ipv6";

/// Why a machine does not have what a script cannot do without; `None` where it does.
pub fn missing<B: Machine>(machine: &mut B, requirement: &Requirement) -> Result<Option<String>, Trouble> {
    match requirement {
        Requirement::Kind(kind) => {
            let has_kind = machine.has_kind(kind).map_err(live::trouble)?;
            Ok((!has_kind).then(|| format!("the kernel has no links of kind `{kind}`")))
        }
        Requirement::Program(program) => {
            Ok((!program::is_there(program)).then(|| format!("there is no program `{program}`")))
        }
        Requirement::Ipv6 => {
            let Ok(key) = IPV6_OFF.parse() else { return Ok(None) };
            let value = machine.sysctl(&NsRef::Host, &key).map_err(live::trouble)?;
            Ok(match value.as_deref() {
                None => Some("the kernel has no IPv6".into()),
                Some("0") => None,
                Some(_) => Some(format!("IPv6 is switched off: `{IPV6_OFF}` is 1")),
            })
        }
    }
}
