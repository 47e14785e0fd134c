//! The places of all listeners of one scheme.

use std::net::{IpAddr, SocketAddr};

use super::{
    ConfigError, Ip,
    finding::Findings,
    item::Item,
    key::Key,
    value::{Value, listed, parse_integer},
};
use crate::grammar::place;

/// Where to listen: one place, or several.
///
/// ```
/// use landfall::config::{Ip, Ips};
///
/// assert_eq!(Ips::from([127, 0, 0, 1]), Ips::from(["127.0.0.1"]));
/// assert_eq!(Ips::from(["127.0.0.1", "unix:/run/chat.sock"]).iter().count(), 2);
/// assert_eq!(Ips::from([Ip::ANY, Ip::from("[::1]:4001")]).iter().count(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ips(Vec<Ip>);

impl Ips {
    /// The places, in the order in which they are written.
    pub fn iter(&self) -> impl Iterator<Item = &Ip> {
        self.0.iter()
    }

    /// The port of the first IP address; `port` is for addresses without one of their own.
    pub(crate) fn first_port(&self, port: u16) -> Option<u16> {
        let address = self.iter().find(|ip| ip.address().is_some())?;
        Some(address.port().unwrap_or(port))
    }
}

impl From<Ip> for Ips {
    fn from(ip: Ip) -> Self {
        Ips(vec![ip])
    }
}

impl From<Vec<Ip>> for Ips {
    fn from(ips: Vec<Ip>) -> Self {
        Ips(ips)
    }
}

impl<const N: usize> From<[Ip; N]> for Ips {
    fn from(ips: [Ip; N]) -> Self {
        Ips(ips.into())
    }
}

impl<const N: usize> From<[&str; N]> for Ips {
    fn from(ips: [&str; N]) -> Self {
        Ips(ips.into_iter().map(Ip::from).collect())
    }
}

impl From<&[&str]> for Ips {
    fn from(ips: &[&str]) -> Self {
        Ips(ips.iter().copied().map(Ip::from).collect())
    }
}

macro_rules! one {
    ($($from:ty),*) => {$(
        impl From<$from> for Ips {
            fn from(ip: $from) -> Self {
                Ip::from(ip).into()
            }
        }
    )*};
}

one!(IpAddr, SocketAddr, [u8; 4], [u16; 8], &str, String);

impl Value for Ips {
    const TAKES: &'static str = "an address, or a list of them";

    /// Commas separate several places.
    fn from_text(_: Key<'_>, text: String) -> Result<Self, ConfigError> {
        Ok(Ips(listed(&text).map(Ip::from).collect()))
    }

    fn from_item(key: Key<'_>, value: &Item) -> Option<Result<Self, ConfigError>> {
        let places = match value {
            Item::Array(parts) if !parts.is_empty() && !parts.iter().all(is_integer) => {
                parts.iter().map(|part| place(key, part)).collect()
            }
            Item::Array(parts) if parts.is_empty() => Some(Vec::new()),
            Item::Array(_) | Item::String(_) => place(key, value).map(|ip| vec![ip]),
            _ => return None,
        };
        Some(
            places
                .map(Ips)
                .ok_or_else(|| place::not_a_place(None).into()),
        )
    }

    fn check(&self, key: Key<'_>, found: &mut Findings) {
        if self.0.is_empty() {
            found.error(key, place::nowhere().into());
        }
        if let Some(ip) = self.iter().find(|ip| ip.place().is_none()) {
            found.error(key, place::not_a_place(Some(&ip.to_string())).into());
        }
    }
}

fn is_integer(item: &Item) -> bool {
    matches!(item, Item::Integer(..))
}

/// Text, or the numbers of an address.
fn place(key: Key<'_>, item: &Item) -> Option<Ip> {
    let Item::Array(parts) = item else {
        return item.as_str().map(Ip::from);
    };
    let part = |part: &Item| match part {
        Item::Integer(digits, radix) => parse_integer::<u16>(key, digits, *radix).ok().flatten(),
        _ => None,
    };
    let parts: Vec<u16> = parts.iter().map(part).collect::<Option<_>>()?;
    if let Ok(segments) = <[u16; 8]>::try_from(parts.as_slice()) {
        return Some(segments.into());
    }
    let octets: Vec<u8> = parts
        .into_iter()
        .map(u8::try_from)
        .collect::<Result<_, _>>()
        .ok()?;
    <[u8; 4]>::try_from(octets).ok().map(Ip::from)
}
