//! Namespaces of processes: names for them, and links that go there.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    process::{Child, Command},
    thread,
    time::Duration,
};

use nns::session::{Exit, Options};

use crate::{
    observe::{sh, try_sh},
    scripts::{done, put_back, run, run_with},
};

/// A process that sleeps in a namespace, and is ended with the case.
struct Sleeper(Child);

impl Sleeper {
    /// In a namespace of its own.
    fn alone() -> Self {
        Self::started(&["unshare", "--net", "sleep", "60"])
    }

    /// In one with a name.
    fn inside(name: &str) -> Self {
        Self::started(&["nsenter", &format!("--net=/run/netns/{name}"), "sleep", "60"])
    }

    fn started(words: &[&str]) -> Self {
        let child = Command::new(words[0]).args(&words[1..]).spawn().expect("it is installed");
        let sleeper = Self(child);
        let inode = |process: &str| fs::metadata(format!("/proc/{process}/ns/net")).unwrap().ino();
        let entered = (0..500).any(|_| {
            thread::sleep(Duration::from_millis(10));
            inode(&sleeper.id()) != inode("self")
        });
        assert!(entered);
        sleeper
    }

    fn id(&self) -> String {
        self.0.id().to_string()
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

pub fn get_names() {
    let alone = Sleeper::alone();
    sh("ip netns add red");
    let inside = Sleeper::inside("red");
    let (web, red) = (alone.id(), inside.id());

    let text = done(&format!("netns attach web {web}\nip netns attach red2 {red}\nin web link set lo up"));
    assert_eq!(text, "");
    assert!(sh("ip -n web link show dev lo").contains("LOOPBACK,UP"));
    for question in [
        format!("netns identify {web}"),
        format!("netns identify {red}"),
        "netns identify".into(),
        "netns pids web".into(),
        "netns pids red".into(),
        "netns exec red ip netns identify".into(),
        "netns exec web ip netns identify".into(),
    ] {
        assert_eq!(done(&format!("ip {question}")), sh(&format!("ip {question}")), "{question}");
    }
    assert_eq!(done("in web netns identify"), "web\n");

    // Several names are one namespace, and one that is taken is no other.
    done("in red2 link set lo up\nin red expect link lo up\nin red2 expect link lo up");
    done(
        "netns attach machine 1\nlink add br0 type bridge\nin machine { expect link br0; link del br0 }\nexpect no link br0",
    );
    assert_eq!(done("netns identify 1"), "machine\n");
    // A name that is put back stands for what it stood for.
    put_back("in machine link add br0 type bridge\nin red2 link add br1 type bridge\nnetns del red machine");
    done("expect no link br0\nin red expect no link br1\nexpect netns machine\nnetns del machine");
    assert!(run(&format!("netns attach web {red}")).1.contains("there is a namespace `web` already"));
    done("netns del red2");
    assert_eq!(done("netns pids red"), format!("{red}\n"));
    // A name that the script took away is free.
    done(&format!("netns del web\nnetns attach web {web}\nin web expect link lo up"));
}

pub fn lose_their_names() {
    let alone = Sleeper::alone();
    let pid = alone.id();
    sh("ip link add near type veth peer name far");
    let seen = || (sh("ip -j link"), sh(&format!("nsenter --net=/proc/{pid}/ns/net ip -j addr")), sh("ip netns"));
    let before = seen();
    put_back(&format!("netns attach web {pid}"));
    assert_eq!(seen(), before);
    // What was changed under the new name is changed back.
    put_back(&format!(
        "netns attach web {pid}\nlink set far netns web\nin web {{ addr add 10.0.0.1/24 dev lo; link set far up }}"
    ));
    assert_eq!(seen().1, before.1);
    assert_eq!(seen().2, "");
    sh("ip link show dev far");

    let (exit, text) = run("netns attach web 999999999");
    assert_eq!(exit, Exit::Refused, "{text}");
    assert!(text.contains("there is no process 999999999"), "{text}");
    // The kernel says so too.
    let unchecked = Options { no_check: true, ..Options::default() };
    let (exit, text) = run_with(unchecked, "netns attach web 999999999");
    assert_eq!(exit, Exit::Failed, "{text}");
    assert!(text.contains("there is no process 999999999"), "{text}");
    assert_eq!(sh("ls /run/netns"), "");
}

pub fn keep_what_is_put_back() {
    sh("ip netns add red; ip netns add blue; touch /run/netns/alias; mount --bind /run/netns/blue /run/netns/alias");
    let inside = Sleeper::inside("red");
    done("link add near type veth peer name far netns red\nin red { addr add 10.0.0.1/24 dev far; link set far up }");
    let look =
        || (sh("ip netns identify 1; ip -n red -j addr; ip -j link; stat -c %i /run/netns/*"), sh("ip netns pids red"));
    let before = look();
    put_back("netns del red");
    assert_eq!(look(), before);
    assert_eq!(before.1, format!("{}\n", inside.id()));
    put_back("netns del red blue\nnetns add red\nin red { link add br0 type bridge; link set lo up }\nnetns del alias");
    assert_eq!(look(), before);
    put_back("netns del red blue alias\nnetns add blue red\nlink add a type veth peer name b netns red");
    assert_eq!(look(), before);
    // What is not put back is let go.
    done("netns del red");
    drop(inside);
    let is_gone = (0..200).any(|_| {
        thread::sleep(Duration::from_millis(20));
        try_sh("ip link show dev near").is_err()
    });
    assert!(is_gone);
}

pub fn get_links() {
    let (alone, other) = (Sleeper::alone(), Sleeper::alone());
    let pid = alone.id();
    let there = format!("nsenter --net=/proc/{pid}/ns/net ip");
    sh("ip link add near type veth peer name far; ip netns add red");

    done(&format!("ip link set far netns {pid}"));
    assert!(sh(&format!("{there} link show dev far")).contains("far@"));
    sh(&format!("{there} link del far; ip link add near type veth peer name far; ip link set far up"));

    // There and back, with all that it had.
    sh("ip addr add 10.0.0.1/24 dev far");
    put_back(&format!("ip link set far netns {pid} name eth0"));
    let far = sh("ip addr show dev far");
    assert!(far.contains("UP") && far.contains("10.0.0.1/24"), "{far}");
    assert!(try_sh(&format!("{there} link show dev eth0")).is_err());
    put_back(&format!("link add br0 netns {pid} type bridge\nlink add a type veth peer name b netns {pid}"));
    assert_eq!(sh(&format!("{there} -o link")).lines().count(), 1);
    // Nobody knew of the process before the first change.
    let unchecked = Options { no_check: true, ..Options::default() };
    let script = format!("netns add blue\nlink set far netns {pid}\nexpect netns none");
    let (exit, text) = run_with(unchecked, &script);
    assert_eq!(exit, Exit::Expectation, "{text}");
    sh("ip link show dev far");

    // From one process to another, through a file of the kernel, to a name that is digits, to one that has a name.
    done(&format!("ip link set far netns /proc/{pid}/ns/net"));
    sh(&format!("{there} link show dev far"));
    let inside = Sleeper::inside("red");
    done(&format!("link add v0 type veth peer name v1 netns {}\nin red expect link v1", inside.id()));
    sh(&format!("ip netns add {}", other.id()));
    done(&format!("ip link set v0 netns {0}\nin {0} expect link v0", other.id()));

    let (exit, text) = run("ip link set near netns 999999999");
    assert_eq!(exit, Exit::Refused, "{text}");
    assert!(text.contains("there is no process 999999999"), "{text}");
}

pub fn names_without_namespaces() {
    sh("ip netns add red; ip netns add test_net; ip netns add blue; umount /run/netns/test_net");
    assert_eq!(done("ip netns"), sh("ip netns"));
    assert_eq!(done("netns"), "NAMESPACE\nblue\nred\ntest_net\n");
    assert_eq!(done("ip netns pids test_net"), sh("ip netns pids test_net"));

    for statement in ["in test_net link set lo up", "ip link add v0 netns test_net type veth peer name v1"] {
        let (exit, text) = run(statement);
        assert_eq!(exit, Exit::Failed, "{text}");
        assert!(text.contains("nothing can enter `test_net`") && text.contains("netns del test_net"), "{text}");
    }
    for statement in
        ["ip netns exec test_net sh -c true", "ip -n test_net link", "in test_net sysctl net.ipv4.ip_forward"]
    {
        let (_, text) = run(statement);
        assert!(text.contains("`test_net` is a name without a namespace"), "{statement}: {text}");
    }
    let (exit, text) = run("netns add test_net");
    assert_eq!(exit, Exit::Refused, "{text}");

    put_back("in red sysctl -w net.ipv4.ip_forward=1\nlink add v0 type veth peer name v1 netns red");
    put_back("in red sysctl -w net.ipv4.ip_forward=1\nexec umount /run/netns/red");
    put_back("netns add green\nexec umount /run/netns/green");
    assert_eq!(sh("ip netns | sort"), "blue\nred\ntest_net\n");
    done("netns del test_net red");
    assert_eq!(sh("ip netns"), "blue\n");
}
