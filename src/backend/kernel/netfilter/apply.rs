//! Carrying out changes of rules, as transactions.

use std::io;

use nix::errno::Errno;

pub(in crate::backend::kernel) use super::encode::needs_listing;
use super::{
    encode::messages,
    listing::{Listed, read},
    socket::{Refused, RuleSocket},
};
use crate::{backend::OpFailure, ops::NetfilterChange};

/// How often a transaction is tried again when others change the rules meanwhile.
const ATTEMPTS: u32 = 16;

/// Carries changes out as one transaction: all of them, or none. Changes that [`needs_listing`] are alone in theirs.
pub(in crate::backend::kernel) fn apply(
    socket: &mut RuleSocket,
    changes: &[&NetfilterChange],
) -> io::Result<Result<(), OpFailure>> {
    for _ in 0..ATTEMPTS {
        let listed = if changes.iter().any(|change| needs_listing(change)) {
            read(socket)?
        } else {
            Listed { generation: socket.generation()?, ..Listed::default() }
        };
        let mut transaction = Vec::new();
        for change in changes {
            match messages(change, &listed) {
                Ok(messages) => transaction.extend(messages),
                Err(errno) => return Ok(Err(OpFailure { errno, message: None, attribute: None, outcome: None })),
            }
        }
        if transaction.is_empty() {
            return Ok(Ok(()));
        }
        match socket.commit(listed.generation, &transaction)? {
            Ok(()) => return Ok(Ok(())),
            Err(Refused::By(failure)) => return Ok(Err(failure)),
            Err(Refused::Overtaken) => {}
        }
    }
    Err(Errno::ERESTART.into())
}
