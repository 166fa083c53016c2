//! `nns fmt` from outside: what it writes, what it leaves alone, and what its status says. It needs no machine.

use std::{
    env,
    fs::{self, Permissions},
    io::Write,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    path::Path,
    process::{Command, Output, Stdio},
};

use expect_test::{Expect, expect};

const UNTIDY: &str =
    "#!/usr/bin/env nns\nin red { link set lo up;addr add 10.0.0.1/24 dev lo} # why\n\n\n\n  let x=1;\n";
const TIDY: &str = "#!/usr/bin/env nns\nin red { link set lo up; addr add 10.0.0.1/24 dev lo }  # why\n\nlet x = 1\n";

fn nns(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nns")).args(arguments).current_dir(folder).stdin(Stdio::null()).output().unwrap()
}

/// Status, standard output and standard error, and what the file holds then.
#[expect(clippy::needless_pass_by_value, reason = "`expect![]` makes values")]
fn check(output: &Output, expected: Expect) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let status = output.status.code().unwrap();
    expected.assert_eq(&format!("{}{}status {status}\n", text(&output.stdout), text(&output.stderr)));
}

#[test]
fn a_file_is_replaced_with_its_permissions_and_links_stay() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lab.nns");
    fs::write(&file, UNTIDY).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o751)).unwrap();
    symlink("lab.nns", folder.path().join("link.nns")).unwrap();

    check(
        &nns(folder.path(), &["fmt", "--check", "link.nns"]),
        expect![[r#"
        link.nns
        status 1
    "#]],
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), UNTIDY);

    check(
        &nns(folder.path(), &["fmt", "link.nns"]),
        expect![[r#"
        status 0
    "#]],
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), TIDY);
    assert!(fs::symlink_metadata(folder.path().join("link.nns")).unwrap().is_symlink());
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o751);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left beside it");

    let before = fs::metadata(&file).unwrap().ino();
    check(
        &nns(folder.path(), &["fmt", "lab.nns"]),
        expect![[r#"
        status 0
    "#]],
    );
    assert_eq!(fs::metadata(&file).unwrap().ino(), before, "what is laid out is not written");
    check(
        &nns(folder.path(), &["fmt", "--check", "lab.nns"]),
        expect![[r#"
        status 0
    "#]],
    );
}

#[test]
fn a_folder_is_all_scripts_below_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("labs/deep")).unwrap();
    for (name, text) in
        [("labs/a.nns", UNTIDY), ("labs/deep/b.nns", "a  b\n"), ("labs/c.txt", "a  b\n"), ("d.nns", TIDY)]
    {
        fs::write(folder.path().join(name), text).unwrap();
    }
    check(
        &nns(folder.path(), &["fmt", "--check", "d.nns", "labs"]),
        expect![[r#"
        labs/a.nns
        labs/deep/b.nns
        status 1
    "#]],
    );
    check(
        &nns(folder.path(), &["fmt", "."]),
        expect![[r#"
        status 0
    "#]],
    );
    assert_eq!(fs::read_to_string(folder.path().join("labs/deep/b.nns")).unwrap(), "a b\n");
    assert_eq!(fs::read_to_string(folder.path().join("labs/c.txt")).unwrap(), "a  b\n");
}

#[test]
fn what_is_wrong_stays_and_the_others_are_laid_out() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
    write("bad.nns", b"in red {\n   link  set lo up\n");
    write("good.nns", b"a  b\n");
    write("latin1.nns", b"print \"f\xfcr\"\n");
    let output = nns(folder.path(), &["fmt", "bad.nns", "latin1.nns", "none.nns", "good.nns"]);
    check(
        &output,
        expect![[r#"
        syntax

          × a block is never closed
           ╭─[bad.nns:1:8]
         1 │ in red {
           ·        ┬
           ·        ╰── opened here
           ╰────
          help: add the missing `}`

        input

          × `latin1.nns` is not UTF-8: byte 0xfc in line 1, column 9
          help: convert it: `iconv -f latin1 -t utf-8 latin1.nns`

        input

          × there is no file and no directory `none.nns`

        status 2
    "#]],
    );
    assert_eq!(fs::read_to_string(folder.path().join("bad.nns")).unwrap(), "in red {\n   link  set lo up\n");
    assert_eq!(fs::read_to_string(folder.path().join("good.nns")).unwrap(), "a b\n");
    // As `check` tells it.
    let told = |command| nns(folder.path(), &[command, "bad.nns"]).stderr;
    assert_eq!(String::from_utf8(told("fmt")), String::from_utf8(told("check")));
}

#[test]
fn a_mark_of_the_encoding_goes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.nns"), "\u{feff}a\r\nb\r\n").unwrap();
    fs::write(folder.path().join("b.nns"), "\u{feff}a\n").unwrap();
    check(
        &nns(folder.path(), &["fmt", "--check", "."]),
        expect![[r#"
        ./a.nns
        ./b.nns
        status 1
    "#]],
    );
    nns(folder.path(), &["fmt", "."]);
    assert_eq!(fs::read(folder.path().join("a.nns")).unwrap(), b"a\nb\n");
    assert_eq!(fs::read(folder.path().join("b.nns")).unwrap(), b"a\n");
}

#[test]
fn standard_input_goes_to_standard_output() {
    let reading = |arguments: &[&str], text: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nns"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    check(
        &reading(&["fmt", "-"], UNTIDY),
        expect![[r#"
        #!/usr/bin/env nns
        in red { link set lo up; addr add 10.0.0.1/24 dev lo }  # why

        let x = 1
        status 0
    "#]],
    );
    check(
        &reading(&["fmt", "-"], TIDY),
        expect![[r#"
        #!/usr/bin/env nns
        in red { link set lo up; addr add 10.0.0.1/24 dev lo }  # why

        let x = 1
        status 0
    "#]],
    );
    check(
        &reading(&["fmt", "--check", "-"], UNTIDY),
        expect![[r#"
        <stdin>
        status 1
    "#]],
    );
    check(
        &reading(&["fmt", "-"], "print \"\n"),
        expect![[r#"
        syntax

          × a quote is never closed
           ╭─[<stdin>:1:7]
         1 │ print "
           ·       ┬
           ·       ╰── opened here
           ╰────
          help: add the missing `"`, or take the quote for itself: `\"`

        status 2
    "#]],
    );
}

#[test]
fn the_scripts_of_the_project_are_laid_out() {
    check(
        &nns(Path::new(env!("CARGO_MANIFEST_DIR")), &["fmt", "--check", "scripts"]),
        expect![[r#"
        status 0
    "#]],
    );
}

#[test]
fn help_tells_the_statuses() {
    check(
        &nns(Path::new("/"), &["help", "fmt"]),
        expect![[r#"
            Lay scripts out, each in the one way there is

            Usage: nns fmt [OPTIONS] <DIR|FILE>...

            Arguments:
              <DIR|FILE>...  Scripts, and directories with scripts below; `-` is standard input, laid out on
                             standard output

            Options:
                  --check                        Change nothing: list the scripts that would change
                  --sandbox                      Run in namespaces of its own: no root needed, and nothing is
                                                 left
                  --world <WORLD>                Begin in a world: `lan`, or a script that prepares the sandbox
                  --nic <NAME>                   What the world is to call the machine's uplink
                  --keep                         Leave what was done when a statement fails
                  --keep-going                   Go on after a statement that fails, and put nothing back
                  --confirm <TIME [when CLAIM]>  Take everything back after that time unless you type `nns
                                                 confirm`, or the claim holds
                  --no-check                     Do not check the script before it runs
                  --allow-lost                   Run scripts that take something away which could not be put
                                                 back
                  --no-exec                      Refuse every program: only what `nns` does itself may be done
                  --max-steps <N>                How many statements may be evaluated before a loop counts as
                                                 endless [default: 1000000]
              -v, --verbose                      Tell every change, as the `ip` command that makes it
                  --color <WHEN>                 When to use colours [default: auto] [possible values: auto,
                                                 always, never]
              -h, --help                         Print help (see more with '--help')

            Blocks are indented by two blanks; words, comments and what stands in quotes stay as they are. Lines
            that
            you break behind `&&`, `||`, `|` or with a `\` stay broken, and a block that you write on one line
            stays
            there if it fits in 100 columns.

            Exit status:
              0  every script is laid out
              1  --check: a script would change
              2  a script cannot be read or written, or has errors; it stays as it is
            status 0
        "#]],
    );
}
