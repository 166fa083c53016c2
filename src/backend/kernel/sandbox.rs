//! Namespaces of one's own to play in.
//!
//! In: a process with a single thread. Out: the same process in new user, mount and network namespaces, where it is
//! root: it can make namespaces, links and rules, the machine's own network is out of reach, and all is gone when the
//! process and its children are. Files stay the real ones, except that `/run` is empty, so that the names of namespaces
//! are the sandbox's own, and that `/sys` shows the sandbox's links where the machine allows that.
//!
//! For root, too, there is a user namespace: what is done in the sandbox must not reach the machine by another way.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::{Child, Command, Stdio},
};

use nix::{
    errno::Errno,
    mount::{MsFlags, mount},
    sched::{CloneFlags, unshare},
    unistd::{getegid, geteuid},
};
use thiserror::Error;

use super::netns;

/// Why there is no sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SandboxError {
    /// Only a process with one thread can enter a user namespace.
    #[error("a sandbox can only be entered while the process has one thread")]
    Threads,
    /// A setting of the machine forbids user namespaces to ordinary users.
    #[error("this machine forbids sandboxes to ordinary users: `{setting}` is {value}")]
    Forbidden {
        /// The setting.
        setting: &'static str,
        /// What it is.
        value: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// A limit on the number of namespaces is reached.
    #[error("this machine allows no more namespaces: `{setting}` is {value}")]
    Limit {
        /// The setting.
        setting: &'static str,
        /// What it is.
        value: String,
    },
    /// The kernel refused, and no setting that is known says why.
    #[error("{doing}: {errno}")]
    Refused {
        /// What was being done.
        doing: &'static str,
        /// The kernel's number for it.
        errno: Errno,
    },
}

impl SandboxError {
    /// What to type, or to change, to have one all the same.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Threads => None,
            Self::Forbidden { setting, wanted, .. } => {
                Some(format!("allow it until the next boot: `sudo sysctl -w {setting}={wanted}`"))
            }
            Self::Limit { setting, .. } => Some(format!("raise the limit: `sudo sysctl -w {setting}=15000`")),
            Self::Refused { errno: Errno::EPERM | Errno::EACCES, .. } => Some(
                "inside a container, start that with `--security-opt seccomp=unconfined --security-opt \
                 apparmor=unconfined`"
                    .into(),
            ),
            Self::Refused { .. } => None,
        }
    }
}

/// Moves the process into a sandbox. Must be called while it has a single thread.
pub fn enter() -> Result<(), SandboxError> {
    let mut ids = IdMaps::prepare();
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWNET)
        .map_err(|errno| explain("making a user namespace", errno, setting))?;
    let explain = |doing| move |error: io::Error| explain(doing, errno_of(&error), setting);
    ids.write().map_err(explain("becoming root in a user namespace"))?;
    prepare_mounts().map_err(explain("preparing the mounts of a sandbox"))
}

fn prepare_mounts() -> io::Result<()> {
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    mount(Some("tmpfs"), "/run", Some("tmpfs"), MsFlags::MS_NOSUID | MsFlags::MS_NODEV, Some("mode=755"))?;
    netns::prepare_directory()?;
    // Programs that look at /sys/class/net would see the machine's links. Where part of /sys is covered, as in
    // containers, the kernel does not allow this, and all that matters works without it.
    let _ =
        mount(Some("sysfs"), "/sys", Some("sysfs"), MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC, none);
    Ok(())
}

/// How the users and groups of the sandbox are those of the machine (`user_namespaces(7)`).
enum IdMaps {
    /// The one user and group that an ordinary user may map: oneself becomes root.
    Own { uid: u32, gid: u32 },
    /// All of them, so that root's files are root's and everybody's stay theirs. Only a process outside may say so: a
    /// shell that waits for a line before it does.
    All(Child),
}

impl IdMaps {
    /// To be called outside, before the user namespace is made.
    fn prepare() -> Self {
        let own = Self::Own { uid: geteuid().as_raw(), gid: getegid().as_raw() };
        if !geteuid().is_root() {
            return own;
        }
        let (Some(users), Some(groups)) = (identity("/proc/self/uid_map"), identity("/proc/self/gid_map")) else {
            return own;
        };
        let script = r#"read go && printf %s "$1" >"/proc/$PPID/uid_map" && printf %s "$2" >"/proc/$PPID/gid_map""#;
        Command::new("sh")
            .args(["-c", script, "sh", &users, &groups])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_or(own, Self::All)
    }

    /// To be called inside.
    fn write(&mut self) -> io::Result<()> {
        match self {
            Self::Own { uid, gid } => write_own(*uid, *gid),
            Self::All(shell) => {
                if let Some(mut stdin) = shell.stdin.take() {
                    stdin.write_all(b"go\n")?;
                }
                // A root without the capabilities for it is like an ordinary user whose number is 0.
                if shell.wait()?.success() { Ok(()) } else { write_own(0, 0) }
            }
        }
    }
}

/// The shell must not be left behind when there is no user namespace after all; without its line it ends by itself.
impl Drop for IdMaps {
    fn drop(&mut self) {
        if let Self::All(shell) = self {
            drop(shell.stdin.take());
            let _ = shell.wait();
        }
    }
}

fn write_own(uid: u32, gid: u32) -> io::Result<()> {
    // Groups could otherwise be dropped whose members are denied access to a file.
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("0 {uid} 1\n"))?;
    fs::write("/proc/self/gid_map", format!("0 {gid} 1\n"))
}

/// The map under which every number of this user namespace stays the same in one below.
fn identity(map: &str) -> Option<String> {
    let lines = fs::read_to_string(map).ok()?;
    let mut all = String::new();
    for line in lines.lines() {
        let mut numbers = line.split_whitespace();
        let (inside, count) = (numbers.next()?, numbers.nth(1)?);
        all.push_str(&format!("{inside} {inside} {count}\n"));
    }
    (!all.is_empty()).then_some(all)
}

fn errno_of(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)
}

/// A kernel setting of the machine.
fn setting(key: &str) -> Option<String> {
    let path = Path::new("/proc/sys").join(key.replace('.', "/"));
    fs::read_to_string(path).ok().map(|value| value.trim().to_owned())
}

/// Finds the setting that is to blame.
fn explain(doing: &'static str, errno: Errno, setting: impl Fn(&str) -> Option<String>) -> SandboxError {
    let forbidding =
        [("kernel.unprivileged_userns_clone", "0", "1"), ("kernel.apparmor_restrict_unprivileged_userns", "1", "0")];
    let limits = ["user.max_user_namespaces", "user.max_net_namespaces", "user.max_mnt_namespaces"];
    match errno {
        Errno::EINVAL => SandboxError::Threads,
        Errno::EPERM | Errno::EACCES => {
            forbidding.into_iter().find(|(key, bad, _)| setting(key).as_deref() == Some(bad)).map_or(
                SandboxError::Refused { doing, errno },
                |(key, bad, wanted)| SandboxError::Forbidden { setting: key, value: bad.into(), wanted },
            )
        }
        Errno::ENOSPC => limits
            .into_iter()
            .filter_map(|key| setting(key).map(|value| (key, value)))
            .min_by_key(|(_, value)| value.parse::<u64>().unwrap_or(u64::MAX))
            .map_or(SandboxError::Refused { doing, errno }, |(setting, value)| SandboxError::Limit { setting, value }),
        _ => SandboxError::Refused { doing, errno },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(errno: Errno, settings: &[(&str, &str)]) -> SandboxError {
        explain("making a user namespace", errno, |key| {
            settings.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_setting_to_blame_is_named_with_its_remedy() {
        let debian = error(Errno::EPERM, &[("kernel.unprivileged_userns_clone", "0")]);
        assert_eq!(
            debian.to_string(),
            "this machine forbids sandboxes to ordinary users: `kernel.unprivileged_userns_clone` is 0"
        );
        assert_eq!(
            debian.help().as_deref(),
            Some("allow it until the next boot: `sudo sysctl -w kernel.unprivileged_userns_clone=1`")
        );
        let ubuntu = error(
            Errno::EACCES,
            &[("kernel.unprivileged_userns_clone", "1"), ("kernel.apparmor_restrict_unprivileged_userns", "1")],
        );
        assert!(ubuntu.help().unwrap().ends_with("kernel.apparmor_restrict_unprivileged_userns=0`"));
    }

    #[test]
    fn the_lowest_limit_is_the_one_reached() {
        let limits = [("user.max_user_namespaces", "1000"), ("user.max_net_namespaces", "0")];
        assert_eq!(
            error(Errno::ENOSPC, &limits),
            SandboxError::Limit { setting: "user.max_net_namespaces", value: "0".into() }
        );
    }

    #[test]
    fn what_nothing_explains_is_told_as_it_is() {
        let refused = error(Errno::EPERM, &[("kernel.unprivileged_userns_clone", "1")]);
        assert_eq!(refused.to_string(), "making a user namespace: EPERM: Operation not permitted");
        assert!(refused.help().unwrap().contains("seccomp"));
        assert_eq!(error(Errno::EINVAL, &[]), SandboxError::Threads);
    }
}
