//! `settle`: waiting until what the kernel does some time after it was told to is done.
//!
//! In: the namespaces of a world. Out: what is not at rest, in words; nothing when all is. What may never come, such as
//! the carrier of a cable whose far end is down, is not waited for.

use std::time::{Duration, Instant};

use super::{Machine, live::trouble, watch::Watch};
use crate::{
    backend::BackendError,
    eval::{Trouble, place},
    model::query::{AddressFlags, LinkFlags, LinkRow, OperState, OptionValue},
    net::NsRef,
    process::interrupt::Interrupt,
};

/// Waits for these namespaces, but not longer than that.
pub fn settle<B: Machine>(
    machine: &mut B,
    mut restless: Vec<NsRef>,
    within: Duration,
    interrupt: &Interrupt,
) -> Result<Vec<String>, Trouble> {
    let deadline = Instant::now() + within;
    let mut watch: Option<Watch> = None;
    loop {
        let mut notes = Vec::new();
        let mut still = Vec::new();
        for ns in restless {
            let rows = match machine.addresses(&ns) {
                Ok(rows) => rows,
                Err(BackendError::NoSuchNetns(_) | BackendError::NoNamespace(_) | BackendError::NoSuchProcess(_)) => {
                    continue;
                }
                Err(error) => return Err(trouble(error)),
            };
            let found = in_motion(&rows);
            if !found.is_empty() {
                notes.extend(found.into_iter().map(|note| format!("{note} in {}", place(&ns))));
                still.push(ns);
            }
        }
        restless = still;
        if restless.is_empty() || Instant::now() >= deadline {
            return Ok(notes);
        }
        match &mut watch {
            Some(watch) => {
                watch.wait(deadline, interrupt)?;
            }
            // From now on nothing is missed; what came before is seen by looking once more.
            None => {
                let mut descriptors = Vec::new();
                for ns in &restless {
                    descriptors.extend(machine.monitor(ns).map_err(trouble)?);
                }
                watch = Some(Watch::new(descriptors)?);
            }
        }
    }
}

/// What is about to change by itself among the links of a namespace.
fn in_motion(rows: &[LinkRow]) -> Vec<String> {
    let carries = |row: &LinkRow| row.flags.has(LinkFlags::UP.with(LinkFlags::LOWER_UP));
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| row.flags.has(LinkFlags::UP)) {
        if carries(row) && matches!(row.state, Some(OperState::DOWN | OperState::LOWER_LAYER_DOWN)) {
            found.push(format!("the carrier of link `{}` is not known to all", row.name));
        }
        if let Some(state @ ("listening" | "learning")) = port_state(row) {
            found.push(format!("port `{}` of `{}` is {state}", row.name, row.master.as_deref().unwrap_or("a bridge")));
        }
        let forwards = |port: &LinkRow| {
            port.master.as_deref() == Some(&row.name) && carries(port) && port_state(port) == Some("forwarding")
        };
        if row.kind.as_deref() == Some("bridge") && !carries(row) && rows.iter().any(forwards) {
            found.push(format!("bridge `{}` has no carrier yet", row.name));
        }
        for address in row.addresses.iter().filter(|_| carries(row)) {
            let is = |flag| address.flags.has(flag);
            if is(AddressFlags::TENTATIVE) && !is(AddressFlags::DADFAILED) {
                found.push(format!("address {} of link `{}` is tentative", address.local, row.name));
            }
        }
    }
    found
}

/// What a bridge does with a port of its (`BR_STATE_*` in `linux/if_bridge.h`).
fn port_state(row: &LinkRow) -> Option<&str> {
    let option = row.port_options.as_ref()?.iter().find(|option| option.name == "state")?;
    match &option.value {
        OptionValue::Word(word) => Some(word),
        _ => None,
    }
}
