//! The place of one listener.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
};

use crate::grammar::place::Place;

/// Where to listen. As text, it is one of:
///
/// - an IP address: `"127.0.0.1"`, `"::1"`; with a port that is used instead of `port`:
///   `"127.0.0.1:4001"`, `"[::1]:4001"`
/// - a Unix socket: `"unix:/run/chat.sock"`
/// - sockets that systemd hands over: `"systemd"` for all of them, `"systemd:web"` for those with
///   this `FileDescriptorName=`
///
/// ```
/// use landfall::config::Ip;
///
/// assert_eq!(Ip::from([127, 0, 0, 1]), Ip::from("127.0.0.1"));
/// assert_eq!(Ip::from("[::1]:4001").port(), Some(4001));
/// assert_eq!(Ip::from("unix:/run/chat.sock").unix_path(), Some("/run/chat.sock".as_ref()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ip(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Place(Place<String>),
    /// Not a place. It is reported when the endpoint starts, with its source.
    Invalid(String),
}

impl Ip {
    /// All IPv4 addresses of this machine.
    pub const ANY: Ip = Ip(Kind::Place(Place::Address(
        IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        None,
    )));

    /// The address, if this is an IP address.
    pub fn address(&self) -> Option<IpAddr> {
        match self.0 {
            Kind::Place(Place::Address(address, _)) => Some(address),
            _ => None,
        }
    }

    /// The port of an IP address, if it has one of its own.
    pub fn port(&self) -> Option<u16> {
        match self.0 {
            Kind::Place(Place::Address(_, port)) => port,
            _ => None,
        }
    }

    /// The path, if this is a Unix socket.
    pub fn unix_path(&self) -> Option<&Path> {
        match &self.0 {
            Kind::Place(Place::Unix(path)) => Some(path.as_ref()),
            _ => None,
        }
    }

    /// Whether systemd hands the sockets over.
    pub fn is_systemd(&self) -> bool {
        matches!(self.0, Kind::Place(Place::Systemd(_)))
    }

    /// `None` if this is not a place.
    pub(crate) fn place(&self) -> Option<&Place<String>> {
        match &self.0 {
            Kind::Place(place) => Some(place),
            Kind::Invalid(_) => None,
        }
    }

    /// The place as an error names it: an address with its port.
    pub(crate) fn with_port(&self, port: u16) -> String {
        match self.address() {
            Some(address) => SocketAddr::new(address, self.port().unwrap_or(port)).to_string(),
            None => self.to_string(),
        }
    }
}

impl From<IpAddr> for Ip {
    fn from(address: IpAddr) -> Self {
        Ip(Kind::Place(Place::Address(address, None)))
    }
}

impl From<SocketAddr> for Ip {
    fn from(address: SocketAddr) -> Self {
        Ip(Kind::Place(Place::Address(
            address.ip(),
            Some(address.port()),
        )))
    }
}

impl From<[u8; 4]> for Ip {
    fn from(octets: [u8; 4]) -> Self {
        IpAddr::from(octets).into()
    }
}

impl From<[u16; 8]> for Ip {
    fn from(segments: [u16; 8]) -> Self {
        IpAddr::from(segments).into()
    }
}

impl From<&str> for Ip {
    fn from(text: &str) -> Self {
        Ip(match Place::parse(text) {
            Some(Place::Address(address, port)) => Kind::Place(Place::Address(address, port)),
            Some(Place::Unix(path)) => Kind::Place(Place::Unix(path.to_owned())),
            Some(Place::Systemd(name)) => Kind::Place(Place::Systemd(name.map(str::to_owned))),
            None => Kind::Invalid(text.to_owned()),
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
            Kind::Place(Place::Address(address, None)) => address.fmt(f),
            Kind::Place(Place::Address(address, Some(port))) => {
                SocketAddr::new(*address, *port).fmt(f)
            }
            Kind::Place(Place::Unix(path)) => write!(f, "unix:{path}"),
            Kind::Place(Place::Systemd(None)) => f.write_str("systemd"),
            Kind::Place(Place::Systemd(Some(name))) => write!(f, "systemd:{name}"),
            Kind::Invalid(text) => f.write_str(text),
        }
    }
}
