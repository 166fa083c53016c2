//! `sysctl -p FILE`: settings that stand in a file, a line each, as sysctl.conf(5) has them.
//!
//! In: the files. Out: the settings in their order, or which line of which file is none.

use super::{Evaluator, Failure, FailureKind, Outside};
use crate::{
    codes::Code,
    commands::Setting,
    diag::Diagnostic,
    net::{NsRef, SysctlKey},
    ops::SysctlOp,
    source::{Span, Spanned},
};

/// What sysctl(8) reads when no file is named.
const OWN_FILE: &str = "/etc/sysctl.conf";

impl<O: Outside> Evaluator<'_, O> {
    /// The settings in some files; `None` where nobody knows yet what they will hold.
    pub(super) fn settings_of_files(
        &mut self,
        ns: &NsRef,
        files: &[Spanned<String>],
        quiet: bool,
        value_only: bool,
        span: Span,
    ) -> Result<Option<Vec<Setting>>, Failure> {
        self.flush()?;
        let own = [Spanned::new(OWN_FILE.to_owned(), span)];
        let files = if files.is_empty() { &own } else { files };
        let mut settings = Vec::new();
        for file in files {
            let text = self.outside.read(&file.value).map_err(|trouble| Failure::from_trouble(trouble, file.span))?;
            let Some(text) = text else { return Ok(None) };
            for (index, line) in text.lines().enumerate() {
                let read = setting(line).map_err(|why| {
                    let message = format!("line {} of `{}` is no setting of the network: {why}", index + 1, file.value);
                    let diagnostic = Diagnostic::error(Code::BadValue, message)
                        .label(file.span, "in this file")
                        .help("a line is `NAME = VALUE`, and the names that belong to a network begin with `net.`");
                    Failure::new(FailureKind::Refused, diagnostic)
                })?;
                settings.extend(
                    read.map(|(key, value)| Setting::write(SysctlOp { ns: ns.clone(), key, value }, quiet, value_only)),
                );
            }
        }
        Ok(Some(settings))
    }
}

/// What a line sets, if it is not empty or a comment.
fn setting(line: &str) -> Result<Option<(SysctlKey, String)>, String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with(['#', ';']) {
        return Ok(None);
    }
    let (name, value) = line.split_once('=').ok_or("it has no `=`")?;
    let name = name.trim();
    // Such a line may fail: what is no setting of the network is passed over.
    let (name, may_fail) = name.strip_prefix('-').map_or((name, false), |name| (name, true));
    match name.parse() {
        Ok(key) => Ok(Some((key, value.trim().to_owned()))),
        Err(_) if may_fail => Ok(None),
        Err(error) => Err(format!("{error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let read = |line| setting(line).map(|found| found.map(|(key, value)| format!("{key} is {value}")));
        assert_eq!(read("net.ipv4.ip_forward = 1"), Ok(Some("net.ipv4.ip_forward is 1".into())));
        assert_eq!(read(" net/ipv4/ip_forward=0 "), Ok(Some("net.ipv4.ip_forward is 0".into())));
        assert_eq!(read("-net.ipv4.ip_forward=1"), Ok(Some("net.ipv4.ip_forward is 1".into())));
        for none in ["", "  ", "# net.ipv4.ip_forward=1", ";x", "-kernel.panic=1"] {
            assert_eq!(read(none), Ok(None), "{none}");
        }
        assert!(read("kernel.panic=1").is_err());
        assert_eq!(read("net.ipv4.ip_forward"), Err("it has no `=`".into()));
    }
}
