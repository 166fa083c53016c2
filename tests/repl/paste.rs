//! What was copied from somewhere.

use std::{env, fs, path::PathBuf};

use expect_test::expect;

use crate::{
    in_sandbox::forbidden,
    screen::{Screen, Setting},
};

#[test]
fn a_block_of_a_tutorial_is_typed_command_by_command() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    let asked = screen.await_line(0).asked();
    let block = "$ sudo ip netns add red\n$ sudo ip netns list\nred\n# the cable\n\
                 user@host:~$ sudo ip link add veth-red type veth peer name veth-blue\n$ sudo ip link set veth-red nets red\n\
                 $ sudo ip link set veth-red netns red\n";
    screen.paste(block).expect("veth-red netns red").keys("\r").await_line(asked);
    expect![[r#"
        nns> $ sudo ip netns add red
        $ sudo ip netns list
        red
        # the cable
        user@host:~$ sudo ip link add veth-red type veth peer name veth-blue
        $ sudo ip link set veth-red nets red
        $ sudo ip link set veth-red netns red

        > sudo ip netns add red
        > sudo ip netns list
        red
        skipped: 1 line of output
        skipped: 1 comment
        > sudo ip link add veth-red type veth peer name veth-blue
        > sudo ip link set veth-red nets red
        unknown-word

          × `ip link set` has no `nets`
           ╭─[<prompt>:1:27]
         1 │ sudo ip link set veth-red nets red
           ·                           ──┬─
           ·                             ╰── no word of `ip link set`
           ╰────
          help: did you mean `netns`?

        > sudo ip link set veth-red netns red
        nns [3]>"#]]
    .assert_eq(&screen.screen());
    // Each of them can be found again.
    screen.keys("\x1b[A").await_prompt("nns [3]> sudo ip link set veth-red netns red");
}

#[test]
fn ctrl_c_stops_the_rest() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).enter("link set lo up").paste("netns add red\nping -c 1000 127.0.0.1\nnetns add blue\n");
    screen.keys("\r").expect("icmp_seq=1");
    let asked = screen.asked();
    screen.keys("\x03").await_line(asked).expect("the rest of what was pasted is left out").enter("netns list");
    screen.expect("NAMESPACE\nred\nnns");
}

/// The texts of tutorials, which are not ours to pass on.
fn tutorials() -> Vec<PathBuf> {
    let shared = env::var_os("NNS_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let files = fs::read_dir(shared.join("tutorials")).into_iter().flatten();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    if files.is_empty() {
        let is_required = env::var_os("NNS_REQUIRE_SHARED").is_some() || env::var_os("CI").is_some();
        assert!(!is_required, "there are no tutorials in {}", shared.display());
        println!("skipped: the tutorials are not there");
    }
    files
}

#[test]
fn whole_tutorials_can_be_pasted() {
    if forbidden() {
        return;
    }
    let (mut states, files) = (0, tutorials());
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        let mut screen = Setting::new(&["--sandbox", "--world", "lan", "--nic", "enp0s3"]).size(500, 200).start();
        let asked = screen.await_line(0).asked();
        screen.paste(&text).keys("\r").await_line(asked);
        let text = screen.screen();
        println!("{}\n{text}", file.display());
        let number = text.rsplit_once("nns [").and_then(|(_, behind)| behind.split(']').next()?.parse::<usize>().ok());
        states += number.unwrap_or(0);
    }
    assert!(files.is_empty() || states > 60, "{states}");
}

/// Nothing of a line that is asked about is done: not what stands behind `&&`, and no file is written.
#[test]
fn a_line_behind_help_is_told_of_and_not_run() {
    if forbidden() {
        return;
    }
    let mut screen = Screen::start(&["--sandbox"]);
    screen.await_line(0).enter("help echo 1 > /proc/sys/net/ipv4/ip_forward && netns add red");
    screen.enter("netns list").enter("cat /proc/sys/net/ipv4/ip_forward").enter("help tcpdump -i eth0 | grep ICMP");
    expect![[r#"
        nns> help echo 1 > /proc/sys/net/ipv4/ip_forward && netns add red
        echo 1 > /proc/sys/net/ipv4/ip_forward:
          echo                             print a line, or write it to the file of a kernel setting
          1                                what is printed, a blank between two words
          > /proc/sys/net/ipv4/ip_forward  its output becomes the kernel's setting `net.ipv4.ip_forward`

        Passes IPv4 packets for others on, as a router does.

        Then, if that succeeds:

        netns add red:
          netns add  make namespaces, with nothing in them but a loopback device that is down
          red        its name, under /run/netns

        Makes a network namespace `red`, with nothing in it but a loopback device, which is down.
        nns> netns list
        no named namespaces
        nns> cat /proc/sys/net/ipv4/ip_forward
        0
        nns> help tcpdump -i eth0 | grep ICMP
        tcpdump -i eth0:
          tcpdump  print packets as they pass a link
          -i eth0  its arguments

        What it prints goes into:

        grep ICMP:
          grep  print the lines that fit a pattern
          ICMP  its arguments
        nns>"#]]
    .assert_eq(&screen.screen());
}
