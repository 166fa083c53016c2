//! What `arp` and `route` of net-tools print, byte for byte.
//!
//! In: rows in the kernel's order. Out: standard output. Addresses are never looked up: they stand as numbers, which is
//! also what the tools print for what no name server knows.

mod arp;
mod route;

pub use arp::render_arp;
pub use route::render_route;
