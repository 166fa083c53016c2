use super::{Ending, Head, JournalError, Record};
use crate::{
    exec::Course,
    model::{KernelNumbers, World},
    ops::Op,
};

/// What came of a run, told by what it wrote down.
#[derive(Clone, Debug)]
pub struct Account {
    /// What it began with.
    pub head: Head,
    /// What it did to the world.
    pub course: Course,
    /// What it did, in order.
    pub changes: Vec<Change>,
    /// How it ended; `None` where it was cut short, or where somebody has begun to take it back since.
    pub ending: Option<Ending>,
    /// Somebody began to take it back.
    pub undoing: bool,
    /// Somebody said that it is to stay.
    pub confirmed: bool,
    /// What its file owns: the world without it, and with it.
    pub owned: Option<(World, World)>,
    /// The numbers of the world before, with those that the kernel gave to what was made again.
    pub renumbered: Option<KernelNumbers>,
    /// How many of the last changes may or may not have been made: the first of them, or none, or all.
    in_doubt: usize,
}

/// A change that was about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The change.
    pub op: Op,
    /// What came of it.
    pub fate: Fate,
    /// It takes back what came before.
    pub back: bool,
}

/// What came of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was made.
    Made,
    /// It was refused; a part of it may have been made.
    Refused,
    /// Another one that was refused kept it from being made.
    Skipped,
    /// The writer ended before it could tell.
    InDoubt,
}

impl Account {
    /// The account of a run with these records.
    pub fn of(records: &[Record]) -> Result<Self, JournalError> {
        let senseless = |what: &str| JournalError::Senseless { what: what.into() };
        let Some((Record::Begun(head), records)) = records.split_first() else {
            return Err(senseless("it has no beginning"));
        };
        let mut writer = head.process;
        let mut account = Self {
            course: Course::new(head.before.clone()),
            head: (**head).clone(),
            changes: Vec::new(),
            ending: None,
            undoing: false,
            confirmed: false,
            owned: None,
            renumbered: None,
            in_doubt: 0,
        };
        for record in records {
            match record {
                Record::Begun(_) => return Err(senseless("it begins twice")),
                Record::Refused { places } if places.iter().any(|place| *place >= account.in_doubt) => {
                    return Err(senseless("a change was refused that was not about to be made"));
                }
                Record::Refused { places } => account.refused(places),
                Record::Undoing { process, .. } => {
                    // Whoever else takes it back knows no more of the last changes than we do.
                    if *process == writer {
                        account.made();
                    }
                    writer = *process;
                    account.in_doubt = 0;
                    account.course.take_back();
                    (account.undoing, account.ending) = (true, None);
                }
                Record::Changes(ops) => {
                    account.made();
                    account.course.change(ops);
                    account.in_doubt = ops.len();
                    let change = |op: &Op| Change { op: op.clone(), fate: Fate::InDoubt, back: account.undoing };
                    let changes: Vec<Change> = ops.iter().map(change).collect();
                    account.changes.extend(changes);
                }
                Record::Program => {
                    account.made();
                    account.course.doubt();
                }
                Record::Owns { before, after } => {
                    account.made();
                    account.owned = Some(((**before).clone(), (**after).clone()));
                }
                Record::Numbered(numbers) => {
                    account.made();
                    account.course.numbered(numbers);
                }
                Record::Renumbered(numbers) => {
                    account.made();
                    account.renumbered = Some(numbers.clone());
                }
                Record::Discovered(ns) => account.course.discover(ns),
                Record::Settings { ns, values } => {
                    account.made();
                    for (key, value) in values {
                        account.course.setting(ns, key, value);
                    }
                }
                Record::Seen(world) => {
                    // By who takes back what another process did, without a word about what it did last.
                    if account.in_doubt > 0 {
                        account.made();
                    }
                    account.course.replace((**world).clone());
                }
                Record::Perhaps(world) => account.course.perhaps((**world).clone()),
                Record::Ended { how, .. } => {
                    account.made();
                    account.ending = Some(how.clone());
                }
                Record::Confirmed => {
                    account.made();
                    account.confirmed = true;
                }
                Record::Unconfirmed => account.made(),
            }
        }
        Ok(account)
    }

    /// The changes that it made or may have made, without those that take others back.
    pub fn ops(&self) -> impl Iterator<Item = &Op> {
        let own = self.changes.iter().filter(|change| !change.back && change.fate != Fate::Skipped);
        own.map(|change| &change.op)
    }

    /// What was about to be made was made.
    fn made(&mut self) {
        self.course.settle();
        let start = self.changes.len() - self.in_doubt;
        self.changes[start..].iter_mut().for_each(|change| change.fate = Fate::Made);
        self.in_doubt = 0;
    }

    /// Some were not made; the kernel may have made a part of the first of them, as the model does, or nothing.
    fn refused(&mut self, places: &[usize]) {
        self.course.refused(places);
        let start = self.changes.len() - self.in_doubt;
        for (place, change) in self.changes[start..].iter_mut().enumerate() {
            change.fate = match places.first() {
                Some(first) if *first == place => Fate::Refused,
                Some(_) if places.contains(&place) => Fate::Skipped,
                Some(_) | None => Fate::Made,
            };
        }
        self.in_doubt = 0;
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::{super::tests::head, *};
    use crate::{
        model::{World, differences},
        net::{IfName, NsRef},
        ops::{LinkChanges, LinkKind, LinkOp, LinkSpec, NetnsOp, SysctlOp},
    };

    fn netns(name: &str) -> Op {
        NetnsOp::Add { name: name.parse().unwrap() }.into()
    }

    fn bridge(name: &str) -> Op {
        LinkOp::Add { ns: NsRef::Host, spec: LinkSpec::new(name.parse().unwrap(), LinkKind::Bridge) }.into()
    }

    fn forward(value: &str) -> Op {
        SysctlOp { ns: NsRef::Host, key: "net.ipv4.ip_forward".parse().unwrap(), value: value.into() }.into()
    }

    fn changes(names: &[&str]) -> Record {
        Record::Changes(names.iter().map(|name| netns(name)).collect())
    }

    fn course(records: &[Record]) -> Account {
        Account::of(&[&[Record::Begun(Box::new(head()))], records].concat()).unwrap()
    }

    /// What came of the changes, and how each world that may be differs from the one before.
    fn told(records: &[Record], expected: Expect) {
        let course = course(records);
        let mut text = String::new();
        for Change { op, fate, back } in &course.changes {
            text += &format!("{op}: {fate:?}{}\n", if *back { ", back" } else { "" });
        }
        for world in course.course.against(World::fresh()).1 {
            text += &format!("{:?}\n", differences(world, course.course.before()));
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn what_was_written_before_something_else_was_made() {
        told(
            &[],
            expect![[r#"
            []
        "#]],
        );
        told(
            &[changes(&["red"]), changes(&["blue"]), Record::Confirmed],
            expect![[r#"
                ip netns add red: Made
                ip netns add blue: Made
                ["namespace blue is not wanted", "namespace red is not wanted"]
            "#]],
        );
        let seen = course(&[changes(&["red"]), Record::Refused { places: vec![] }]).course.after().clone();
        told(
            &[changes(&["blue"]), Record::Seen(Box::new(seen))],
            expect![[r#"
            ip netns add blue: Made
            ["namespace red is not wanted"]
        "#]],
        );
    }

    #[test]
    fn of_the_last_changes_any_number_may_have_been_made() {
        told(
            &[changes(&["red"]), changes(&["blue", "green"])],
            expect![[r#"
                ip netns add red: Made
                ip netns add blue: InDoubt
                ip netns add green: InDoubt
                ["namespace red is not wanted"]
            "#]],
        );
    }

    #[test]
    fn a_refused_change_may_have_been_made_in_part() {
        // It gets its MTU before its name is found to be taken.
        let new = LinkChanges { mtu: "1400".parse().ok(), name: "br".parse().ok(), ..LinkChanges::default() };
        let set = LinkOp::Set { ns: NsRef::Host, link: IfName::loopback(), changes: new }.into();
        let batch = Record::Changes(vec![bridge("br"), set, netns("red")]);
        told(
            &[batch, Record::Refused { places: vec![1, 2] }, changes(&["blue"])],
            expect![[r#"
                ip link add name br type bridge: Made
                ip link set dev lo mtu 1400 name br: Refused
                ip netns add red: Skipped
                ip netns add blue: InDoubt
                ["host: link br is not wanted"]
                ["host: link br is not wanted", "host: link lo has mtu 1400, wanted 65536"]
            "#]],
        );
        told(
            &[
                changes(&["red", "red", "blue"]),
                Record::Refused { places: vec![1, 2] },
                changes(&["green"]),
                Record::Confirmed,
            ],
            expect![[r#"
                ip netns add red: Made
                ip netns add red: Refused
                ip netns add blue: Skipped
                ip netns add green: Made
                ["namespace green is not wanted", "namespace red is not wanted"]
                ["namespace green is not wanted", "namespace red is not wanted"]
            "#]],
        );
    }

    #[test]
    fn who_takes_it_back_does_not_know_what_was_in_doubt() {
        let back = Record::Changes(vec![NetnsOp::Del { name: "red".parse().unwrap() }.into()]);
        let begun = [changes(&["red"]), changes(&["blue"])];
        let by = |process| [&begun[..], &[Record::Undoing { process, at: 1 }, back.clone()]].concat();
        told(
            &by(head().process),
            expect![[r#"
                ip netns add red: Made
                ip netns add blue: Made
                ip netns del red: InDoubt, back
                ["namespace blue is not wanted", "namespace red is not wanted"]
                ["namespace blue is not wanted", "namespace red is not wanted"]
            "#]],
        );
        told(
            &by(1),
            expect![[r#"
                ip netns add red: Made
                ip netns add blue: InDoubt
                ip netns del red: InDoubt, back
                ["namespace blue is not wanted", "namespace red is not wanted"]
                ["namespace red is not wanted"]
            "#]],
        );
        assert_eq!(course(&by(1)).ops().count(), 2);
    }

    #[test]
    fn settings_were_so_before() {
        let key = "net.ipv4.ip_forward".parse().unwrap();
        let settings = Record::Settings { ns: NsRef::Host, values: [(key, "1".to_owned())].into() };
        // Found before it was written, or, what the run wrote itself, known better.
        told(
            &[settings.clone(), Record::Changes(vec![forward("0")]), Record::Confirmed],
            expect![[r#"
                sysctl -qw net.ipv4.ip_forward=0: Made
                ["host: net.ipv4.ip_forward is 0, wanted 1"]
            "#]],
        );
        told(
            &[Record::Changes(vec![forward("0")]), settings],
            expect![[r#"
            sysctl -qw net.ipv4.ip_forward=0: Made
            ["host: net.ipv4.ip_forward is 0, wanted 1"]
        "#]],
        );
    }

    #[test]
    fn an_ending_holds_until_it_is_taken_back() {
        let ended = |how| Record::Ended { how, at: 5 };
        let mut records = vec![changes(&["red"]), ended(Ending::Done), Record::Confirmed];
        let done = course(&records);
        assert_eq!((done.ending, done.undoing, done.confirmed), (Some(Ending::Done), false, true));
        records.push(Record::Undoing { process: 1, at: 6 });
        let begun = course(&records);
        assert_eq!((begun.ending, begun.undoing), (None, true));
        records.push(ended(Ending::Undone));
        assert_eq!(course(&records).ending, Some(Ending::Undone));
    }

    #[test]
    fn nonsense_is_refused() {
        let of = |records: &[Record]| Account::of(records).unwrap_err().to_string();
        let begun = Record::Begun(Box::new(head()));
        let refused = Record::Refused { places: vec![1] };
        assert_eq!(of(&[]), "the journal makes no sense: it has no beginning");
        assert_eq!(of(&[begun.clone(), begun.clone()]), "the journal makes no sense: it begins twice");
        for before in [vec![], vec![changes(&["red"])], vec![changes(&["red", "blue"]), Record::Confirmed]] {
            let records = [&[begun.clone()][..], &before, std::slice::from_ref(&refused)].concat();
            assert_eq!(of(&records), "the journal makes no sense: a change was refused that was not about to be made");
        }
    }
}
