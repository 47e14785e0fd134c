//! Where an endpoint listens.

use std::{fmt, sync::Arc};

use super::Handle;
use crate::{address::Address, config::Scheme, url::Ports};

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
pub struct NotListening(());

impl fmt::Display for NotListening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the endpoint does not listen")
    }
}

impl std::error::Error for NotListening {}

impl Handle {
    /// Where the endpoint listens, with the real port where 0 is configured. If it has several
    /// listeners of this scheme, this is the first one: see [`addresses`](Handle::addresses).
    ///
    /// # Errors
    /// When the endpoint does not listen, has no listener of this scheme, or has stopped listening.
    pub fn server_info(&self, scheme: Scheme) -> Result<Address, NotListening> {
        let first = self.addresses(scheme).first().cloned();
        first.ok_or(NotListening(()))
    }

    /// The addresses of all listeners of a scheme, in the order of `ip`, with the real ports. Empty
    /// when the endpoint does not listen, or has stopped listening.
    pub fn addresses(&self, scheme: Scheme) -> &[Address] {
        let addresses = self.0.addresses.get();
        match addresses.filter(|_| !self.0.stop.is_cancelled()) {
            Some(addresses) if scheme == Scheme::Http => &addresses.http,
            Some(addresses) => &addresses.https,
            None => &[],
        }
    }

    /// Sets the addresses, for `server_info` and the URLs.
    pub(crate) fn listens_at(&self, addresses: Addresses) {
        let ports = addresses.ports();
        let _ = self.0.addresses.set(addresses);
        // `changes` are about keys: an address is not a change.
        self.0.current.send_if_modified(|current| {
            *current = Arc::new(current.listening_on(ports));
            false
        });
    }
}
