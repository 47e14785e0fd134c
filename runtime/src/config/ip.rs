//! The address of a listener.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
};

/// Where to listen: an IP address, or `"unix:/path"` for a Unix socket.
///
/// ```
/// use landfall::config::Ip;
///
/// assert_eq!(Ip::from([127, 0, 0, 1]), Ip::from("127.0.0.1"));
/// assert_eq!(Ip::from("unix:/run/chat.sock").unix_path(), Some("/run/chat.sock".as_ref()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ip(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Address(IpAddr),
    Unix(PathBuf),
    /// Not an address. It is reported when the endpoint starts, with its source.
    Invalid(String),
}

impl Ip {
    /// All IPv4 addresses of this machine.
    pub const ANY: Ip = Ip(Kind::Address(IpAddr::V4(Ipv4Addr::UNSPECIFIED)));

    /// The address, if this is an IP address.
    pub fn address(&self) -> Option<IpAddr> {
        match self.0 {
            Kind::Address(address) => Some(address),
            _ => None,
        }
    }

    /// The path, if this is a Unix socket.
    pub fn unix_path(&self) -> Option<&Path> {
        match &self.0 {
            Kind::Unix(path) => Some(path),
            _ => None,
        }
    }

    pub(super) fn is_valid(&self) -> bool {
        !matches!(self.0, Kind::Invalid(_))
    }
}

impl From<IpAddr> for Ip {
    fn from(address: IpAddr) -> Self {
        Ip(Kind::Address(address))
    }
}

impl From<[u8; 4]> for Ip {
    fn from(octets: [u8; 4]) -> Self {
        Ip(Kind::Address(octets.into()))
    }
}

impl From<[u16; 8]> for Ip {
    fn from(segments: [u16; 8]) -> Self {
        Ip(Kind::Address(segments.into()))
    }
}

impl From<&str> for Ip {
    fn from(text: &str) -> Self {
        Ip(match (text.parse(), text.strip_prefix("unix:")) {
            (Ok(address), _) => Kind::Address(address),
            (_, Some(path)) if !path.is_empty() => Kind::Unix(path.into()),
            _ => Kind::Invalid(text.to_owned()),
        })
    }
}

impl From<String> for Ip {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl fmt::Display for Ip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Address(address) => address.fmt(f),
            Kind::Unix(path) => write!(f, "unix:{}", path.display()),
            Kind::Invalid(text) => f.write_str(text),
        }
    }
}
