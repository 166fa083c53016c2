use super::printer::Printer;
use crate::{commands::IpOptions, model::query::NetnsRow};

/// `ip netns list`. The order of the rows is that of the directory. (Where there is no directory `/run/netns` at all,
/// `ip -j` prints nothing, not even the empty array.)
pub fn render_netns(rows: &[NetnsRow], options: &IpOptions) -> String {
    let mut out = Printer::new(options);
    for row in rows {
        out.object(None, |out| {
            out.field("name", &row.name, format_args!("{}", row.name));
            if let Some(nsid) = row.nsid.filter(|&nsid| nsid >= 0) {
                out.field("id", nsid, format_args!(" (id: {nsid})"));
            }
            out.end();
        });
    }
    out.finish()
}
