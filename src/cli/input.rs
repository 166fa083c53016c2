use std::{
    fs::File,
    io::{self, Read},
};

use crate::{
    codes::Code,
    diag::Diagnostic,
    source::{self, NotUtf8},
};

/// The most bytes of a script. (Spans count in 32 bits, and a tree is larger than its text.)
const MAX_BYTES: usize = 256 << 20;

/// Reads a script: its name for messages, and its text.
pub fn read(path: &str) -> Result<(String, String), Diagnostic> {
    let (name, bytes) = if path == "-" {
        ("<stdin>".to_string(), all(io::stdin().lock()))
    } else {
        (path.to_string(), File::open(path).and_then(all))
    };
    let bytes = bytes.map_err(|error| unreadable(&name, &error))?;
    Ok((name.clone(), text(&name, bytes)?))
}

/// Its bytes, or one more than a script may have.
fn all(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a script's bytes.
pub fn text(name: &str, bytes: Vec<u8>) -> Result<String, Diagnostic> {
    let wrong = |what: String| Diagnostic::error(Code::Input, format!("`{name}` {what}"));
    if bytes.len() > MAX_BYTES {
        return Err(wrong("is larger than 256 MiB".into()));
    }
    let text = source::decode(bytes).map_err(|NotUtf8 { byte, line, column }| {
        wrong(format!("is not UTF-8: byte {byte:#04x} in line {line}, column {column}"))
            .help(format!("convert it: `iconv -f latin1 -t utf-8 {name}`"))
    })?;
    if let Some(at) = text.find('\0') {
        let line = text[..at].matches('\n').count() + 1;
        return Err(
            wrong(format!("is no text: there is a NUL byte in line {line}")).help("a script is a UTF-8 text file")
        );
    }
    Ok(text.strip_prefix('\u{feff}').map(String::from).unwrap_or(text))
}

fn unreadable(name: &str, error: &io::Error) -> Diagnostic {
    match error.kind() {
        io::ErrorKind::NotFound => {
            let diagnostic = Diagnostic::error(Code::Input, format!("there is no file `{name}`"));
            if name.contains(' ') {
                return diagnostic.help(format!("to run statements, type `nns -c '{name}'`"));
            }
            diagnostic
        }
        io::ErrorKind::IsADirectory => Diagnostic::error(Code::Input, format!("`{name}` is a directory, not a script")),
        _ => Diagnostic::error(Code::Input, format!("`{name}` cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_is_a_script() {
        let message = |bytes: &[u8]| text("a.nns", bytes.to_vec()).unwrap_err().message;
        assert_eq!(message(b"a\n\xff"), "`a.nns` is not UTF-8: byte 0xff in line 2, column 1");
        assert_eq!(message(b"a\0"), "`a.nns` is no text: there is a NUL byte in line 1");
        assert_eq!(text("a.nns", b"\xef\xbb\xbfnetns list".to_vec()).unwrap(), "netns list");
    }
}
