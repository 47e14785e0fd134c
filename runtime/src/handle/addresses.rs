//! Where an endpoint listens.

use std::fmt;

use crate::{address::Address, url::Ports};

/// Where the endpoint listens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addresses {
    pub(crate) http: Vec<Address>,
    pub(crate) https: Vec<Address>,
}

impl Addresses {
    /// The port of the first listener that has one.
    pub(super) fn ports(&self) -> Ports {
        let port = |addresses: &[Address]| {
            addresses.iter().find_map(|address| match address {
                Address::Tcp(tcp) => Some(tcp.port()),
                _ => None,
            })
        };
        Ports {
            http: port(&self.http),
            https: port(&self.https),
        }
    }
}

/// The endpoint does not listen, or has no listener of this scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotListening(pub(super) ());

impl fmt::Display for NotListening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the endpoint does not listen")
    }
}

impl std::error::Error for NotListening {}
