use super::printer::Printer;
use crate::model::query::Statistics;

/// The counters of a link: `ip -s`, with the kinds of errors when `-s` is given twice.
pub(super) fn print_statistics(out: &mut Printer, counters: &Statistics, carrier_changes: Option<u32>, twice: bool) {
    if out.is_json() {
        print_json(out, counters, carrier_changes, twice);
    } else {
        print_text(out, counters, carrier_changes, twice);
    }
}

fn print_json(out: &mut Printer, s: &Statistics, carrier_changes: Option<u32>, twice: bool) {
    out.object(Some("stats64"), |out| {
        out.object(Some("rx"), |out| {
            out.json("bytes", s.rx_bytes);
            out.json("packets", s.rx_packets);
            out.json("errors", s.rx_errors);
            out.json("dropped", s.rx_dropped);
            out.json("over_errors", s.rx_over_errors);
            out.json("multicast", s.multicast);
            print_unless_zero(out, "compressed", s.rx_compressed);
            if twice {
                out.json("length_errors", s.rx_length_errors);
                out.json("crc_errors", s.rx_crc_errors);
                out.json("frame_errors", s.rx_frame_errors);
                out.json("fifo_errors", s.rx_fifo_errors);
                out.json("missed_errors", s.rx_missed_errors);
                print_unless_zero(out, "nohandler", s.rx_nohandler);
                print_unless_zero(out, "otherhost", s.rx_otherhost_dropped);
            }
        });
        out.object(Some("tx"), |out| {
            out.json("bytes", s.tx_bytes);
            out.json("packets", s.tx_packets);
            out.json("errors", s.tx_errors);
            out.json("dropped", s.tx_dropped);
            out.json("carrier_errors", s.tx_carrier_errors);
            out.json("collisions", s.collisions);
            print_unless_zero(out, "compressed", s.tx_compressed);
            if twice {
                out.json("aborted_errors", s.tx_aborted_errors);
                out.json("fifo_errors", s.tx_fifo_errors);
                out.json("window_errors", s.tx_window_errors);
                out.json("heartbeat_errors", s.tx_heartbeat_errors);
                if let Some(changes) = carrier_changes {
                    out.json("carrier_changes", changes);
                }
            }
        });
    });
}

fn print_unless_zero(out: &mut Printer, key: &str, count: u64) {
    if count != 0 {
        out.json(key, count);
    }
}

/// A column of a line of counters: its head, its value; not there at all when it is hidden.
struct Cell {
    head: &'static str,
    value: u64,
    hidden: bool,
}

fn cell(head: &'static str, value: u64) -> Cell {
    Cell { head, value, hidden: false }
}

/// There only when it counted something.
fn rare(head: &'static str, value: u64) -> Cell {
    Cell { head, value, hidden: value == 0 }
}

fn print_text(out: &mut Printer, s: &Statistics, carrier_changes: Option<u32>, twice: bool) {
    let received = [
        cell("bytes", s.rx_bytes),
        cell("packets", s.rx_packets),
        cell("errors", s.rx_errors),
        cell("dropped", s.rx_dropped),
        cell("missed", s.rx_missed_errors),
        cell("mcast", s.multicast),
        rare("compressed", s.rx_compressed),
    ];
    let received_errors = [
        cell("length", s.rx_length_errors),
        cell("crc", s.rx_crc_errors),
        cell("frame", s.rx_frame_errors),
        cell("fifo", s.rx_fifo_errors),
        cell("overrun", s.rx_over_errors),
        rare("nohandler", s.rx_nohandler),
        rare("otherhost", s.rx_otherhost_dropped),
    ];
    let sent = [
        cell("bytes", s.tx_bytes),
        cell("packets", s.tx_packets),
        cell("errors", s.tx_errors),
        cell("dropped", s.tx_dropped),
        cell("carrier", s.tx_carrier_errors),
        cell("collsns", s.collisions),
        rare("compressed", s.tx_compressed),
    ];
    let sent_errors = [
        cell("aborted", s.tx_aborted_errors),
        cell("fifo", s.tx_fifo_errors),
        cell("window", s.tx_window_errors),
        cell("heartbt", s.tx_heartbeat_errors),
        Cell { head: "transns", value: carrier_changes.unwrap_or(0).into(), hidden: carrier_changes.is_none() },
    ];
    let mut widths = Widths::new();
    widths.fit(0, &received);
    widths.fit(0, &sent);
    if twice {
        widths.fit(1, &received_errors);
        // One column too far to the right, as iproute2 has it.
        widths.fit(2, &sent_errors);
    }
    print_counters(out, "RX", &received, &widths);
    if twice {
        out.line();
        print_errors(out, "RX", &received_errors, &widths);
    }
    out.line();
    print_counters(out, "TX", &sent, &widths);
    if twice {
        out.line();
        print_errors(out, "TX", &sent_errors, &widths);
    }
}

/// How wide each column is: at least as its usual head, and as wide as any of its numbers.
struct Widths([usize; 8]);

impl Widths {
    fn new() -> Self {
        Self(
            ["*X errors:", "packets", "errors", "dropped", "heartbt", "overrun", "compressed", "otherhost"]
                .map(str::len),
        )
    }

    fn fit(&mut self, first: usize, cells: &[Cell]) {
        for (width, cell) in self.0[first..].iter_mut().zip(cells) {
            *width = (*width).max(cell.value.to_string().len());
        }
    }
}

/// The two lines of counters: heads, then numbers. A hidden head still takes its column.
fn print_counters(out: &mut Printer, direction: &str, cells: &[Cell], widths: &Widths) {
    out.text(format_args!("    {direction}:"));
    for (position, (cell, &width)) in cells.iter().zip(&widths.0).enumerate() {
        let width = if position == 0 { width - 4 } else { width };
        let head = if cell.hidden { "" } else { cell.head };
        out.text(format_args!(" {head:>width$}"));
    }
    out.line();
    out.text(format_args!("    "));
    print_numbers(out, cells, &widths.0);
}

/// The two lines of kinds of errors, under the counters from the second column on.
fn print_errors(out: &mut Printer, direction: &str, cells: &[Cell], widths: &Widths) {
    let indent = widths.0[0];
    out.text(format_args!("    {direction} errors:{:1$}", "", indent - 10));
    for (position, (cell, &width)) in cells.iter().zip(&widths.0[1..]).enumerate() {
        let optional = position > 4;
        match (cell.hidden, optional) {
            (true, true) => {}
            (true, false) => out.text(format_args!(" {:1$}", "", width)),
            (false, _) => out.text(format_args!(" {:>width$}", cell.head)),
        }
    }
    out.line();
    out.text(format_args!("{:1$}", "", indent + 5));
    print_numbers(out, cells, &widths.0[1..]);
}

fn print_numbers(out: &mut Printer, cells: &[Cell], widths: &[usize]) {
    for (cell, &width) in cells.iter().zip(widths).filter(|(cell, _)| !cell.hidden) {
        out.text(format_args!("{:>width$} ", cell.value));
    }
}
