use thiserror::Error;

use super::{
    help, iproute2, iptables, nettools,
    table::{self, Style},
    topology::{self, Canvas},
};
use crate::{
    backend::{BackendError, Queries},
    commands::{IpOptions, Show, ShowStyle},
    model::query::{AddressFilter, IpFamily, LinkFilter, LinkRow, NeighbourFilter, RouteFilter},
    net::{IfName, NsRef},
    ops::ChainRef,
    source::Spanned,
};

/// Why a listing cannot be shown.
#[derive(Debug, Error)]
pub enum ShowError {
    /// It is to be of a link that is not there.
    #[error("there is no link `{}`", link.value)]
    NoSuchLink {
        /// The namespace.
        ns: NsRef,
        /// The link, as it was written.
        link: Spanned<IfName>,
    },
    /// It is to be of a chain that is not there.
    #[error("there is no chain `{}` in table `{}`", chain.name, chain.table)]
    NoSuchChain {
        /// The chain.
        chain: ChainRef,
    },
    /// The backend has no answer.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

/// What a listing prints; `style` is for the native tables. `None` for [`Show::Sysctl`], which is no listing but a
/// question to [`crate::backend::Backend::sysctl`], and for [`Show::Watch`], which goes on.
pub fn show(show: &Show, backend: &mut dyn Queries, style: Style) -> Result<Option<String>, ShowError> {
    draw(show, backend, style, Canvas::default())
}

/// The same for paper of other measures.
pub fn draw(show: &Show, backend: &mut dyn Queries, style: Style, canvas: Canvas) -> Result<Option<String>, ShowError> {
    let text = match show {
        Show::Links { ns, link, up, master, kind, style: form } => {
            // The native table shows addresses too.
            let rows = match form {
                ShowStyle::Native => backend.addresses(ns)?,
                ShowStyle::Iproute2(_) => backend.links(ns)?,
            };
            require(ns, link.iter().chain(master), &rows)?;
            let filter = LinkFilter {
                link: unspanned(link),
                up: *up,
                master: unspanned(master),
                kind: kind.clone(),
                ..LinkFilter::default()
            };
            match form {
                ShowStyle::Native => table::render_links(&rows, &filter, style),
                ShowStyle::Iproute2(options) => iproute2::render_links(&rows, &filter, options),
            }
        }
        Show::Addresses { ns, link, up, to, scope, style: form } => {
            let rows = backend.addresses(ns)?;
            require(ns, link, &rows)?;
            let links = LinkFilter { link: unspanned(link), up: *up, ..LinkFilter::default() };
            let family = options_of(form).and_then(|options| options.family);
            let filter = AddressFilter { links, family, to: *to, scope: *scope };
            match form {
                ShowStyle::Native => table::render_addresses(&rows, &filter, style),
                ShowStyle::Iproute2(options) => iproute2::render_addresses(&rows, &filter, options),
            }
        }
        Show::Routes { ns, table, link, destination, gateway, style: form } => {
            require_of(backend, ns, link)?;
            let family = options_of(form).and_then(|options| options.family);
            let filter = RouteFilter {
                family,
                table: *table,
                destination: *destination,
                gateway: *gateway,
                link: unspanned(link),
                ..RouteFilter::default()
            };
            let rows = backend.routes(ns, family)?;
            match form {
                ShowStyle::Native => table::render_routes(&rows, &filter, style),
                ShowStyle::Iproute2(options) => iproute2::render_routes(&rows, &filter, options),
            }
        }
        Show::PolicyRules { ns, filter, style: ShowStyle::Native } => {
            let (v4, v6) = (backend.policy_rules(ns, IpFamily::V4)?, backend.policy_rules(ns, IpFamily::V6)?);
            table::render_policy_rules([&v4, &v6], filter, style)
        }
        Show::PolicyRules { ns, filter, style: ShowStyle::Iproute2(options) } => {
            let rows = backend.policy_rules(ns, options.family.unwrap_or(IpFamily::V4))?;
            iproute2::render_policy_rules(&rows, filter, options)
        }
        Show::Neighbours { ns, link, style: form } => {
            require_of(backend, ns, link)?;
            let family = options_of(form).and_then(|options| options.family);
            let filter = NeighbourFilter { family, link: unspanned(link), ..NeighbourFilter::default() };
            let rows = backend.neighbours(ns)?;
            match form {
                ShowStyle::Native => table::render_neighbours(&rows, &filter, style),
                ShowStyle::Iproute2(options) => iproute2::render_neighbours(&rows, &filter, options),
            }
        }
        Show::Netns { style: form } => {
            let rows = backend.netns_list()?;
            match form {
                ShowStyle::Native => table::render_netns(&rows, style),
                ShowStyle::Iproute2(options) => iproute2::render_netns(&rows, options),
            }
        }
        Show::Identify { ns } => format!("{}\n", backend.netns_name(ns)?.unwrap_or_default()),
        Show::Pids { ns } => backend.netns_pids(ns)?.iter().map(|pid| format!("{pid}\n")).collect(),
        Show::Namespaces { of } => {
            let screens = of.iter().map(|ns| table::Screen::of(ns, backend).map(|screen| screen.render(style)));
            screens.collect::<Result<Vec<String>, BackendError>>()?.join("\n")
        }
        Show::Topology => topology::render(backend, canvas, style)?,
        Show::Explained(explained) => help::render_line(explained, style),
        Show::Help { topic } => help::render(*topic, style),
        // Addresses are never looked up, so that `arp` and `arp -n` are the same.
        Show::Arp { ns, numeric: _, bsd } => nettools::render_arp(&backend.neighbours(ns)?, *bsd),
        Show::RouteTable { ns, numeric } => nettools::render_route(&backend.routes(ns, Some(IpFamily::V4))?, *numeric),
        Show::Iptables { ns, table, chain, rule, verbose, form } => {
            let ruleset = backend.ruleset(ns)?;
            let chain = chain.as_ref().map(|chain| table.chain(&chain.value));
            if let Some(chain) = chain.as_ref().filter(|chain| !iptables::has_chain(&ruleset, chain)) {
                return Err(ShowError::NoSuchChain { chain: chain.clone() });
            }
            let only = iptables::Only { table, chain: chain.as_ref(), rule: *rule };
            iptables::render(&ruleset, &only, *verbose, *form)
        }
        Show::Rules { ns, book } => table::render_rules(&backend.ruleset(ns)?, *book, style),
        Show::Sysctl { .. } | Show::Watch(_) => return Ok(None),
    };
    Ok(Some(text))
}

fn options_of(form: &ShowStyle) -> Option<&IpOptions> {
    match form {
        ShowStyle::Native => None,
        ShowStyle::Iproute2(options) => Some(options),
    }
}

fn unspanned(link: &Option<Spanned<IfName>>) -> Option<IfName> {
    link.as_ref().map(|link| link.value.clone())
}

/// As [`require`], where the rows of the links are not needed for anything else.
fn require_of(backend: &mut dyn Queries, ns: &NsRef, link: &Option<Spanned<IfName>>) -> Result<(), ShowError> {
    match link {
        Some(_) => require(ns, link, &backend.links(ns)?),
        None => Ok(()),
    }
}

/// The links that are named must be there.
fn require<'a>(
    ns: &NsRef,
    links: impl IntoIterator<Item = &'a Spanned<IfName>>,
    rows: &[LinkRow],
) -> Result<(), ShowError> {
    let is_there = |link: &Spanned<IfName>| rows.iter().any(|row| row.is_called(link.value.as_str()));
    match links.into_iter().find(|link| !is_there(link)) {
        Some(link) => Err(ShowError::NoSuchLink { ns: ns.clone(), link: link.clone() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::World,
        ops::RouteTable,
        source::{Sources, Span},
    };

    fn links(link: Option<&str>, style: ShowStyle) -> Show {
        let source = Sources::default().add("test", "link show");
        let span = Span { source, start: 0, end: 9 };
        let link = link.map(|name| Spanned { value: name.parse().unwrap(), span });
        Show::Links { ns: NsRef::Host, link, up: false, master: None, kind: None, style }
    }

    fn text(listing: &Show) -> String {
        show(listing, &mut World::fresh(), Style::default()).unwrap().unwrap()
    }

    #[test]
    fn prints_in_the_manner_that_was_asked_for() {
        assert_eq!(
            text(&links(None, ShowStyle::Iproute2(IpOptions::default()))),
            "1: lo: <LOOPBACK> mtu 65536 qdisc noop state DOWN mode DEFAULT group default qlen 1000\n    \
             link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
        );
        assert_eq!(
            text(&links(Some("lo"), ShowStyle::Native)),
            "NAME  STATE   KIND      MTU\nlo    ○ down  loopback  65536\n"
        );
    }

    #[test]
    fn a_link_that_is_not_there_is_an_error_and_an_empty_table_is_none() {
        let missing = links(Some("eth7"), ShowStyle::Native);
        let error = show(&missing, &mut World::fresh(), Style::default()).unwrap_err();
        assert_eq!(error.to_string(), "there is no link `eth7`");
        let table = Some(RouteTable::MAIN);
        let style = ShowStyle::Iproute2(IpOptions::default());
        let routes = Show::Routes { ns: NsRef::Host, table, link: None, destination: None, gateway: None, style };
        assert_eq!(text(&routes), "");
    }
}
