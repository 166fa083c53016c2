//! The names of all errors and warnings, each with what it means.
//!
//! A code is the stable handle of a diagnostic: what `nns help CODE` explains, what tests and scripts match.

/// Defines [`Code`] from one table: variant, kebab-case name, and the explanation as a doc comment.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// Which kind of problem a diagnostic tells of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = $doc])+ $variant,)+ }

        impl Code {
            /// All codes, by name.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name in kebab case.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What it means, why it matters and what to do instead.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc, "\n",)+),)+ }
            }
        }
    };
}

codes! {
    /// `nns apply` works out what the world is to be before it does anything. A ping, a program or an `expect` shows its
    /// outcome only when it runs, so no change may stand behind one. Move it behind the last change: what stands there
    /// is run when the changes are made.
    ApplyOrder = "apply-order",
    /// `nns apply` works out what the world is to be before it does anything, and what this change does only the kernel
    /// can tell. `nns run` leaves it to the kernel.
    ApplyUnforeseen = "apply-unforeseen",
    /// A value has the wrong form: `300.1.1.1/24` is no address, `02:00` no MAC, `many` no number. The message says
    /// what form is wanted.
    BadValue = "bad-value",
    /// `nns confirm` came too late, or the run waits for nobody. The message says what became of it.
    CannotConfirm = "cannot-confirm",
    /// What the script takes away could not be made again: a link of a kind that `nns` does not make, a cable whose other
    /// end is in a namespace without a name. Nothing was done; `--allow-lost` runs the script all the same.
    CannotUndo = "cannot-undo",
    /// The script evaluates more statements than it may (`--max-steps`), or a `def` calls itself too deep: a loop that
    /// does not end, most of the time.
    Endless = "endless",
    /// An expectation (`expect …`) does not hold. The message says what was seen instead.
    ExpectationFailed = "expectation-failed",
    /// A file cannot be read as a script: it is missing, a directory, not UTF-8, or holds NUL bytes.
    Input = "input",
    /// Ctrl-C, SIGTERM or the end of the terminal stopped the script; what it had changed was put back.
    Interrupted = "interrupted",
    /// The journal of a run cannot be written or read: a full disk, a directory of somebody else. A run that could not be
    /// taken back if it were killed is not begun, or stops and is put back.
    Journal = "journal",
    /// The kernel refused a change, for the reason given.
    KernelRefused = "kernel-refused",
    /// A statement ends before all it needs was said, as `link set eth0 mtu` without the number.
    MissingWord = "missing-word",
    /// Nothing has that name: a link, a namespace, an address, a route or a variable. It may be misspelt, made further
    /// down, or be in another namespace.
    NotFound = "not-found",
    /// Changing the network takes the capability CAP_NET_ADMIN, and other namespaces CAP_SYS_ADMIN. `--sandbox` needs
    /// neither.
    NotPermitted = "not-permitted",
    /// A word, an option or a kind of link that the tools of Linux know and `nns` does not have yet. The program itself
    /// can be run with `exec`.
    NotSupported = "not-supported",
    /// `--dport`, `--sport` and the port of a translation say nothing without a protocol that has ports: `iptables`
    /// refuses them without `-p tcp`, `-p udp` or `-p sctp` before. Write `-p tcp --dport 80`.
    PortWithoutProto = "port-without-proto",
    /// A statement runs a program, and `--no-exec` says that none is to be run. What `nns` does itself (`ip`, `ping`,
    /// `iptables`, `sysctl` and the like) is no program.
    ProgramForbidden = "program-forbidden",
    /// The machine does not have what the script says it cannot do without (`requires …`): a kind of links, a program,
    /// IPv6. Nothing was done; the exit status is 77, and `nns test` counts the script as skipped.
    RequirementNotMet = "requirement-not-met",
    /// A statement is wrong in shape: an open quote, a brace without its partner, an operator without a statement.
    Syntax = "syntax",
    /// A first word that is no statement, or a word that a statement does not have.
    UnknownWord = "unknown-word",
    /// The words are known and the statement does not make sense: an option given twice, two that exclude each other.
    Usage = "usage",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case_unique_and_sorted() {
        let names: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert!(names.is_sorted());
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(names.iter().all(|name| name.bytes().all(|c| c.is_ascii_lowercase() || c == b'-')));
    }
}
