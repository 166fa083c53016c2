//! `--confirm` and `nns confirm` from outside: what nobody confirms is taken back, whatever became of who asked for it.
//!
//! Each test is a shell script in a sandbox with a `/run` of its own, so that its runs are numbered from 1.

mod in_sandbox;

use std::fs;

use expect_test::{Expect, expect};

/// What the scripts use: a lab, how many guards there are, and waiting for something.
const PRELUDE: &str = r#"
mount -t tmpfs none /run
cat > lab.nns <<END
netns add red
link add v0 type veth peer name v1 netns red
addr add 10.0.0.1/24 dev v0
link set v0 up
in red { addr add 10.0.0.2/24 dev v1; link set v1 up }
END
exec 2>&1
here=$(readlink /proc/$$/ns/net)
guards() {
  for process in /proc/[0-9]*; do
    [ "$(readlink $process/ns/net 2>/dev/null)" = "$here" ] || continue
    case $(tr '\0' ' ' < $process/cmdline 2>/dev/null) in 'nns guard '*) echo ${process#/proc/} ;; esac
  done
}
# Until that is so, for ten seconds.
await() { tries=0; until eval "$1" || [ $tries = 200 ]; do sleep 0.05; tries=$((tries + 1)); done; }
left() { await '[ -z "$(guards)" ]'; echo "guards: $(guards | wc -l); namespaces:" $(ls /run/netns); }
states() { $NNS log | sed -E 's/  +/|/g' | cut -d'|' -f1,3; }
"#;

/// Runs a script of the shell, in which `$NNS` is the program; compares what it prints.
fn told(script: &str, expected: Expect) {
    if in_sandbox::forbidden() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("script"), format!("{PRELUDE}{script}")).unwrap();
    let mut nns = in_sandbox::command(&["-c", "exec unshare --mount --propagation private sh script"]);
    nns.current_dir(directory.path()).env("NNS", env!("CARGO_BIN_EXE_nns"));
    let (_, stdout, stderr) = in_sandbox::ran(&nns.output().unwrap());
    expected.assert_eq(&(stdout + &stderr));
}

#[test]
fn what_nobody_confirms_is_taken_back() {
    told(
        r#"
        $NNS lab.nns --confirm 1s; echo "status $?" $(ls /run/netns); states
        left; ip link show v0; states
        $NNS confirm; echo "status $?"
        $NNS confirm 7"#,
        expect![[r#"
            everything is taken back in 1 s unless you type: nns confirm
            status 0 red
            RUN|STATE
            1|confirm within 1 s
            guards: 0; namespaces:
            Device "v0" does not exist.
            RUN|STATE
            1|not confirmed, undone
            cannot-confirm

              × too late: run 1 (lab.nns) was taken back, as nobody confirmed it within 1 s
              help: run the script again, with more time if that was too little

            status 2
            not-found

              × there is no run 7
              help: `nns log` lists the runs

            `unshare` ended with status 2
        "#]],
    );
}

#[test]
fn what_is_confirmed_stays() {
    told(
        r#"
        $NNS confirm
        $NNS run lab.nns --confirm 1s
        $NNS confirm; echo "status $?"
        left; sleep 1; ls /run/netns; states
        $NNS confirm 1; $NNS undo; $NNS confirm 1
        $NNS lab.nns; $NNS confirm 2"#,
        expect![[r#"
            not-found

              × there is nothing to confirm
              help: `nns lab.nns --confirm 60s` makes a run that is taken back unless you type `nns confirm`

            everything is taken back in 1 s unless you type: nns confirm
            run 1 (lab.nns) stays
            status 0
            guards: 0; namespaces: red
            red
            RUN|STATE
            1|done (confirmed)
            cannot-confirm

              × run 1 (lab.nns) is confirmed already
              help: it stays until somebody types `nns undo`

            run 1 (lab.nns) is undone: everything is as it was before
            cannot-confirm

              × run 1 (lab.nns) was taken back already
              help: run the script again

            cannot-confirm

              × run 2 (lab.nns) waits for nobody
              help: it stays as it is; only runs with `--confirm` are taken back by themselves

            `unshare` ended with status 2
        "#]],
    );
}

#[test]
fn a_claim_that_holds_confirms() {
    told(
        r#"
        $NNS lab.nns --confirm 60s when ping 10.0.0.2; echo "status $?"; left
        $NNS undo
        (await '[ -e /run/netns/red ]'; sleep 0.5; ip netns add late) &
        $NNS run lab.nns --confirm=60s when netns late; echo "status $?"; left; states"#,
        expect![[r#"
            everything is taken back in 60 s unless ping 10.0.0.2 holds
            ping 10.0.0.2 holds: kept
            status 0
            guards: 0; namespaces: red
            run 1 (lab.nns) is undone: everything is as it was before
            everything is taken back in 60 s unless netns late holds
            netns late holds: kept
            status 0
            guards: 0; namespaces: late red
            RUN|STATE
            2|done (confirmed)
            1|undone
        "#]],
    );
}

#[test]
fn a_claim_that_does_not_hold_in_time_does_not_confirm() {
    told(
        r#"
        $NNS lab.nns --confirm 1s when ping 10.0.0.9 from red; echo "status $?"; left
        # What is being looked at when the time is over keeps nothing up, and puts nothing back.
        $NNS lab.nns --confirm 0.5s when exec sleep 60; echo "status $?"; left; states"#,
        expect![[r#"
            everything is taken back in 1 s unless ping 10.0.0.9 from red holds
            ping 10.0.0.9 from red did not hold within 1 s: everything is as it was before
            status 3
            guards: 0; namespaces:
            everything is taken back in 0.5 s unless exec sleep 60 holds
            exec sleep 60 did not hold within 0.5 s: everything is as it was before
            status 3
            guards: 0; namespaces:
            RUN|STATE
            2|not confirmed, undone
            1|not confirmed, undone
        "#]],
    );
}

#[test]
fn a_person_decides_before_the_claim_does() {
    told(
        r#"
        (await '[ -n "$(guards)" ]'; await '$NNS confirm > /dev/null 2>&1') &
        $NNS lab.nns --confirm 60s when netns never; echo "status $?"; left; $NNS undo
        (await '[ -n "$(guards)" ]'; await '$NNS undo > /dev/null 2>&1') &
        $NNS lab.nns --confirm 60s when netns never; echo "status $?"; left
        $NNS lab.nns --confirm 60s when netns never &
        run=$!; await '[ -e /run/netns/red ] && $NNS log | grep -q "confirm within"'; kill -TERM $run
        wait $run; echo "status $?"; left; states"#,
        expect![[r#"
            everything is taken back in 60 s unless netns never holds
            run 1 (lab.nns) stays
            status 0
            guards: 0; namespaces: red
            run 1 (lab.nns) is undone: everything is as it was before
            everything is taken back in 60 s unless netns never holds
            run 2 (lab.nns) was taken back by somebody else
            status 1
            guards: 0; namespaces:
            everything is taken back in 60 s unless netns never holds
            run 3 (lab.nns) is undone: everything is as it was before
            status 1
            guards: 0; namespaces:
            RUN|STATE
            3|undone
            2|undone
            1|undone
        "#]],
    );
}

#[test]
fn a_guard_outlives_the_terminal() {
    told(
        r#"
        # All that the terminal's end, Ctrl-C and the like reach: the group of the shell that it leads.
        for signal in HUP INT TERM; do
          setsid --wait sh -c "$NNS lab.nns --confirm 1s; kill -$signal 0; kill -KILL 0" 2> /dev/null
          echo "$signal: $(guards | wc -l)" $(ls /run/netns); left
        done
        states
        # Whoever waits for a claim leaves the rest to the guard.
        $NNS lab.nns --confirm 60s when netns late & run=$!
        await '$NNS log | grep -q "confirm within"'; kill -HUP $run; wait $run; echo "status $?: $(guards | wc -l)"
        ip netns add late; left; $NNS log | grep '^4' | grep -o 'done.*)'"#,
        expect![[r#"
            HUP: 1 red
            guards: 0; namespaces:
            INT: 1 red
            guards: 0; namespaces:
            TERM: 1 red
            guards: 0; namespaces:
            RUN|STATE
            3|not confirmed, undone
            2|not confirmed, undone
            1|not confirmed, undone
            everything is taken back in 60 s unless netns late holds
            status 1: 1
            guards: 0; namespaces: late red
            done (confirmed)
        "#]],
    );
}

#[test]
fn a_run_that_is_hung_up_is_put_back() {
    told(
        r#"
        echo 'netns add red; exec touch here; exec sleep 60; netns add blue' > long.nns
        for option in "" "--confirm 60s"; do
          $NNS long.nns $option & run=$!
          await 'pgrep -P $run -x sleep > pids'; kill -HUP $run; wait $run; echo "status $?"; left; rm here
        done
        # Unless somebody wants it to go on.
        echo 'netns add red; exec touch here; exec sleep 1; netns add blue' > short.nns
        (trap '' HUP; exec $NNS short.nns) & run=$!
        await '[ -e here ]'; kill -HUP $run; wait $run; echo "status $?"; left"#,
        expect![[r#"
            `sleep` ended with status 143
            interrupted

              × interrupted
               ╭─[long.nns:1:33]
             1 │ netns add red; exec touch here; exec sleep 60; netns add blue
               ·                                 ──────┬──────
               ·                                       ╰── stopped here
               ╰────

            everything is as it was before
            status 1
            guards: 0; namespaces:
            `sleep` ended with status 143
            interrupted

              × interrupted
               ╭─[long.nns:1:33]
             1 │ netns add red; exec touch here; exec sleep 60; netns add blue
               ·                                 ──────┬──────
               ·                                       ╰── stopped here
               ╰────

            everything is as it was before
            status 1
            guards: 0; namespaces:
            status 0
            guards: 0; namespaces: blue red
        "#]],
    );
}

#[test]
fn a_run_that_is_killed_is_taken_back() {
    told(
        r#"
        echo 'netns add red; netns add blue; exec touch here; exec sleep 2' > long.nns
        $NNS long.nns --confirm 60s & run=$!
        await '[ -e here ]'; kill -KILL $run; wait $run 2> /dev/null
        left; states"#,
        expect![[r#"
            guards: 0; namespaces:
            RUN|STATE
            1|undone
        "#]],
    );
}

#[test]
fn a_run_that_fails_needs_no_guard() {
    told(
        r#"
        $NNS -c 'netns add red; expect exec test -e /nowhere' --confirm 60s > told 2>&1; echo "status $?"
        tail -n 1 told; left; states
        $NNS -c 'netns add red; netns del red' --confirm 60s; left; states
        $NNS -c 'netns list' --confirm 60s"#,
        expect![[r#"
            status 3
            everything is as it was before
            guards: 0; namespaces:
            RUN|STATE
            1|failed, put back
            nothing was changed: there is nothing to confirm
            guards: 0; namespaces:
            RUN|STATE
            1|failed, put back
            no named namespaces
            nothing was changed: there is nothing to confirm
        "#]],
    );
}

#[test]
fn what_is_applied_may_be_confirmed_as_well() {
    told(
        r#"
        $NNS apply lab.nns --confirm 1s; left
        $NNS apply lab.nns --confirm 60s when ping 10.0.0.2; echo "status $?"; left
        $NNS apply lab.nns --confirm 60s
        # What is taken back is the last apply alone.
        echo 'netns add blue' >> lab.nns
        $NNS apply lab.nns --confirm 1s when netns never; echo "status $?"; left; states
        $NNS apply lab.nns --confirm 60s; $NNS confirm; left"#,
        expect![[r#"
            made so: 6 changes
            everything is taken back in 1 s unless you type: nns confirm
            guards: 0; namespaces:
            made so: 6 changes
            everything is taken back in 60 s unless ping 10.0.0.2 holds
            ping 10.0.0.2 holds: kept
            status 0
            guards: 0; namespaces: red
            everything is so already
            nothing was changed: there is nothing to confirm
            made so: 1 change
            everything is taken back in 1 s unless netns never holds
            netns never did not hold within 1 s: everything is as it was before
            status 3
            guards: 0; namespaces: red
            RUN|STATE
            3|not confirmed, undone
            2|done (confirmed)
            1|not confirmed, undone
            made so: 1 change
            everything is taken back in 60 s unless you type: nns confirm
            run 4 (lab.nns) stays
            guards: 0; namespaces: blue red
        "#]],
    );
}

#[test]
fn an_undo_comes_first() {
    told(
        r#"
        $NNS lab.nns --confirm 60s
        $NNS undo; left; states
        $NNS confirm"#,
        expect![[r#"
            everything is taken back in 60 s unless you type: nns confirm
            run 1 (lab.nns) is undone: everything is as it was before
            guards: 0; namespaces:
            RUN|STATE
            1|undone
            cannot-confirm

              × run 1 (lab.nns) was taken back already
              help: run the script again

            `unshare` ended with status 2
        "#]],
    );
}

#[test]
fn each_run_has_its_guard() {
    told(
        r#"
        $NNS -c 'netns add red' --confirm 2s
        $NNS -c 'netns add blue' --confirm 2s
        $NNS -c 'netns add green'
        guards | wc -l
        $NNS confirm 1; left; states
        $NNS -c 'netns add pink' --confirm 60s; $NNS -c 'netns add gray' --confirm 60s
        $NNS confirm; $NNS confirm; left"#,
        expect![[r#"
            everything is taken back in 2 s unless you type: nns confirm
            everything is taken back in 2 s unless you type: nns confirm
            2
            run 1 (netns add red) stays
            guards: 0; namespaces: green red
            RUN|STATE
            3|done
            2|not confirmed, undone
            1|done (confirmed)
            everything is taken back in 60 s unless you type: nns confirm
            everything is taken back in 60 s unless you type: nns confirm
            run 5 (netns add gray) stays
            run 4 (netns add pink) stays
            guards: 0; namespaces: gray green pink red
        "#]],
    );
}

#[test]
fn what_others_did_is_left() {
    told(
        r#"
        $NNS lab.nns --confirm 1s; ip netns add other; ip link set v0 mtu 1400
        left; states; $NNS log 1 | tail -n 2; ip -o link show v0 | grep -o 'mtu 1400'"#,
        expect![[r#"
            everything is taken back in 1 s unless you type: nns confirm
            guards: 0; namespaces: other red
            RUN|STATE
            1|not confirmed, undone but for 2 things
              host: link v0 stays: its mtu 1400 is not of this run
              namespace red stays: link v1 in it is not of this run
            mtu 1400
        "#]],
    );
}

#[test]
fn without_its_guard_nothing_happens() {
    told(
        r#"
        $NNS lab.nns --confirm 1s; kill -KILL $(guards); sleep 2.2; left; states
        $NNS confirm; $NNS undo
        # Who only asks it to end has it taken back at once.
        $NNS lab.nns --confirm 60s; kill -TERM $(guards); left; states
        (await '$NNS log | grep -q "confirm within"'; kill -KILL $(guards)) &
        $NNS lab.nns --confirm 60s when netns never; echo "status $?"; left"#,
        expect![[r#"
            everything is taken back in 1 s unless you type: nns confirm
            guards: 0; namespaces: red
            RUN|STATE
            1|done, and not confirmed
            run 1 (lab.nns) stays
            run 1 (lab.nns) is undone: everything is as it was before
            everything is taken back in 60 s unless you type: nns confirm
            guards: 0; namespaces:
            RUN|STATE
            2|not confirmed, undone
            1|undone
            everything is taken back in 60 s unless netns never holds
            whoever was to take run 3 (lab.nns) back is gone: nothing happens by itself any more
            type `nns confirm 3`, or `nns undo 3`
            status 5
            guards: 0; namespaces: red
        "#]],
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    told(
        r#"
        while read -r line; do
          echo "\$ nns $line"; $NNS $line; echo "status $?"
        done <<END
        lab.nns --confirm
        lab.nns --confirm 60x
        lab.nns --confirm 0s
        --confirm lab.nns
        lab.nns --confirm 60s when
        --sandbox lab.nns --confirm 60s
        lab.nns --confirm 60s --keep
        lab.nns --confirm 60s --keep-going
        check lab.nns --confirm 60s
        plan lab.nns --confirm 60s
        undo --confirm 60s
        apply lab.nns --dry-run --confirm 60s
        lab.nns --confirm 60s when pong 10.0.0.1
        lab.nns --confirm 60s when ping 10.0.0.1 form red
        lab.nns --confirm 60s when output x { netns add blue }
END
        $NNS log"#,
        expect![[r#"
            $ nns lab.nns --confirm
            error: a value is required for '--confirm <TIME [when CLAIM]>' but none was supplied

            For more information, try '--help'.
            status 2
            $ nns lab.nns --confirm 60x
            bad-value

              × `60x` is no time to wait for a confirmation
              help: it is written `--confirm 60s`, `--confirm 2m` or `--confirm 60s when ping 10.0.0.1 from red`

            status 2
            $ nns lab.nns --confirm 0s
            bad-value

              × `0s` is no time to wait for a confirmation
              help: it is written `--confirm 60s`, `--confirm 2m` or `--confirm 60s when ping 10.0.0.1 from red`

            status 2
            $ nns --confirm lab.nns
            bad-value

              × `lab.nns` is no time to wait for a confirmation
              help: it is written `--confirm 60s`, `--confirm 2m` or `--confirm 60s when ping 10.0.0.1 from red`

            status 2
            $ nns lab.nns --confirm 60s when
            missing-word

              × `when` wants a claim
              help: it is one that `expect` takes: `--confirm 60s when ping 10.0.0.1 from red`

            status 2
            $ nns --sandbox lab.nns --confirm 60s
            usage

              × in a sandbox there is nothing to confirm: it ends with the command, and all that was done with
              │ it
              help: leave `--confirm` away, or `--sandbox`

            status 2
            $ nns lab.nns --confirm 60s --keep
            usage

              × `--confirm` and `--keep` exclude each other
              help: one takes back what nobody confirms, the other leaves even what failed

            status 2
            $ nns lab.nns --confirm 60s --keep-going
            usage

              × `--confirm` and `--keep-going` exclude each other
              help: one takes back what nobody confirms, the other leaves even what failed

            status 2
            $ nns check lab.nns --confirm 60s
            usage

              × `nns check` makes no run that could be confirmed
              help: leave `--confirm` away

            status 2
            $ nns plan lab.nns --confirm 60s
            usage

              × `nns plan` makes no run that could be confirmed
              help: leave `--confirm` away

            status 2
            $ nns undo --confirm 60s
            usage

              × `nns undo` makes no run that could be confirmed
              help: leave `--confirm` away

            status 2
            $ nns apply lab.nns --dry-run --confirm 60s
            usage

              × `nns apply --dry-run` makes no run that could be confirmed
              help: leave `--confirm` away

            status 2
            $ nns lab.nns --confirm 60s when pong 10.0.0.1
            unknown-word

              × `expect` has no command `pong`
               ╭─[--confirm:1:8]
             1 │ expect pong 10.0.0.1
               ·        ──┬─
               ·          ╰── no command of `expect`
               ╰────
              help: did you mean `ping`?

            status 2
            $ nns lab.nns --confirm 60s when ping 10.0.0.1 form red
            unknown-word

              × `expect ping` has no `form`
               ╭─[--confirm:1:22]
             1 │ expect ping 10.0.0.1 form red
               ·                      ──┬─
               ·                        ╰── no word of `expect ping`
               ╰────
              help: did you mean `from`?

            status 2
            $ nns lab.nns --confirm 60s when output x { netns add blue }
            usage

              × the claim behind `when` changes something
              help: what it does would be done again and again while it is waited for: put it into the script

            status 2
            no runs are remembered
        "#]],
    );
}
