//! `listen`, and who asks it; and that neither that nor `capture` keeps a namespace.

use std::{
    io::{ErrorKind, Read, Write},
    net::{TcpListener, TcpStream, UdpSocket},
    thread,
    time::Duration,
};

use nns::{
    process::interrupt::{Interrupt, Signal},
    session::{Exit, Options},
};

use crate::{
    observe::{sh, try_sh},
    scripts::{Prompt, done, put_back, run},
};

const CABLE: &str = "\
netns add red blue
link add v-red netns red type veth peer name v-blue netns blue
in red { link set lo up; addr add 10.0.0.1/24 dev v-red; addr add 10.0.0.7/24 dev v-red; link set v-red up }
in blue { addr add 10.0.0.2/24 dev v-blue; link set v-blue up }
in red addr add fd00::1/64 dev v-red
in blue addr add fd00::2/64 dev v-blue
";

/// Whether anything has a port open in any namespace.
fn is_quiet() -> bool {
    let names = sh("ip netns");
    let inside = names.lines().map(|name| sh(&format!("ip netns exec {} ss -Hlntu", name.split(' ').next().unwrap())));
    inside.chain([sh("ss -Hlntu")]).all(|sockets| sockets.is_empty())
}

/// Whether a link of the host goes away, soon.
fn is_gone(link: &str) -> bool {
    (0..200).any(|_| {
        thread::sleep(Duration::from_millis(20));
        try_sh(&format!("ip link show dev {link}")).is_err()
    })
}

pub fn answer() {
    done(&format!(
        "{CABLE}\
in blue {{ expect no tcp 10.0.0.1:80; expect no udp 10.0.0.1:53; expect no udp [fd00::1]:53 }}
in red listen tcp 80 udp 53 tcp [fd00::1]:81
in blue {{
  expect tcp 10.0.0.1:80
  expect tcp [fd00::1]:80
  expect tcp [fd00::1]:81
  expect no tcp 10.0.0.1:81
  expect udp 10.0.0.1:53
  expect udp 10.0.0.7:53
  expect udp [fd00::1]:53
  expect no tcp 10.0.0.1:53
  expect no udp 10.0.0.1:80
}}
expect no tcp 10.0.0.1:80
in red {{ expect tcp 127.0.0.1:80; expect udp 127.0.0.1:53 }}"
    ));
    // The messages say what was seen.
    let (exit, text) = run("link set lo up\nexpect udp 127.0.0.1:53");
    assert_eq!(exit, Exit::Expectation, "{text}");
    assert!(text.contains("127.0.0.1 port 53 does not answer datagrams from the host"), "{text}");
    assert!(text.contains("127.0.0.1:53 refused the datagram: nothing listens on the port"), "{text}");
    let (exit, text) = run("link set lo up\nlisten udp 127.0.0.1:53\nexpect no udp 127.0.0.1:53");
    assert_eq!(exit, Exit::Expectation, "{text}");
    assert!(text.contains("127.0.0.1 port 53 answers datagrams") && text.contains("answered after"), "{text}");
}

pub fn end_with_the_script() {
    // Nothing of a session that is over keeps a namespace: with it goes its end of the cable, and so the other.
    done(
        "netns add red\nlink add near type veth peer name far netns red\nin red { link set far up; listen tcp 80 udp 53 }",
    );
    assert!(is_quiet());
    sh("ip netns del red");
    assert!(is_gone("near"));

    put_back(&format!("{CABLE}in red listen tcp 80 udp 53\nin blue expect tcp 10.0.0.1:80"));
    assert_eq!(sh("ip netns"), "");
    assert!(is_quiet());

    // A connection that somebody holds open is broken off.
    done("link set lo up");
    let client = thread::spawn(|| {
        let connected = (0..500).find_map(|_| {
            thread::sleep(Duration::from_millis(5));
            TcpStream::connect("127.0.0.1:4000").ok()
        });
        let mut stream = connected.expect("the script listens");
        stream.write_all(b"hello").unwrap();
        let mut answer = [0; 5];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"hello");
        stream.read(&mut answer).unwrap_err().kind()
    });
    put_back("listen tcp 4000\nexec sleep 1");
    assert_eq!(client.join().unwrap(), ErrorKind::ConnectionReset);
    assert_eq!(sh("ss -Hta"), "");

    // Ctrl-C while something is waited for.
    let interrupt = Interrupt::never();
    let sender = interrupt.clone();
    let signal = thread::spawn(move || {
        thread::sleep(Duration::from_millis(700));
        sender.note(Signal::Interrupt);
    });
    let mut prompt = Prompt::new(Options::default(), interrupt);
    let (exit, text) = prompt.run(&format!("{CABLE}in red listen tcp 80\nin blue expect udp 10.0.0.99:53 within 1m"));
    assert_eq!(exit, Exit::Failed, "{text}");
    signal.join().unwrap();
    assert_eq!(sh("ip netns"), "");
    assert!(is_quiet());
}

pub fn live_as_long_as_the_session() {
    let mut prompt = Prompt::new(Options::default(), Interrupt::never());
    let mut is = |exit: Exit, script: &str| {
        let (ended, text) = prompt.run(script);
        assert_eq!(ended, exit, "{script}: {text}");
        text
    };
    is(Exit::Done, CABLE);
    is(Exit::Done, "in red listen tcp 80");
    // What fails takes only its own along.
    is(Exit::Expectation, "in red listen tcp 81 udp 53\nexpect netns none");
    is(Exit::Done, "in blue { expect tcp 10.0.0.1:80; expect no tcp 10.0.0.1:81; expect no udp 10.0.0.1:53 }");
    let text = is(Exit::Failed, "in red listen tcp 80");
    assert!(text.contains("tcp port 80 in namespace `red` is taken"), "{text}");
    assert!(text.contains("an earlier `listen` serves it"), "{text}");
    is(Exit::Done, "in red listen udp 80\nin blue listen tcp 80");
    // A namespace that is deleted takes its servers along.
    is(Exit::Done, "netns del red\nnetns add red\nin red listen tcp 80");
    is(Exit::Done, "in red { link set lo up; expect tcp 127.0.0.1:80; expect no udp 127.0.0.1:80 }");
    drop(prompt);
    assert!(is_quiet());
}

pub fn are_refused() {
    sh("ip link set lo up");
    let tcp = TcpListener::bind("127.0.0.1:80").unwrap();
    let udp = UdpSocket::bind("127.0.0.1:53").unwrap();
    let refused = |statement: &str, said: &str| {
        let (exit, text) = run(statement);
        assert_eq!(exit, Exit::Failed, "{text}");
        assert!(text.contains(said), "{statement}: {text}");
    };
    refused("listen tcp 80", "tcp port 80 in the host is taken");
    refused("listen udp 127.0.0.1:53", "udp port 53 in the host is taken");
    refused("listen udp 53", "a program serves it");
    refused("listen tcp 192.0.2.1:80", "the host has no address 192.0.2.1 to listen on");
    refused("listen tcp [2001:db8::1]:80", "the host has no address 2001:db8::1 to listen on");
    done("listen tcp 80 || print handled\nlisten tcp 81");
    // What was there before is still served.
    TcpStream::connect("127.0.0.1:80").unwrap();
    drop((tcp, udp));
    done("listen tcp 80 udp 53");
}

pub fn captures_keep_no_namespace() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("far.pcap");
    let mut prompt = Prompt::new(Options::default(), Interrupt::never());
    // Who lives there when the name goes keeps the cable from going at once; with the last one it goes.
    let (exit, text) = prompt.run(&format!(
        "netns add red\nlink add near type veth peer name far netns red
in red {{ link set far up; capture far to {}; capture lo to /dev/null; spawn sleep 60 as nap }}
netns del red; expect link near; kill nap",
        file.display(),
    ));
    assert_eq!((exit, text.as_str()), (Exit::Done, ""));
    assert!(is_gone("near"));
    assert_eq!(std::fs::read(&file).unwrap()[..4], [0xd4, 0xc3, 0xb2, 0xa1]);
    assert_eq!(prompt.run("kill far; kill lo"), (Exit::Done, String::new()));
}
