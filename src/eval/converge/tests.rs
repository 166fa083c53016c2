use expect_test::{Expect, expect};

use super::*;
use crate::{
    eval::{
        Dry, Ended, Included, Policy, State,
        converge::recorder::{NoFacts, Recorder},
    },
    model::{World, differences},
    source::Sources,
    syntax::{self, ast::Script},
};

const POLICY: Policy = Policy {
    mode: Mode::Check,
    keep_going: false,
    keep: false,
    no_exec: false,
    stays_inside: false,
    max_steps: None,
    converge: Converge::Desired,
};

/// What is there and nobody's: a switch with a port, and a namespace.
const THERE: &str = "\
netns add red
link add br0 mtu 1400 type bridge
link add v master br0 type veth peer name eth0 netns red
in red { link set eth0 up; addr add 10.0.0.1/24 dev eth0; route add default via 10.0.0.254; rule add from 10.1.0.0/16 table 9 }
link set br0 up
link add br1 mtu 1400 type bridge
";

/// A script, and the world that it is made so in.
struct Lab {
    sources: Sources,
    script: Script,
    base: World,
}

/// What the first half says.
struct Desired {
    ended: Ended,
    state: State,
    plan: Vec<String>,
}

impl Lab {
    fn new(base: World, text: &str) -> Self {
        let mut sources = Sources::default();
        let id = sources.add("lab.nns", text);
        let (script, errors) = syntax::parse(sources.get(id));
        assert!(errors.is_empty(), "{errors:?}");
        Self { sources, script, base }
    }

    fn desired(&self) -> Desired {
        let mut state = State::new(self.base.clone());
        let mut outside = Dry::new(NoFacts);
        let included = Included::new();
        let mut evaluator = Evaluator::new(&self.sources, &included, POLICY, &mut state, &mut outside);
        evaluator.run(std::slice::from_ref(&self.script));
        let ended = evaluator.end();
        let segments = outside.into_plan().segments;
        let plan = segments.iter().flat_map(|segment| &segment.steps).map(|step| step.op.to_string()).collect();
        Desired { ended, state, plan }
    }

    /// What the second half asks of a machine that was made so.
    fn rest(&self) -> String {
        let Desired { ended, state: desired, .. } = self.desired();
        assert_eq!(self.told(&ended), "");
        let converge = Converge::Rest { changes: ended.foreseen.changes };
        let policy = Policy { mode: Mode::Run, converge, ..POLICY };
        let mut state = State::new(self.base.clone());
        let mut outside = Recorder { machine: desired.world.clone(), told: String::new() };
        let included = Included::new();
        let mut evaluator = Evaluator::new(&self.sources, &included, policy, &mut state, &mut outside);
        evaluator.run(std::slice::from_ref(&self.script));
        let ended = evaluator.end();
        assert_eq!(self.told(&ended), "");
        assert_eq!(state.history, desired.history, "both halves make the same changes");
        outside.told
    }

    fn told(&self, ended: &Ended) -> String {
        let mut text = String::new();
        for diagnostic in &ended.diagnostics {
            text += &format!("{}: {}\n", diagnostic.code.name(), diagnostic.message);
            for label in &diagnostic.labels {
                text += &format!("  {}: {}\n", self.sources.slice(label.span), label.text);
            }
            diagnostic.notes.iter().for_each(|note| text += &format!("  note: {note}\n"));
            diagnostic.help.iter().for_each(|help| text += &format!("  help: {help}\n"));
        }
        text
    }
}

fn there() -> World {
    let Desired { ended, state, .. } = Lab::new(World::fresh(), THERE).desired();
    assert!(ended.failures.is_empty(), "{:?}", ended.diagnostics);
    state.world
}

/// What is planned where all that [`THERE`] says is there, or what is wrong.
fn plans(text: &str, expected: Expect) {
    let lab = Lab::new(there(), text);
    let desired = lab.desired();
    expected.assert_eq(&format!("{}{}", lab.told(&desired.ended), desired.plan.join("\n")));
}

fn runs(text: &str, expected: Expect) {
    expected.assert_eq(&Lab::new(there(), text).rest());
}

#[test]
fn what_is_so_already_is_not_planned() {
    let lab = Lab::new(there(), THERE);
    let desired = lab.desired();
    assert_eq!(lab.told(&desired.ended), "");
    assert_eq!(differences(&desired.state.world, &lab.base), Vec::<String>::new());
    // Setting a link up is never refused, and makes nothing new.
    assert_eq!(desired.plan, ["ip -n red link set dev eth0 up", "ip link set dev br0 up"]);
    assert_eq!(desired.ended.foreseen, Foreseen { changes: 9, rest: None });
}

#[test]
fn what_is_so_already_is_no_failure() {
    plans(
        "netns add red || link add a type bridge\nnetns add red && link add b type bridge",
        expect!["ip link add name b type bridge"],
    );
    plans(
        "link del nobody\nif ok { link del nobody } { link add a type bridge }",
        expect!["ip link add name a type bridge"],
    );
}

#[test]
fn what_is_another_thing_is_refused_with_the_difference() {
    plans(
        "link add br1 mtu 1500 type bridge",
        expect![[r#"
        kernel-refused: there is a link `br1` in the host already, and not as this line asks: its mtu is 1400
          br1: this name is taken there
          note: it was there before the script
          help: make it so before this line: `ip link set dev br1 mtu 1500`
    "#]],
    );
    plans(
        "link add v type bridge",
        expect![[r#"
        kernel-refused: there is a link `v` in the host already, and not as this line asks: its type is veth
          v: this name is taken there
          note: it was there before the script
          help: choose another name, or take it away first: `ip link del dev v`
    "#]],
    );
    plans(
        "in red addr add 10.0.0.1/24 dev eth0 label eth0:1",
        expect![[r#"
        kernel-refused: link `eth0` has the address 10.0.0.1/24 already, and not as this line asks: its label is `eth0`
          10.0.0.1/24: it is there
          note: it was there before the script
          help: take it away first: `ip -n red addr del 10.0.0.1/24 dev eth0`
    "#]],
    );
    plans(
        "in red route add default via 10.0.0.253",
        expect![[r#"
        kernel-refused: namespace `red` has a route to `default` via 10.0.0.254 already, and not as this line asks: its gateway is 10.0.0.254
          default: the same destination and metric
          note: it came with an address, or was there before the script
          help: put the new one in its place: `ip -n red route replace default via 10.0.0.253`
    "#]],
    );
    plans(
        "in blue addr add 10.0.0.1/24 dev eth0",
        expect![[r#"
        not-found: there is no namespace `blue`
          blue: no namespace has this name
          help: make it first: `netns add blue`
    "#]],
    );
}

#[test]
fn what_is_to_be_typed_helps() {
    plans("link set br1 mtu 1500; link add br1 mtu 1500 type bridge", expect!["ip link set dev br1 mtu 1500"]);
}

#[test]
fn no_change_stands_behind_what_only_a_run_can_tell() {
    let barriers = [
        "ping 10.0.0.1",
        "expect link v",
        "exec true",
        "cat /etc/hosts",
        "ip netns exec red cat /etc/hosts",
        "ip link | cat",
        "spawn sleep 9",
        "settle",
        "listen tcp 80",
        "capture v to /tmp/v.pcap",
        "wait",
        "expect \"x\" { link show }",
        "print hosts > /tmp/hosts",
        "ip link show > /tmp/links",
        "ip link show v && print there",
        "if ok { ip link show v } { print there }",
        "for n in 1..2 { ping 10.0.0.$n }",
        "def p() { ping 10.0.0.1 }\np",
        "in red { ping 10.0.0.1 }",
    ];
    let mut text = String::new();
    for barrier in barriers {
        // Whether there is anything to do makes no difference.
        for change in ["link add new type bridge", "netns add red"] {
            let lab = Lab::new(there(), &format!("{barrier}\n{change}\nlink set v up\n"));
            let told = lab.told(&lab.desired().ended);
            assert!(told.contains(&format!("  {change}: a change\n")), "{barrier}: {told}");
            assert_eq!(told.matches("apply-order").count(), 1, "{told}");
            text = told;
        }
        let lab = Lab::new(there(), &format!("link add new type bridge\n{barrier}\n"));
        let ended = lab.desired().ended;
        assert_eq!(lab.told(&ended), "");
        assert!(ended.foreseen.rest.is_some(), "{barrier}");
    }
    expect![[r#"
        apply-order: this changes something after `ping 10.0.0.1`
          netns add red: a change
          ping 10.0.0.1: its outcome is known only when it has run
          help: `nns run` runs statements in order; for `nns apply`, move it behind the last change
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_change_that_hangs_on_an_outcome_stands_behind_it() {
    plans(
        "ip link show br7 || ip link add br7 type bridge",
        expect![[r#"
            apply-order: this changes something after `ip link show br7`
              ip link add br7 type bridge: a change
              ip link show br7: its outcome is known only when it has run
              help: write the change on its own: `nns apply` leaves what is so already as it is
            ip link add name br7 type bridge"#]],
    );
    plans(
        "if ok { ping 10.0.0.1 } { link add a type bridge }",
        expect![[r#"
        apply-order: this changes something after `ping 10.0.0.1`
          link add a type bridge: a change
          ping 10.0.0.1: its outcome is known only when it has run
          help: `nns run` runs statements in order; for `nns apply`, move it behind the last change
        ip link add name a type bridge"#]],
    );
    plans(
        "for n in 1..2 { link add a$n type bridge; ping 10.0.0.$n }",
        expect![[r#"
        apply-order: this changes something after `ping 10.0.0.$n`
          link add a$n type bridge: a change
          ping 10.0.0.$n: its outcome is known only when it has run
          help: `nns run` runs statements in order; for `nns apply`, move it behind the last change
        ip link add name a1 type bridge
        ip link add name a2 type bridge"#]],
    );
    plans(
        "expect ping 10.0.0.1 || link add a type bridge",
        expect![[r#"
        apply-order: this changes something after `expect ping 10.0.0.1`
          link add a type bridge: a change
          expect ping 10.0.0.1: its outcome is known only when it has run
          help: `nns run` runs statements in order; for `nns apply`, move it behind the last change
        ip link add name a type bridge"#]],
    );
}

#[test]
fn what_the_model_can_tell_may_stand_anywhere() {
    let text = "\
requires kind bridge
print begin
ip link show
sysctl net.ipv4.ip_forward
link add a type bridge > /dev/null
if exists link v { link set v up } else { link add v type bridge }
iptables -C FORWARD -s 10.0.0.0/8 -j ACCEPT || iptables -A FORWARD -s 10.0.0.0/8 -j ACCEPT
sysctl -w net.ipv4.ip_local_port_range='1024 2048'
echo 1 | tee /proc/sys/net/ipv4/ip_forward
";
    plans(
        text,
        expect![[r#"
            ip link add name a type bridge
            ip link set dev v up
            iptables -A FORWARD -s 10.0.0.0/8 -j ACCEPT
            sysctl -qw 'net.ipv4.ip_local_port_range=1024 2048'
            sysctl -qw net.ipv4.ip_forward=1"#]],
    );
}

#[test]
fn what_the_kernel_alone_can_tell_is_refused() {
    plans(
        "netns attach p 1",
        expect![[r#"
        apply-unforeseen: what this does is known only when it has run
          netns attach p 1: `ip netns attach p 1`
          note: which namespace a process is in, and what is there, is not the script's doing
          help: `nns run` leaves it to the kernel; for `nns apply`, leave it out
    "#]],
    );
    let mut base = there();
    base.insert_unknown(NsRef::Named("dim".parse().unwrap()));
    let lab = Lab::new(base, "in dim link add a type bridge || true\nlink add b netns dim type bridge");
    expect![[r#"
        apply-unforeseen: what this does is known only when it has run
          link add a type bridge: `ip -n dim link add name a type bridge`
          note: namespace `dim` may hold more than can be seen
          help: `nns run` leaves it to the kernel; for `nns apply`, leave it out
        apply-unforeseen: what this does is known only when it has run
          link add b netns dim type bridge: `ip link add name b netns dim type bridge`
          note: namespace `dim` may hold more than can be seen
          help: `nns run` leaves it to the kernel; for `nns apply`, leave it out
    "#]]
    .assert_eq(&lab.told(&lab.desired().ended));
}

#[test]
fn a_rule_is_not_made_twice() {
    plans("in red rule add from 10.1.0.0/16 table 9", expect![[""]]);
}

#[test]
fn what_stands_behind_the_last_change_runs() {
    let text = "\
print before
let n = 1
link add a type bridge
ip link show
link del nobody || print handled
in red { addr add 10.0.0.9/24 dev eth0; print between; link set lo up; ping 10.0.0.$n; print inside }
expect link a
if exists link a { print there }
ip link show && ping 10.0.0.2
exec true > /tmp/true
";
    runs(
        text,
        expect![[r#"
        (looks)
        ping 10.0.0.1
        inside
        expect
        expect
        there
        show
        ping 10.0.0.2
        opens /tmp/true
        host: true
        (looks)
    "#]],
    );
}

#[test]
fn without_a_change_all_of_it_runs() {
    runs(
        "print one\nif exists link v { ping 10.0.0.1 }",
        expect![[r#"
        (looks)
        one
        expect
        ping 10.0.0.1
    "#]],
    );
}

#[test]
fn what_is_told_of_a_change_is_not_told() {
    runs(
        "sysctl -w net.ipv4.ip_forward=1\necho 1 | tee /proc/sys/net/ipv4/ip_forward",
        expect![[r#"
        (looks)
    "#]],
    );
}

#[test]
fn the_rest_is_what_stands_behind_the_last_change() {
    let lab = Lab::new(there(), "print one\nlink add a type bridge\nprint two\nnetns add red\nlet n = 1\nprint three");
    let rest = lab.desired().ended.foreseen.rest;
    assert_eq!(rest.map(|rest| lab.sources.slice(rest)), Some("print three"));
}

#[test]
fn a_walk_that_goes_another_way_is_stopped() {
    let lab = Lab::new(there(), "print one\nlink add a type bridge");
    let policy = Policy { mode: Mode::Run, converge: Converge::Rest { changes: 0 }, ..POLICY };
    let mut state = State::new(lab.base.clone());
    let mut outside = Recorder { machine: lab.base.clone(), told: String::new() };
    let included = Included::new();
    let mut evaluator = Evaluator::new(&lab.sources, &included, policy, &mut state, &mut outside);
    evaluator.run(std::slice::from_ref(&lab.script));
    let told = lab.told(&evaluator.end());
    expect![[r#"
        (looks)
        one
        apply-order: this change was not foreseen
          link add a type bridge: it stands behind what was to be the last change
          help: apply the file again: something that it asks about has changed meanwhile
    "#]]
    .assert_eq(&format!("{}{told}", outside.told));
}
