//! The cases of `nat`, `firewall` and `iptables` in memory alone: what they print, wherever the machine that tests them
//! has no nf_tables.
//!
//! `UPDATE_EXPECT=1` writes the `.out` files, which are those that `tests/cases_run` compares with too.

use std::{
    cell::RefCell,
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    rc::Rc,
};

use nns::{
    backend::Memory,
    model::World,
    process::interrupt::Interrupt,
    session::{Options, Session, Terminal},
};

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

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let folders = ["firewall", "iptables", "nat"].map(|folder| root.join(folder));
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("there is the folder"));
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.expect("a case").path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "nns"));
    cases.sort();
    cases
}

fn played(case: &Path) -> String {
    let paper = Paper::default();
    let terminal = Terminal::new(paper.clone(), paper.clone());
    let memory = Memory::new(World::fresh());
    let mut session = Session::new(memory, Options::default(), terminal, Interrupt::never());
    let name = case.file_name().expect("a case is a file").to_string_lossy().into_owned();
    let source = session.add(&name, &fs::read_to_string(case).expect("the case can be read"));
    let exit = session.run(&[source]);
    let printed = String::from_utf8(paper.0.borrow().clone()).expect("what is printed is text");
    format!("{printed}exit status {}\n", exit.code())
}

#[test]
fn they_print_what_they_should() {
    let cases = cases();
    assert!(cases.len() > 15, "{cases:?}");
    for case in cases {
        let (printed, golden) = (played(&case), case.with_extension("out"));
        if env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&golden, &printed).expect("the golden file can be written");
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        assert!(printed == expected, "{}\nprinted:\n{printed}\nexpected:\n{expected}", case.display());
    }
}
