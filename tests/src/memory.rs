//! Connections without a network: with them, time can be paused.

use std::{io, net::SocketAddr};

use landfall::endpoint::{Address, Listener};
use tokio::{
    io::DuplexStream,
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
};

use crate::{
    client::Client,
    wire::{Connection, Request},
};

/// Bytes that are on their way at most, in each direction.
const PIPE: usize = 64 * 1024;

/// Where an endpoint listens.
#[derive(Debug)]
pub struct Pier(UnboundedReceiver<(DuplexStream, Option<SocketAddr>)>);

/// Where clients come from.
#[derive(Clone, Debug)]
pub struct Sea(UnboundedSender<(DuplexStream, Option<SocketAddr>)>);

/// A listener, and what connects to it.
pub fn pier() -> (Sea, Pier) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Sea(sender), Pier(receiver))
}

impl Listener for Pier {
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

impl Sea {
    /// Connects.
    pub fn connect(&self) -> Connection<DuplexStream> {
        self.connect_from(None)
    }

    /// Connects, and gives an address.
    pub fn connect_from(&self, address: Option<SocketAddr>) -> Connection<DuplexStream> {
        let (ours, theirs) = tokio::io::duplex(PIPE);
        self.0.send((theirs, address)).expect("somebody listens");
        Connection::over(ours)
    }

    /// Opens a WebSocket.
    pub async fn open(&self, target: &str) -> Client<DuplexStream> {
        Client::over(self.connect(), &Request::upgrade(target)).await
    }
}
