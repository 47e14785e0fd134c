//! Several listeners as one, so that they share one limit for each client.

use std::{
    future::poll_fn,
    io,
    task::{Context, Poll},
};

use super::{Bound, Listener, listener::Accepted};
use crate::address::Address;

/// Several listeners of the operating system. None of them keeps the others waiting.
#[derive(Debug)]
pub(crate) struct Several {
    bound: Vec<Bound>,
    /// The listener that is asked first.
    first: usize,
}

impl Several {
    /// At least one listener.
    pub(crate) fn new(bound: Vec<Bound>) -> Self {
        Several { bound, first: 0 }
    }

    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
        let (before, after) = self.bound.split_at(self.first);
        for (index, bound) in after.iter().chain(before).enumerate() {
            if let Poll::Ready(accepted) = bound.poll_accept(cx) {
                self.first = (self.first + index + 1) % self.bound.len();
                return Poll::Ready(accepted);
            }
        }
        Poll::Pending
    }
}

impl Listener for Several {
    type Io = crate::stream::Stream;

    async fn accept(&mut self) -> io::Result<Accepted> {
        poll_fn(|cx| self.poll_accept(cx)).await
    }

    /// The address of the first one.
    fn local_addr(&self) -> io::Result<Address> {
        match self.bound.first() {
            Some(bound) => bound.local_addr(),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn a_busy_listener_does_not_keep_the_other_waiting() {
        let bound = [0, 1].map(|_| Bound::tcp(([127, 0, 0, 1], 0).into(), false).unwrap());
        let address = |bound: &Bound| match bound.local_addr() {
            Ok(Address::Tcp(address)) => address,
            other => panic!("{other:?}"),
        };
        let [busy, quiet] = [0, 1].map(|index| address(&bound[index]));
        let mut several = Several::new(bound.into());
        assert_eq!(several.local_addr().unwrap(), Address::Tcp(busy));
        let mut clients = Vec::new();
        for at in [busy, busy, busy, quiet] {
            clients.push(TcpStream::connect(at).await.unwrap());
        }
        let last = clients[3].local_addr().unwrap();
        let mut accepted = Vec::new();
        for _ in 0..4 {
            accepted.push(several.accept().await.unwrap().1);
        }
        let turn = accepted.iter().position(|peer| *peer == Some(last));
        assert!(turn.is_some_and(|turn| turn < 2), "{accepted:?}");
    }
}
