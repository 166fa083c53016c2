//! Questions to the network that take time to answer.
//!
//! In: whom to ask and from which namespace. Out: what was seen, as data; that nothing answers is a finding, not an
//! error. A socket is opened by a thread that visits the namespace and is then waited on from outside.

pub mod ping;
pub mod port;
pub mod tcp;
pub mod udp;
