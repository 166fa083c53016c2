//! The n-th operation of an apply fails, or `nns` dies there, for every n: what the apply before made stays, and is still
//! the file's own.

use std::{
    cell::RefCell,
    io::{self, Write},
    panic::{self, AssertUnwindSafe},
    rc::Rc,
};

use nix::errno::Errno;
use nns::{
    backend::{Faulty, KernelBackend},
    exec::journal::Journals,
    process::interrupt::Interrupt,
    session::{Exit, Machine, Options, Session, Terminal},
};

use crate::{
    observer,
    room::{Room, unchanged, was_so},
};

pub const ALL: &[(&str, fn())] = &[
    ("an_operation_fails_at_the_backend", || fails(false)),
    ("an_operation_fails_at_the_socket", || fails(true)),
    ("it_dies_at_an_operation", dies),
];

/// More operations than there are.
const MANY: usize = 100;

const FIRST: &str = "netns add red blue
wire host:a 10.0.0.1/24 -- red:b 10.0.0.2/24
route add 10.9.0.0/16 via 10.0.0.2
link add br0 type bridge
iptables -A INPUT -s 10.8.0.0/16 -j DROP
firewall drop input from 10.7.0.0/16
";

const SECOND: &str = "netns add red green
wire host:a 10.0.0.1/24 -- red:b 10.0.0.2/24
link set a mtu 1400
wire host:c 10.1.0.1/24 -- green:d 10.1.0.2/24
route add 10.9.0.0/16 via 10.1.0.2
iptables -A INPUT -s 10.8.0.0/16 -j ACCEPT
forwarding on
";

/// Applies the second version on a machine.
fn apply(room: &Room, machine: impl Machine + 'static) -> (Exit, String) {
    let path = room.write("lab.nns", SECOND).canonicalize().unwrap();
    let paper = Paper::default();
    let terminal = Terminal::new(paper.clone(), paper.clone());
    let mut session = Session::new(machine, Options::default(), terminal, Interrupt::never());
    session.keep_journals(Journals::usual().unwrap());
    let source = session.add("lab.nns", SECOND);
    let exit = session.apply(source, &path, false);
    let said = String::from_utf8(paper.0.borrow().clone()).unwrap();
    (exit, said)
}

/// Tries each operation until there is no such; `try_nth` says whether there was.
fn each(try_nth: impl Fn(&Room, usize) -> bool) {
    let room = Room::new();
    let nothing = observer::observe();
    room.apply(FIRST).with(0);
    let before = observer::observe();
    let end = (1..=MANY).find(|&nth| {
        let failed = try_nth(&room, nth);
        if failed {
            unchanged(&before, &format!("operation {nth}"));
        }
        !failed
    });
    assert!(end.is_some_and(|end| end > 10), "{end:?}");
    room.apply(FIRST).with(0);
    unchanged(&before, "the first version again");
    room.apply("").with(0);
    unchanged(&nothing, "the file is empty");
}

fn fails(at_socket: bool) {
    each(|room, nth| {
        let mut kernel = KernelBackend::new().unwrap();
        let (exit, said) = if at_socket {
            kernel.fail_request(u32::try_from(nth).unwrap());
            apply(room, kernel)
        } else {
            apply(room, Faulty::new(kernel, nth, Errno::ENOMEM))
        };
        match exit {
            Exit::Done => false,
            Exit::Failed => {
                assert!(said.contains("everything is as it was before"), "{said}");
                was_so(room.apply(FIRST));
                true
            }
            exit => panic!("operation {nth}: {exit:?}\n{said}"),
        }
    });
}

fn dies() {
    each(|room, nth| {
        let machine = Faulty::dying(KernelBackend::new().unwrap(), nth, nth % 2 == 0);
        let hook = panic::take_hook();
        panic::set_hook(Box::new(|_| {}));
        let died = panic::catch_unwind(AssertUnwindSafe(|| apply(room, machine))).is_err();
        panic::set_hook(hook);
        if died {
            let said = room.apply(FIRST).with(0);
            assert!(said.contains("was cut short; it is taken back first"), "{said}");
            assert!(said.contains("everything is so already"), "operation {nth}: {said}");
        }
        died
    });
}

/// Where both outputs are written down.
#[derive(Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
