//! Programs: by name behind our own words, by path where there is a slash.

use expect_test::expect;

use super::check;

#[test]
fn programs_stand_behind_our_own_words() {
    check(
        &[
            "exec |",
            "exec c|",
            "in red exec cu|",
            "netns exec red c|",
            "in red c|",
            "spawn sl|",
            "requires program tcp|",
            "expect exec c|",
            "link show | c|",
            "c|",
            "li|",
            "t|",
            "true; py|",
        ],
        expect![[r#"
            > exec |
                cat                a program
                curl               a program
                false              a program
                link               a program
                python3            a program
                sleep              a program
                tc                 a program
                tcpdump            a program
                test               a program
            > exec c|
                cat                a program
                curl               a program
            > in red exec cu|
                curl               a program
            > netns exec red c|
                capture            write the packets that pass a link into a file for tcpdump and wireshark, until the script ends or `kill NAME`
                cat                a program
                curl               a program
            > in red c|
                capture            write the packets that pass a link into a file for tcpdump and wireshark, until the script ends or `kill NAME`
                cat                a program
                curl               a program
            > spawn sl|
                sleep              a program
            > requires program tcp|
                tcpdump            a program
            > expect exec c|
                cat                a program
                curl               a program
            > link show | c|
                cat                a program
                curl               a program
            > c|
                capture            write the packets that pass a link into a file for tcpdump and wireshark, until the script ends or `kill NAME`
                cat                a program
                curl               a program
            > li|
                link               add, del, set, show
                listen             serve ports of the current namespace until the script ends: what comes in is sent back
            > t|
                true               do nothing, and succeed
                tcpdump            a program
                test               a program
            > true; py|
                python3            a program
        "#]],
    );
}

#[test]
fn a_path_leads_to_programs() {
    check(
        &["exec labs/|", "labs/|", "in red labs/r|", "netns exec red labs/|", "exec ./no|", "link labs/|"],
        expect![[r#"
            > exec labs/|
                labs/…             a folder
                labs/run           a program
            > labs/|
                labs/…             a folder
                labs/run           a program
            > in red labs/r|
                labs/run           a program
            > netns exec red labs/|
                labs/…             a folder
                labs/run           a program
            > exec ./no|
            > link labs/|
        "#]],
    );
}
