use std::{cell::RefCell, io, rc::Rc};

use nix::errno::Errno;

use super::*;
use crate::{
    backend::{Faulty, Memory, Recording},
    net::NsRef,
};

/// A writer whose text can be looked at.
#[derive(Clone, Default)]
struct Page(Rc<RefCell<Vec<u8>>>);

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Page {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

/// What came of a script.
struct Outcome<B> {
    exit: Exit,
    output: String,
    errors: String,
    session: Session<B>,
}

fn run_on<B: Machine>(machine: B, options: Options, script: &str) -> Outcome<B> {
    let (output, errors) = (Page::default(), Page::default());
    let terminal = Terminal::new(output.clone(), errors.clone());
    let mut session = Session::new(machine, options, terminal, Interrupt::never());
    let source = session.add("lab.nns", script);
    let exit = session.run(&[source]);
    Outcome { exit, output: output.text(), errors: errors.text(), session }
}

fn run_with(options: Options, script: &str) -> Outcome<Recording<Memory>> {
    run_on(Recording::new(Memory::new(World::fresh())), options, script)
}

fn run(script: &str) -> Outcome<Recording<Memory>> {
    run_with(Options::default(), script)
}

impl Outcome<Recording<Memory>> {
    fn has_netns(&self, name: &str) -> bool {
        self.world().namespace(&NsRef::Named(name.parse().unwrap())).is_some()
    }

    fn world(&self) -> &World {
        self.session.machine().inner().world()
    }

    fn nothing_was_done(&self) -> bool {
        self.session.machine().done().is_empty()
    }
}

const PAIR: &str = "\
netns add red
netns add blue
link add veth-red type veth peer name veth-blue
link set veth-red netns red
link set veth-blue netns blue
in red { addr add 192.168.15.1/24 dev veth-red; link set veth-red up }
ip -n blue addr add 192.168.15.2/24 dev veth-blue
ip netns exec blue ip link set veth-blue up
";

#[test]
fn both_spellings_build_the_pair() {
    let ran = run(PAIR);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.errors);
    assert_eq!(ran.errors, "");
    let red = NsRef::Named("red".parse().unwrap());
    let id = ran.world().find_link(&red, &"veth-red".parse().unwrap()).unwrap();
    assert!(ran.world().link(id).up);
    assert_eq!(ran.world().link(id).addresses[0].cidr.to_string(), "192.168.15.1/24");
}

#[test]
fn what_the_check_finds_is_told_and_nothing_is_touched() {
    let ran = run("netns add red\nnetns add red\nlink set eth7 up\n");
    assert_eq!(ran.exit, Exit::Refused);
    assert!(ran.errors.contains("there is a namespace `red` already"), "{}", ran.errors);
    assert!(ran.errors.contains("made here"), "{}", ran.errors);
    assert!(ran.errors.contains("there is no link `eth7`"), "both at once: {}", ran.errors);
    assert!(ran.nothing_was_done());
}

#[test]
fn an_error_is_told_once_not_with_its_consequences() {
    let ran = run(
        "netns add red\nlink add veth0 type veth peer name lo\nlink set veth0 netns red\nin red addr add 10.0.0.1/24 dev veth0\n",
    );
    assert_eq!(ran.exit, Exit::Refused);
    assert_eq!(ran.errors.matches("lab.nns:").count(), 1, "{}", ran.errors);
}

#[test]
fn a_link_that_was_moved_is_told_with_its_line() {
    let ran = run(&format!("{PAIR}link set veth-red up\n"));
    assert_eq!(ran.exit, Exit::Refused);
    assert!(ran.errors.contains("it is in namespace `red` (moved at line 4): `ip -n red …`"), "{}", ran.errors);
}

#[test]
fn a_failure_puts_everything_back() {
    for nth in 1..=8 {
        let machine = Recording::new(Faulty::new(Memory::new(World::fresh()), nth, Errno::ENOMEM));
        let ran = run_on(machine, Options::default(), PAIR);
        assert_eq!(ran.exit, Exit::Failed, "op {nth}: {}", ran.errors);
        assert!(ran.errors.contains("everything is as it was before"), "op {nth}: {}", ran.errors);
        assert!(
            ran.errors.contains(&format!("lab.nns:{}:", [1, 2, 3, 4, 5, 6, 6, 7][nth - 1])),
            "op {nth}: {}",
            ran.errors
        );
        let world = ran.session.machine().inner().inner().world();
        assert_eq!(crate::model::differences(world, &World::fresh()), Vec::<String>::new());
    }
}

#[test]
fn what_cannot_be_put_back_is_listed() {
    let machine = Faulty::new(Memory::new(World::fresh()), 2, Errno::EPIPE).lasting();
    let ran = run_on(machine, Options::default(), "netns add red; netns add blue");
    assert_eq!(ran.exit, Exit::Left);
    assert!(ran.errors.contains("not everything could be put back"), "{}", ran.errors);
    assert!(ran.errors.contains("`ip netns del red` failed: Broken pipe"), "{}", ran.errors);
}

#[test]
fn keep_leaves_what_was_done_and_nothing_behind_it() {
    let options = Options { keep: true, ..Options::default() };
    let machine = Recording::new(Faulty::new(Memory::new(World::fresh()), 2, Errno::ENOMEM));
    let ran = run_on(machine, options, "netns add red; netns add blue; netns add green");
    assert_eq!(ran.exit, Exit::Failed);
    let named: Vec<String> =
        ran.session.machine().inner().inner().world().namespaces().map(|(ns, _)| ns.to_string()).collect();
    assert_eq!(named, ["host", "red"]);
}

#[test]
fn or_handles_a_failure_and_and_stops_at_it() {
    let ran = run("netns del red || netns add blue\nnetns add green && netns add grey || netns add pink\n");
    assert_eq!(ran.exit, Exit::Done, "{}", ran.errors);
    assert!(ran.has_netns("blue") && ran.has_netns("green") && ran.has_netns("grey"));
    assert!(!ran.has_netns("pink"));
    assert!(ran.errors.starts_with("lab.nns:1:11: there is no namespace `red`"), "{}", ran.errors);
    let quiet = run("netns del red 2>/dev/null || true\n");
    assert_eq!((quiet.exit, quiet.errors.as_str()), (Exit::Done, ""));
}

#[test]
fn keep_going_reports_all_and_keeps_what_was_done() {
    let options = Options { keep_going: true, ..Options::default() };
    let ran = run_with(options, "netns add red\nnetns add red\nlink set eth7 up\nnetns add blue\n");
    assert_eq!(ran.exit, Exit::Failed);
    assert!(ran.errors.contains("`red` already") && ran.errors.contains("`eth7`"), "{}", ran.errors);
    assert!(ran.has_netns("red") && ran.has_netns("blue"));
}

#[test]
fn an_expectation_that_does_not_hold_says_what_is_there() {
    let ran = run(&format!("{PAIR}in red expect addr 192.168.15.7/24 dev veth-red\n"));
    assert_eq!(ran.exit, Exit::Expectation);
    assert!(ran.errors.contains("192.168.15.1/24"), "{}", ran.errors);
    assert!(!ran.has_netns("red"), "put back");
    let holds = run(&format!("{PAIR}in red {{ expect addr 192.168.15.1/24; expect no route default }}\n"));
    assert_eq!(holds.exit, Exit::Done, "{}", holds.errors);
}

#[test]
fn variables_are_text_and_unknown_ones_an_error_before_anything_is_done() {
    let ran = run("let ns = red\nnetns add $ns\nprint \"made $ns\"\n");
    assert_eq!((ran.exit, ran.output.as_str()), (Exit::Done, "made red\n"));
    let ran = run("let name = red\nnetns add blue\nnetns add $nme\n");
    assert_eq!(ran.exit, Exit::Refused);
    assert!(ran.errors.contains("did you mean `$name`?"), "{}", ran.errors);
    assert!(ran.nothing_was_done());
}

#[test]
fn a_setting_is_written_by_echo_as_well_and_put_back() {
    let ran = run("echo 1 > /proc/sys/net/ipv4/ip_forward\nsysctl net.ipv4.ip_forward\n");
    assert_eq!(ran.exit, Exit::Done, "{}", ran.errors);
    assert_eq!(ran.output, "net.ipv4.ip_forward = 1\n");
}

#[test]
fn output_goes_where_it_is_sent() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("out");
    let path = file.display();
    let ran = run(&format!("print one > {path}\nprint two >> {path}\nprint three > /dev/null\nprint four >&2\n"));
    assert_eq!((ran.output.as_str(), ran.errors.as_str()), ("", "four\n"));
    assert_eq!(std::fs::read_to_string(file).unwrap(), "one\ntwo\n");
}

#[test]
fn a_check_opens_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("out");
    let ran = run(&format!("print one > {}\nnetns del red\n", file.display()));
    assert_eq!(ran.exit, Exit::Refused);
    assert!(!file.exists());
}

#[test]
fn verbose_tells_each_change_as_its_command() {
    let options = Options { verbose: true, ..Options::default() };
    assert_eq!(run_with(options, "netns add red\n").errors, "+ ip netns add red\n");
}

#[test]
fn missing_capabilities_are_told_before_anything_is_done() {
    let capabilities = Some(Capabilities { net_admin: false, sys_admin: false });
    let options = Options { capabilities, ..Options::default() };
    let ran = run_with(options, "netns add red\n");
    assert_eq!(ran.exit, Exit::NotPermitted);
    assert!(ran.errors.contains("CAP_SYS_ADMIN") && ran.errors.contains("--sandbox"), "{}", ran.errors);
    assert!(ran.nothing_was_done());
    assert_eq!(run_with(options, "print hello\n").exit, Exit::Done);
}

#[test]
fn an_interrupt_stops_and_puts_back() {
    let (output, errors) = (Page::default(), Page::default());
    let interrupt = Interrupt::never();
    let terminal = Terminal::new(output, errors.clone());
    let mut session = Session::new(Memory::new(World::fresh()), Options::default(), terminal, interrupt.clone());
    interrupt.note(crate::process::interrupt::Signal::Interrupt);
    let source = session.add("lab.nns", "netns add red\n");
    assert_eq!(session.run(&[source]), Exit::Failed);
    assert_eq!(session.machine().world().namespaces().count(), 1);
    assert!(errors.text().contains("interrupted"));
}

#[test]
fn inputs_share_variables_and_each_is_put_back_alone() {
    let (output, errors) = (Page::default(), Page::default());
    let terminal = Terminal::new(output, errors);
    let options = Options { no_check: true, ..Options::default() };
    let mut session = Session::new(Memory::new(World::fresh()), options, terminal, Interrupt::never());
    let mut run = |text: &str| {
        let source = session.add("<prompt>", text);
        session.run(&[source])
    };
    assert_eq!(run("let ns = red"), Exit::Done);
    assert_eq!(run("netns add $ns"), Exit::Done);
    assert_eq!(run("netns add blue; netns add $ns"), Exit::Failed);
    let names: Vec<String> = session.machine().world().namespaces().map(|(ns, _)| ns.to_string()).collect();
    assert_eq!(names, ["host", "red"]);
}

/// The model's machine says of a setting that is not there what the kernel's does.
#[test]
fn settings_that_are_not_there() {
    let ran = run("netns add red\nsysctl -w net.ipv4.ip_froward=1\n");
    assert_eq!(ran.exit, Exit::Refused);
    assert!(ran.errors.contains("there is no setting `net.ipv4.ip_froward`"), "{}", ran.errors);
    assert!(ran.errors.contains("did you mean `net.ipv4.ip_forward`?"), "{}", ran.errors);
    assert!(!ran.has_netns("red"));
}

#[test]
fn what_is_required_is_asked_for_before_anything_is_done() {
    let script = "netns add red; requires program no-such-program-here || true\nprint on\nlink set eth7 up";
    let outcome = run(script);
    assert_eq!(outcome.exit, Exit::Skipped);
    assert!(outcome.errors.contains("there is no program `no-such-program-here`"), "{}", outcome.errors);
    assert!(!outcome.errors.contains("no link `eth7`"), "nothing behind it is looked at: {}", outcome.errors);
    assert!(outcome.session.machine().done().is_empty());
    assert_eq!(run("requires program sh; requires kind veth; netns add red").exit, Exit::Done);
    assert_eq!(run("link set eth7 up; requires program no-such-program-here").exit, Exit::Refused);
}

#[test]
fn without_a_check_what_stands_before_a_requirement_is_put_back() {
    let options = Options { no_check: true, ..Options::default() };
    let outcome = run_with(options, "netns add red; print done; requires program no-such-program-here");
    assert_eq!((outcome.exit, outcome.has_netns("red")), (Exit::Skipped, false));
    assert!(outcome.errors.contains("everything is as it was before"), "{}", outcome.errors);
}

#[test]
fn no_program_is_run_where_none_may() {
    let script =
        "netns add red\necho 1 | tee /proc/sys/net/ipv4/ip_forward\nsh -c 'netns add blue'\nfalse || netns add grey\n";
    for no_check in [false, true] {
        let options = Options { no_exec: true, no_check, ..Options::default() };
        let ran = run_with(options, script);
        assert_eq!(ran.exit, Exit::Done, "{}", ran.errors);
        assert!(ran.has_netns("blue") && ran.has_netns("grey"));
        for program in [
            "exec true",
            "cat /dev/null",
            "ip netns exec red cat /dev/null",
            "link show | cat",
            "sh -c 'true; true'",
            "expect exec true",
            "in red { true && exec true }",
        ] {
            let ran = run_with(options, &format!("netns add red\n{program}\n"));
            assert_eq!(ran.exit, Exit::Refused, "{program}: {}", ran.errors);
            assert!(ran.errors.contains("a program, and none is to be run"), "{program}: {}", ran.errors);
            assert!(ran.nothing_was_done(), "{program}");
        }
    }
}

#[test]
fn outputs_of_programs_and_statements_go_to_the_same_places() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    let (program, statement) = ("sh -c 'echo out; echo err >&2'", "print out; netns pids red");
    let script = ["> 1", ">> 1", "2> 2", "2>> 2", "> 3 2>&1", ">> 3 2>&1", "&> 4", "&>> 4", "1>&2 2> 5"]
        .map(|redirection| {
            let redirected = redirection.replace("> ", &format!("> {}/", directory.path().display()));
            let [print, complain] = <[&str; 2]>::try_from(statement.split("; ").collect::<Vec<_>>()).unwrap();
            format!("{program} {redirected}\n{print} {redirected}\n{complain} {redirected}\n")
        })
        .concat();
    let ran = run(&script);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.errors);
    let read = |name: &str| std::fs::read_to_string(file(name)).unwrap();
    let all = ["1", "2", "3", "4", "5"].map(|name| format!("{name}:\n{}", read(name))).concat();
    expect_test::expect![[r#"
        1:
        out
        out
        2:
        there is no namespace `red`
        err
        there is no namespace `red`
        3:
        there is no namespace `red`
        out
        err
        out
        there is no namespace `red`
        4:
        there is no namespace `red`
        out
        err
        out
        there is no namespace `red`
        5:
        there is no namespace `red`
    "#]]
    .assert_eq(&all);
}

#[test]
fn what_is_piped_is_read_and_the_last_decides() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out");
    let piped = |pipe: &str| {
        let ran = run(&format!("netns add red\n{pipe} > {} || print failed\n", out.display()));
        assert_eq!(ran.exit, Exit::Done, "{pipe}: {}", ran.errors);
        format!("{}{}", std::fs::read_to_string(&out).unwrap(), ran.output)
    };
    assert_eq!(piped("ip netns list | cat"), "red\n");
    assert_eq!(piped("ip netns list | grep blue"), "failed\n");
    assert_eq!(piped("print b a | tr ' ' '\\n' | sort"), "a\nb\n");
    assert_eq!(piped("netns del blue 2>/dev/null | cat"), "failed\n");
    assert_eq!(piped("exec ls /no/such/file 2>&1 | grep -c 'No such file'"), "1\n");
    assert_eq!(piped("exec false | cat"), "");
    assert_eq!(piped("yes | head -n 2"), "y\ny\n");
    // More than a pipe holds.
    let long = "x".repeat(100_000);
    assert_eq!(piped(&format!("print {long} | wc -c")), "100001\n");
    assert_eq!(piped(&format!("print {long} | head -c 3")), "xxx");
}

#[test]
fn a_change_in_front_of_a_pipe_is_put_back() {
    let ran = run("netns add red | cat\nlink set nope up\n");
    assert_eq!(ran.exit, Exit::Refused);
    let ran = run("netns add red | cat\nexpect netns blue\n");
    assert_eq!(ran.exit, Exit::Expectation);
    assert!(!ran.has_netns("red"));
    assert!(run("netns add red | cat\n").has_netns("red"));
}

#[test]
fn what_is_entered_is_left_at_the_end_of_a_file_and_not_at_the_prompt() {
    let script = "netns add red\nenter red\nnetns identify\n";
    for (stays_inside, expected) in [(false, "red\n\n"), (true, "red\nred\nred\n\n")] {
        let (output, errors) = (Page::default(), Page::default());
        let options = Options { stays_inside, ..Options::default() };
        let terminal = Terminal::new(output.clone(), errors);
        let mut session = Session::new(Memory::new(World::fresh()), options, terminal, Interrupt::never());
        let mut run = |text: &str| {
            let source = session.add("<prompt>", text);
            session.run(&[source])
        };
        assert_eq!(run(script), Exit::Done);
        assert_eq!(run("netns identify"), Exit::Done);
        if stays_inside {
            assert_eq!(run("enter host; expect netns blue"), Exit::Expectation);
            assert_eq!(run("netns identify; exit; netns identify"), Exit::Done);
            assert_eq!(session.inside(), None);
        }
        assert_eq!(output.text(), expected);
    }
}

/// A machine with a link of a kind that cannot be made, and a cable that leads out of sight.
fn machine_with_irreplaceable_links() -> Memory {
    use crate::model::{Kind, Link, Peer};
    let mut world = World::fresh();
    for (name, kind) in [("dummy0", Kind::Other("dummy".into())), ("eth0", Kind::Veth { peer: Peer::Elsewhere })] {
        let lo = Link::loopback(NsRef::Host);
        world.insert_link(Link { name: name.parse().unwrap(), kind, addresses: Vec::new(), ..lo });
    }
    Memory::new(world)
}

#[test]
fn what_could_not_be_made_again_is_not_taken_away() {
    for (script, what) in [
        ("netns add red\nlink del dummy0\n", "link dummy0: a dummy in the host"),
        ("netns add red; link del eth0\n", "link eth0: a veth with a peer out of sight in the host"),
    ] {
        let ran = run_on(Recording::new(machine_with_irreplaceable_links()), Options::default(), script);
        assert_eq!(ran.exit, Exit::Refused, "{}", ran.errors);
        assert!(ran.errors.contains(&format!("this cannot be taken back: {what}")), "{}", ran.errors);
        assert!(ran.errors.contains("`--allow-lost` runs the script"), "{}", ran.errors);
        assert!(ran.session.machine().done().is_empty());
        for options in
            [Options { allow_lost: true, ..Options::default() }, Options { keep: true, ..Options::default() }]
        {
            let ran = run_on(machine_with_irreplaceable_links(), options, script);
            assert_eq!(ran.exit, Exit::Done, "{}", ran.errors);
        }
    }
    // Down and up again is no loss.
    let ran =
        run_on(machine_with_irreplaceable_links(), Options::default(), "link set dummy0 down; link set dummy0 up");
    assert_eq!(ran.exit, Exit::Done, "{}", ran.errors);
}
