//! The proxies that are believed about the addresses of their clients.

use std::{fmt, net::IpAddr, sync::Arc};

use http::HeaderMap;

use crate::grammar::network::Network;

/// The header to which each proxy appends the address that it forwards a request for.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Proxies that are believed about the address of a request's client: `trusted_proxies`. Default:
/// none.
///
/// An entry is an address (`"10.0.0.1"`), a network (`"10.0.0.0/8"`, `"fd00::/8"`), or `"unix"`,
/// which stands for all peers without an address, such as those that connect to a Unix socket.
///
/// If a request comes from a trusted proxy, its header `x-forwarded-for` is read from the right.
/// Trusted proxies are skipped, and the first other address is the client's. If an element is not
/// an address, the proxy itself counts as the client.
///
/// ```
/// use landfall::config::TrustedProxies;
///
/// let proxies = TrustedProxies::from(["10.0.0.0/8", "::1"]);
/// let mut headers = http::HeaderMap::new();
/// headers.insert("x-forwarded-for", "1.2.3.4, 192.0.2.1, 10.0.0.2".parse()?);
/// let proxy = "10.0.0.1".parse()?;
/// assert_eq!(proxies.client_ip(Some(proxy), &headers), Some("192.0.2.1".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Arc<[Entry]>);

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    Network(Network),
    Unix,
    /// An entry that is not valid. Reported when the endpoint starts, with its provenance.
    Invalid(String),
}

impl TrustedProxies {
    /// No proxy is believed.
    pub fn none() -> Self {
        TrustedProxies::default()
    }

    /// Whether no proxy is believed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The client's address, if it is known. `peer` is the other end of the connection, or `None`
    /// if it has no address.
    ///
    /// An IPv4 address that is mapped to IPv6 is returned as IPv4.
    pub fn client_ip(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = peer.map(|address| address.to_canonical());
        if !self.trusts(peer) {
            return peer;
        }
        let lines = headers.get_all(FORWARDED_FOR).into_iter();
        let steps = lines
            .rev()
            .flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        let mut client = peer;
        for step in steps
            .map(<[u8]>::trim_ascii)
            .filter(|step| !step.is_empty())
        {
            let Some(address) = address(step) else {
                return peer;
            };
            client = Some(address);
            if !self.trusts(client) {
                break;
            }
        }
        client
    }

    /// Whether this peer is a trusted proxy.
    pub(crate) fn trusts(&self, peer: Option<IpAddr>) -> bool {
        self.0.iter().any(|entry| match (entry, peer) {
            (Entry::Network(network), Some(address)) => network.contains(address.to_canonical()),
            (Entry::Unix, None) => true,
            _ => false,
        })
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }
}

/// Parses an address, with or without a port, such as `1.2.3.4:80` or `[::1]:80`.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(text).ok()?;
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    let address = bare
        .parse::<IpAddr>()
        .or_else(|_| text.parse().map(|socket: std::net::SocketAddr| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

impl From<&str> for Entry {
    fn from(text: &str) -> Self {
        match (text, Network::parse(text)) {
            ("unix", _) => Entry::Unix,
            (_, Ok(network)) => Entry::Network(network),
            (_, Err(_)) => Entry::Invalid(text.to_owned()),
        }
    }
}

impl<S: AsRef<str>> FromIterator<S> for TrustedProxies {
    fn from_iter<I: IntoIterator<Item = S>>(entries: I) -> Self {
        TrustedProxies(
            entries
                .into_iter()
                .map(|entry| Entry::from(entry.as_ref()))
                .collect(),
        )
    }
}

impl<S: AsRef<str>, const N: usize> From<[S; N]> for TrustedProxies {
    fn from(entries: [S; N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<S: AsRef<str>> From<&[S]> for TrustedProxies {
    fn from(entries: &[S]) -> Self {
        entries.iter().collect()
    }
}

impl<S: AsRef<str>> From<Vec<S>> for TrustedProxies {
    fn from(entries: Vec<S>) -> Self {
        entries.into_iter().collect()
    }
}

impl fmt::Debug for TrustedProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter()).finish()
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entry::Network(network) => write!(f, "{network}"),
            Entry::Unix => f.write_str("unix"),
            Entry::Invalid(text) => write!(f, "{text:?}"),
        }
    }
}

#[cfg(test)]
mod tests;
