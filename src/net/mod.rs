//! Values of networking that cannot be wrong once they exist.
//!
//! In: the words of a script, or what the kernel sent. Out: types that later code need not check again. Each type has
//! one constructor that refuses (`FromStr` or `new`), and its error says in words what a good value looks like.

mod cidr;
mod if_name;
mod mac;
mod mtu;
mod ns_name;
mod sysctl_key;
mod written;

pub use cidr::{Cidr, CidrError};
pub use if_name::{IfName, IfNameError};
pub use mac::{Mac, MacError};
pub use mtu::{Mtu, MtuError};
pub use ns_name::{NsName, NsNameError, NsRef};
pub use sysctl_key::{SysctlKey, SysctlKeyError};
