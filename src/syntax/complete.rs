//! Whether a text is complete, or a prompt should ask for another line.
//!
//! In: what was typed so far. Out: yes or no. This looks at brackets and quotes only and is not the parser, which
//! recovers from what is missing and so could not tell.

/// Whether no block, quote, line or chain is still open at the end of a text.
pub fn is_complete(text: &str) -> bool {
    let mut open_blocks = 0_usize;
    // Where the last character ends that is neither blank nor comment: what an operator at the end would end with.
    let mut end = 0;
    // Whether a `#` would begin a comment.
    let mut word_may_begin = true;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '#' if word_may_begin => {
                while chars.next_if(|&(_, c)| c != '\n').is_some() {}
                continue;
            }
            '\\' => {
                let escaped = chars.next_if(|&(_, c)| c != '\r').or_else(|| {
                    chars.next();
                    chars.next_if(|&(_, c)| c == '\n')
                });
                let goes_on = matches!(escaped, None | Some((_, '\n')));
                if goes_on && chars.peek().is_none() {
                    return false;
                }
                word_may_begin = goes_on;
                if !goes_on {
                    end = at + 1;
                }
                continue;
            }
            '\'' if !chars.any(|(_, c)| c == '\'') => return false,
            '"' if !skip_string(&mut chars) => return false,
            '{' => open_blocks += 1,
            '}' => open_blocks = open_blocks.saturating_sub(1),
            _ => {}
        }
        if !c.is_ascii_whitespace() {
            end = at + 1;
        }
        word_may_begin = c.is_ascii_whitespace() || ";|&{}<>".contains(c);
    }
    let operator_at_end = [&b"&&"[..], b"|"].iter().any(|operator| text.as_bytes()[..end].ends_with(operator));
    open_blocks == 0 && !operator_at_end
}

/// Goes behind the closing quote of a `"…"`; says whether there is one.
fn skip_string(chars: &mut impl Iterator<Item = (usize, char)>) -> bool {
    while let Some((_, c)) = chars.next() {
        match c {
            '"' => return true,
            '\\' => drop(chars.next()),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_statements_are_complete() {
        for text in [
            "",
            "link show",
            "in red { link show }",
            "in red {\n  link show\n}\n",
            "print 'a \\' # it's {",
            "print \"a \\\" b\"",
            "print \\\"",
            "a && b",
            "a &&\nb",
            "a \\\n b",
            "print a#b{c}",
            "# a && \\",
            "} }",
            "print ${x}",
            "print '&&'",
            "print a & &",
            "a \\\n# && {",
        ] {
            assert!(is_complete(text), "{text:?}");
        }
    }

    #[test]
    fn open_ends_ask_for_more() {
        for text in [
            "in red {",
            "in red { in blue { }",
            "in red { # }",
            "print 'a",
            "print \"a \\\"",
            "print a'}'{",
            "link show \\",
            "link show \\\n",
            "link show \\\r\n",
            "a &&",
            "a ||  ",
            "a | ",
            "a | b | # why\n",
            "a && # why\n\n",
            "a &&\n",
        ] {
            assert!(!is_complete(text), "{text:?}");
        }
    }
}
