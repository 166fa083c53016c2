//! Reports in the format of JUnit, which other programs read.
//!
//! In: tests. Out: XML 1.0. Characters that XML cannot hold, as those of colours, are replaced.

use std::{path::Path, time::Duration};

use super::outcome::{Outcome, Tally, Test, plain};

/// The report.
pub fn render(tests: &[Test], elapsed: Duration) -> String {
    let Tally { passed: _, failed, skipped, not_run } = Tally::of(tests);
    let counts = format!(
        "name=\"nns\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"{}\" time=\"{}\"",
        tests.len(),
        skipped + not_run,
        seconds(elapsed)
    );
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite {counts} hostname=\"localhost\">\n"
    );
    for test in tests {
        text += &render_test(test);
    }
    text + "  </testsuite>\n</testsuites>\n"
}

fn render_test(test: &Test) -> String {
    let directory = Path::new(&test.script).parent().map_or(String::new(), |path| path.display().to_string());
    let class = if directory.is_empty() { "." } else { &directory };
    let head = format!(
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{}\"",
        escape(class),
        escape(&test.script),
        seconds(test.time)
    );
    match &test.outcome {
        Outcome::Passed => format!("{head}/>\n"),
        Outcome::Failed { why } => {
            let (why, output) = (escape(why), escape_text(&plain(&test.output)));
            format!("{head}>\n      <failure message=\"{why}\">{output}</failure>\n    </testcase>\n")
        }
        Outcome::Skipped { why } => skipped(&head, why),
        Outcome::NotRun => skipped(&head, "not run: the tests were interrupted"),
    }
}

fn skipped(head: &str, why: &str) -> String {
    format!("{head}>\n      <skipped message=\"{}\"/>\n    </testcase>\n", escape(why))
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

/// Text of an attribute: a reader would take bare ends of lines for blanks.
fn escape(text: &str) -> String {
    escape_text(text).replace('"', "&quot;").replace('\n', "&#10;").replace('\t', "&#9;")
}

/// Text of an element (`Char` in XML 1.0, §2.2).
fn escape_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '\r' => escaped += "&#13;",
            '\n' | '\t' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => escaped.push(letter),
            _ => escaped.push('\u{fffd}'),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_written_otherwise() {
        assert_eq!(escape("a<b>&\"c\"\n\u{1}"), "a&lt;b&gt;&amp;&quot;c&quot;&#10;\u{fffd}");
        assert_eq!(escape_text("]]>\r\n\u{ffff}"), "]]&gt;&#13;\n\u{fffd}");
    }

    #[test]
    fn a_report() {
        let ended = |script: &str, outcome| Test {
            outcome,
            output: "\x1b[31mseen\x1b[0m < 3\n".into(),
            time: Duration::from_millis(5),
            ..Test::new(script)
        };
        let tests = [
            ended("labs/a.nns", Outcome::Passed),
            ended("b&c.nns", Outcome::Failed { why: "\"no\"".into() }),
            ended("labs/d.nns", Outcome::Skipped { why: "no IPv6".into() }),
            Test::new("labs/e.nns"),
        ];
        expect![[r#"
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="nns" tests="4" failures="1" errors="0" skipped="2" time="1.500">
              <testsuite name="nns" tests="4" failures="1" errors="0" skipped="2" time="1.500" hostname="localhost">
                <testcase classname="labs" name="labs/a.nns" time="0.005"/>
                <testcase classname="." name="b&amp;c.nns" time="0.005">
                  <failure message="&quot;no&quot;">seen &lt; 3
            </failure>
                </testcase>
                <testcase classname="labs" name="labs/d.nns" time="0.005">
                  <skipped message="no IPv6"/>
                </testcase>
                <testcase classname="labs" name="labs/e.nns" time="0.000">
                  <skipped message="not run: the tests were interrupted"/>
                </testcase>
              </testsuite>
            </testsuites>
        "#]]
        .assert_eq(&render(&tests, Duration::from_millis(1500)));
    }
}
