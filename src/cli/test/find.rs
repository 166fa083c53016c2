use std::{collections::BTreeSet, fs, io, path::Path};

use crate::{codes::Code, diag::Diagnostic};

/// The scripts that paths name: a file is one whatever its name, below a directory all files that end in `.nns` are.
/// Each is there once; links to directories and what is hidden are left alone.
pub fn scripts(paths: &[String]) -> Result<Vec<String>, Diagnostic> {
    let mut scripts = Vec::new();
    for path in paths {
        let found = below(Path::new(path)).map_err(|error| unreadable(path, &error))?;
        scripts.extend(found);
    }
    let mut known = BTreeSet::new();
    scripts.retain(|script: &String| known.insert(script.clone()));
    Ok(scripts)
}

fn below(path: &Path) -> io::Result<Vec<String>> {
    if !fs::metadata(path)?.is_dir() {
        return Ok(vec![text(path)?]);
    }
    let mut entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut scripts = Vec::new();
    for entry in entries {
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            scripts.extend(below(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "nns") && path.is_file() {
            scripts.push(text(&path)?);
        }
    }
    Ok(scripts)
}

fn text(path: &Path) -> io::Result<String> {
    let wrong = || io::Error::other(format!("the name `{}` is not UTF-8", path.display()));
    path.to_str().map(str::to_owned).ok_or_else(wrong)
}

fn unreadable(path: &str, error: &io::Error) -> Diagnostic {
    let message = match error.kind() {
        io::ErrorKind::NotFound => format!("there is no file and no directory `{path}`"),
        _ => format!("`{path}` cannot be read: {error}"),
    };
    Diagnostic::error(Code::Input, message)
}
