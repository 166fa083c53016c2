//! The words of the language: which commands there are, what each takes, and what it comes down to.

mod act;

pub use act::{Act, Claim, Expectation, IpFamily, IpOptions, PingRequest, Show, ShowStyle, TcpTarget};
