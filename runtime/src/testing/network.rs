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

/// Bytes that are on their way at most, in each direction.
const PIPE: usize = 64 * 1024;
/// Connections that wait to be accepted.
const BACKLOG: usize = 1024;
/// Where the ports of clients begin, and how many there are.
const PORTS: (u16, u16) = (49_152, 16_384);

type Arrival = (DuplexStream, SocketAddr);

/// Where clients come from.
#[derive(Clone, Debug)]
pub(super) struct Network {
    arrivals: mpsc::Sender<Arrival>,
    opened: Arc<AtomicU16>,
}

/// Where an endpoint listens.
#[derive(Debug)]
pub(super) struct Shore(mpsc::Receiver<Arrival>);

pub(super) fn network() -> (Network, Shore) {
    let (arrivals, arrived) = mpsc::channel(BACKLOG);
    (
        Network {
            arrivals,
            opened: Arc::default(),
        },
        Shore(arrived),
    )
}

impl Network {
    /// A connection from this address, or from a port of its own on this machine; an error if nobody listens.
    pub(super) async fn open(&self, peer: Option<SocketAddr>) -> io::Result<DuplexStream> {
        let (ours, theirs) = tokio::io::duplex(PIPE);
        let peer = peer.unwrap_or_else(|| {
            let port = PORTS.0 + self.opened.fetch_add(1, Ordering::Relaxed) % PORTS.1;
            (Ipv4Addr::LOCALHOST, port).into()
        });
        let sent = self.arrivals.send((theirs, peer)).await;
        sent.map_err(|_| io::ErrorKind::ConnectionRefused)?;
        Ok(ours)
    }
}

impl Listener for Shore {
    type Io = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, Option<SocketAddr>)> {
        match self.0.recv().await {
            Some((stream, peer)) => Ok((stream, Some(peer))),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Address> {
        Ok(Address::Unnamed)
    }
}
