//! Connections in memory.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
};

use tokio::{io::DuplexStream, sync::mpsc};

use crate::{address::Address, server::Listener};

/// Most bytes in transit, in each direction.
const PIPE: usize = 64 * 1024;
/// Most connections that wait to be accepted.
const BACKLOG: usize = 1024;
/// The first port of clients, and the number of ports.
const PORTS: (u16, u16) = (49_152, 16_384);

type Arrival = (DuplexStream, Option<SocketAddr>);

/// Connections in memory, as bytes: for your own clients, and for tests of invalid input.
///
/// A [`Site`](super::Site) [has one](super::Site::network). An endpoint that a test starts itself
/// is given the other end, a [`Listener`]. Each direction of a connection holds at most 64 KiB, and
/// at most 1,024 connections wait to be accepted.
///
/// ```
/// # #[derive(Debug)] struct Chat;
/// # impl landfall::Endpoint for Chat {
/// #     type State = ();
/// #     const DEF: &'static landfall::endpoint::EndpointDef = &landfall::endpoint::EndpointDef { name: "Chat", ..landfall::endpoint::EndpointDef::DEFAULT };
/// # }
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use landfall::{Endpoint, testing::Network};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// let (network, listener) = Network::new();
/// let chat = Chat::builder().server(true).listener(listener).start().await?;
///
/// let mut client = network.connect().await?;
/// client.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
/// let mut response = String::new();
/// client.read_to_string(&mut response).await?;
/// assert!(response.starts_with("HTTP/1.1 404 "));
/// chat.shutdown().await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Network {
    arrivals: mpsc::Sender<Arrival>,
    opened: Arc<AtomicU16>,
}

/// Accepts the connections of a [`Network`].
#[derive(Debug)]
pub struct NetworkListener(mpsc::Receiver<Arrival>);

impl Network {
    /// A network, and the listener to which its connections lead.
    pub fn new() -> (Self, NetworkListener) {
        let (arrivals, arrived) = mpsc::channel(BACKLOG);
        let network = Network {
            arrivals,
            opened: Arc::default(),
        };
        (network, NetworkListener(arrived))
    }

    /// Connects from localhost, with a port of its own.
    ///
    /// # Errors
    /// When nothing listens any more.
    pub async fn connect(&self) -> io::Result<DuplexStream> {
        self.connect_from(self.address()).await
    }

    /// Localhost, with a port that no other client has.
    pub(super) fn address(&self) -> SocketAddr {
        let port = PORTS.0 + self.opened.fetch_add(1, Ordering::Relaxed) % PORTS.1;
        SocketAddr::from((Ipv4Addr::LOCALHOST, port))
    }

    /// Connects from an address. A client without an address is like one of a Unix socket.
    ///
    /// # Errors
    /// When nothing listens any more.
    pub async fn connect_from(
        &self,
        address: impl Into<Option<SocketAddr>>,
    ) -> io::Result<DuplexStream> {
        let (ours, theirs) = tokio::io::duplex(PIPE);
        let sent = self.arrivals.send((theirs, address.into())).await;
        sent.map_err(|_| io::ErrorKind::ConnectionRefused)?;
        Ok(ours)
    }
}

impl Listener for NetworkListener {
    type Io = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, Option<SocketAddr>)> {
        match self.0.recv().await {
            Some(arrived) => Ok(arrived),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Address> {
        Ok(Address::Unnamed)
    }
}
