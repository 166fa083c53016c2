use std::{
    fs::File,
    io::{Error, ErrorKind},
    thread,
    time::{Duration, Instant},
};

use nix::errno::Errno;

use crate::{
    codes::Code,
    commands::{ListenAt, Transport},
    eval::{Trouble, place},
    net::NsRef,
    process::{
        interrupt::Interrupt,
        listen::{self, Listener},
    },
};

/// How long an IPv6 address that was just added is checked for duplicates at most; until then it cannot be served.
const CHECKED: Duration = Duration::from_secs(3);

/// How often it is tried again meanwhile.
const PAUSE: Duration = Duration::from_millis(50);

/// The servers of a session, in the order in which they were asked for. Who is taken out has ended.
#[derive(Debug, Default)]
pub struct Listeners(Vec<Serving>);

#[derive(Debug)]
struct Serving {
    ns: NsRef,
    at: ListenAt,
    /// Serves until it is dropped.
    _listener: Listener,
}

impl Listeners {
    /// Serves one more port, of the namespace behind the handle; without one, of that of this thread.
    pub fn start(
        &mut self,
        ns: &NsRef,
        at: &ListenAt,
        handle: Option<&File>,
        interrupt: &Interrupt,
    ) -> Result<(), Trouble> {
        let deadline = Instant::now() + CHECKED;
        let socket = loop {
            match listen::open(at.transport, at.address, at.port, handle) {
                Ok(socket) => break socket,
                Err(error) if may_pass(&error, at) && Instant::now() < deadline => {
                    if interrupt.check().is_some() {
                        return Err(Trouble::Interrupted);
                    }
                    thread::sleep(PAUSE);
                }
                Err(error) => return Err(self.explain(&error, ns, at)),
            }
        };
        let listener = Listener::start(socket)
            .map_err(|error| Trouble::failed(Code::Input, format!("serving port {}: {error}", at.port)))?;
        self.0.push(Serving { ns: ns.clone(), at: at.clone(), _listener: listener });
        Ok(())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Ends all but the first ones.
    pub fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// Ends those of a namespace.
    pub fn leave(&mut self, ns: &NsRef) {
        self.0.retain(|serving| serving.ns != *ns);
    }

    fn explain(&self, error: &Error, ns: &NsRef, at: &ListenAt) -> Trouble {
        if error.kind() == ErrorKind::PermissionDenied {
            return Trouble::NotPermitted { doing: format!("listening on port {}", at.port) };
        }
        let name = match at.transport {
            Transport::Tcp => "tcp",
            Transport::Udp => "udp",
        };
        let (message, notes, help) = match error.raw_os_error().map(Errno::from_raw) {
            Some(Errno::EADDRINUSE) => {
                let overlaps = |other: &Serving| {
                    let anywhere = other.at.address.is_none() || at.address.is_none();
                    let address = anywhere || other.at.address == at.address;
                    other.ns == *ns && other.at.transport == at.transport && other.at.port == at.port && address
                };
                let whose = if self.0.iter().any(overlaps) {
                    "an earlier `listen` serves it"
                } else {
                    "a program serves it; `exec ss -lntup` lists those that do"
                };
                let message = format!("{name} port {} in {} is taken", at.port, place(ns));
                (message, vec![whose.into()], Some("choose another port".into()))
            }
            Some(Errno::EADDRNOTAVAIL) => {
                let address = at.address.map_or_else(String::new, |address| format!(" {address}"));
                let message = format!("{} has no address{address} to listen on", place(ns));
                let help = format!("add it first, or listen on all addresses: `listen {name} {}`", at.port);
                (message, Vec::new(), Some(help))
            }
            _ => (format!("{name} port {} in {} cannot be served: {error}", at.port, place(ns)), Vec::new(), None),
        };
        Trouble::Failed { code: Code::KernelRefused, message, notes, help }
    }
}

/// Whether the address may be there in a moment.
fn may_pass(error: &Error, at: &ListenAt) -> bool {
    let is_ipv6 = at.address.is_some_and(|address| address.is_ipv6());
    is_ipv6 && error.raw_os_error().map(Errno::from_raw) == Some(Errno::EADDRNOTAVAIL)
}
