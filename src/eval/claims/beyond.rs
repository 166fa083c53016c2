//! Claims about what no model holds, judged by what was found.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use super::verdict;
use crate::{
    commands::{Claim, Expectation, TextMatch},
    eval::Verdict,
    model::query::{AddressRow, IpFamily, LinkFlags, LinkRow, NeighbourRow, NeighbourState, OperState, RouteRow},
    net::Mac,
};

/// How much of a file is told.
const TOLD_LINES: usize = 5;

/// Whether a neighbour is known, by the rows of the neighbour tables.
pub fn judge_neighbours(expectation: &Expectation, rows: &[NeighbourRow]) -> Verdict {
    let Claim::Neighbour { address, link, mac } = &expectation.claim else { return Verdict::Unknown };
    let is_it = |row: &&NeighbourRow| {
        row.address == Some(*address)
            && link.as_ref().is_none_or(|link| row.link.as_deref() == Some(link.value.as_str()))
    };
    let fits = |row: &NeighbourRow| {
        let hardware = row.hardware_address.as_deref();
        hardware.is_some() && mac.is_none_or(|Mac(bytes)| hardware == Some(&bytes[..]))
    };
    let is_so = rows.iter().filter(is_it).any(fits);
    let told: Vec<&NeighbourRow> = rows.iter().filter(is_it).collect();
    let told = if told.is_empty() { rows.iter().collect() } else { told };
    // Groups need no question and are nobody's neighbours.
    let told = told.into_iter().filter(|row| row.state != NeighbourState::NOARP);
    let mut seen: Vec<String> = told.filter_map(neighbour).collect();
    if seen.is_empty() {
        seen.push("there are no neighbours".into());
    }
    verdict(expectation, is_so, || seen)
}

fn neighbour(row: &NeighbourRow) -> Option<String> {
    let address = row.address?;
    let link = row.link.as_ref().map_or_else(String::new, |link| format!(" on `{link}`"));
    let hardware = match row.hardware_address.as_deref() {
        Some(&[a, b, c, d, e, f]) => format!(" has {}", Mac([a, b, c, d, e, f])),
        Some(_) => " has an address that is not Ethernet".into(),
        None => " has not answered".into(),
    };
    Some(format!("neighbour {address}{link}{hardware}"))
}

/// Whether there is an address, by the links of its namespace with all their addresses: those too that the kernel gave
/// them by itself.
pub fn judge_addresses(expectation: &Expectation, rows: &[LinkRow]) -> Verdict {
    let Claim::Address { cidr, link } = &expectation.claim else { return Verdict::Unknown };
    let all = || rows.iter().flat_map(|row| row.addresses.iter().map(move |address| (row, address)));
    let is_so = all().any(|(row, address)| {
        let is_it = address.local == cidr.addr() && address.prefix_len == cidr.prefix_len();
        is_it && link.as_ref().is_none_or(|link| row.name == link.value.as_str())
    });
    let told = |(row, address): (&LinkRow, &AddressRow)| {
        format!("address {}/{} on `{}`", address.local, address.prefix_len, row.name)
    };
    let seen: Vec<String> = all().map(told).collect();
    verdict(expectation, is_so, || if seen.is_empty() { vec!["there are no addresses".into()] } else { seen })
}

/// Whether there is a route, by all that there are.
pub fn judge_routes(expectation: &Expectation, rows: &[RouteRow]) -> Verdict {
    let Claim::Route { destination, gateway, link, table } = &expectation.claim else { return Verdict::Unknown };
    let of_table = || rows.iter().filter(|row| row.table == *table);
    let is_so = of_table().any(|row| {
        let leads_there = leads_to(row) == (Some(destination.addr()), destination.prefix_len());
        let by_gateway = gateway.is_none_or(|gateway| gateways(row).any(|other| other == gateway));
        let by_link = link.as_ref().is_none_or(|link| links(row).any(|other| other == link.value.as_str()));
        leads_there && by_gateway && by_link
    });
    let seen: Vec<String> = of_table().map(route).collect();
    verdict(expectation, is_so, || if seen.is_empty() { vec!["there are no routes".into()] } else { seen })
}

/// The destination of a route with its length.
fn leads_to(row: &RouteRow) -> (Option<IpAddr>, u8) {
    let everywhere: IpAddr = match row.family {
        IpFamily::V4 => Ipv4Addr::UNSPECIFIED.into(),
        IpFamily::V6 => Ipv6Addr::UNSPECIFIED.into(),
    };
    let is_default = row.destination_len == 0;
    (row.destination.or_else(|| is_default.then_some(everywhere)), row.destination_len)
}

fn gateways(row: &RouteRow) -> impl Iterator<Item = IpAddr> {
    let several = row.nexthops.iter().flat_map(|hop| [hop.gateway, hop.via]);
    [row.gateway, row.via].into_iter().chain(several).flatten()
}

fn links(row: &RouteRow) -> impl Iterator<Item = &str> {
    row.link.as_deref().into_iter().chain(row.nexthops.iter().map(|hop| hop.link.as_str()))
}

fn route(row: &RouteRow) -> String {
    let (destination, len) = leads_to(row);
    let to = match destination {
        Some(_) if len == 0 => "default".into(),
        Some(destination) => format!("{destination}/{len}"),
        None => "somewhere".into(),
    };
    let via: String = gateways(row).map(|gateway| format!(" via {gateway}")).collect();
    let dev: String = links(row).map(|link| format!(" dev {link}")).collect();
    format!("route {to}{via}{dev}")
}

/// Whether a setting has the value, by its value; `None` where there is no such setting.
pub fn judge_setting(expectation: &Expectation, found: Option<&str>) -> Verdict {
    let Claim::Setting { key, value } = &expectation.claim else { return Verdict::Unknown };
    let words = |text: &str| text.split_whitespace().map(String::from).collect::<Vec<_>>();
    let is_so = match (found, value) {
        (Some(found), Some(value)) => words(found) == words(value),
        (found, _) => found.is_some(),
    };
    let seen = match found {
        Some(found) => format!("`{key}` is {found}"),
        None => format!("there is no setting `{key}`"),
    };
    verdict(expectation, is_so, || vec![seen])
}

/// Whether a file says what it is to say.
pub fn judge_file(expectation: &Expectation, found: &io::Result<Vec<u8>>) -> Verdict {
    let Claim::File { path, says } = &expectation.claim else { return Verdict::Unknown };
    let text = match found {
        Ok(bytes) => String::from_utf8_lossy(bytes),
        Err(error) => {
            let seen = match error.kind() {
                io::ErrorKind::NotFound => format!("there is no file `{path}`"),
                _ => format!("`{path}` cannot be read: {error}"),
            };
            return verdict(expectation, false, || vec![seen]);
        }
    };
    let is_so = says.as_ref().is_none_or(|says| says.fits(&text));
    verdict(expectation, is_so, || told(&text, "it"))
}

/// Whether a text is in what was printed.
pub fn judge_output(text: &str, printed: &str) -> Result<(), Vec<String>> {
    let is_so = TextMatch::Contains(text.into()).fits(printed);
    if is_so { Ok(()) } else { Err(told(printed, "what is printed")) }
}

/// The beginning of a text, as facts.
pub fn told(text: &str, what: &str) -> Vec<String> {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    if lines.is_empty() {
        return vec![format!("{what} is empty")];
    }
    let mut told: Vec<String> = lines.iter().take(TOLD_LINES).map(|line| format!("| {line}")).collect();
    if lines.len() > TOLD_LINES {
        told.push(format!("and {} more lines", lines.len() - TOLD_LINES));
    }
    told
}

/// Whether a link that the claim asks the carrier of has it.
pub fn judge_carrier(expectation: &Expectation, rows: &[LinkRow]) -> Verdict {
    let Claim::Link { link, .. } = &expectation.claim else { return Verdict::Unknown };
    let row = rows.iter().find(|row| row.name == link.value.as_str());
    let carries = row.is_some_and(|row| {
        let state = matches!(row.state, Some(OperState::UP | OperState::UNKNOWN) | None);
        row.flags.has(LinkFlags::UP.with(LinkFlags::LOWER_UP)) && state
    });
    verdict(expectation, carries, || vec![format!("link `{}` has no carrier", link.value)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(told("", "it"), ["it is empty"]);
        assert_eq!(told("a\nb\n", "it"), ["| a", "| b"]);
        assert_eq!(told("1\n2\n3\n4\n5\n6\n7", "it").last().map(String::as_str), Some("and 2 more lines"));
    }
}
