//! A connection that holds channels.

use std::{panic::AssertUnwindSafe, sync::Arc};

use super::{
    caller::Caller,
    connected::Connected,
    payload,
    pipe::{Closed, Pipe},
    push::Push,
    raw::expect_code,
    response::Response,
    router::Router,
    wire::ClientMessage,
};
use crate::handle::Handle;

/// A connection that holds channels, as Phoenix's clients do:
/// [`Site::connect`](super::Site::connect).
///
/// It is cut when it and all of its channels are dropped. It does not reconnect by itself, and its
/// channels do not join again.
#[derive(Clone, Debug)]
pub struct Client(pub(super) Arc<Connected>);

impl Client {
    pub(super) fn new(router: Arc<Router>, pipe: Pipe, handle: Handle) -> Self {
        Client(Arc::new(Connected {
            router,
            pipe,
            handle: AssertUnwindSafe(handle),
        }))
    }

    /// The response that opened the connection: the 101, or the first response of longpoll.
    pub fn response(&self) -> &Response {
        &self.0.pipe.response
    }

    /// Sends a heartbeat, and waits for its reply. The server has read by then what was sent
    /// before.
    #[track_caller]
    pub fn heartbeat(&self) -> impl Future<Output = ()> + Send + use<> {
        let reference = self.0.router.next_ref();
        let outgoing = ClientMessage {
            join_ref: None,
            reference,
            topic: "phoenix",
            event: "heartbeat",
        };
        let message = outgoing.json(&payload::write(&serde_json::json!({})));
        let push = Push::send(&self.0, &outgoing, message, "a heartbeat".to_owned());
        async move { drop(push.await) }
    }

    /// Waits for the end of the connection, with this close code: see [`Closed`].
    ///
    /// # Panics
    /// When it ends with another one, or not in time.
    #[track_caller]
    pub fn expect_close(&self, code: u16) -> impl Future<Output = Closed> + Send + use<> {
        let closed = self.closed();
        let at = Caller::here();
        async move { expect_code(at, code, closed.await) }
    }

    /// Waits for any end of the connection.
    ///
    /// # Panics
    /// When it does not come in time.
    #[track_caller]
    pub fn closed(&self) -> impl Future<Output = Closed> + Send + use<> {
        let (at, connected) = (Caller::here(), self.0.clone());
        async move {
            let patience = connected.pipe.patience;
            match connected.pipe.wait_closed().await {
                Some(closed) => closed,
                None => at.fail(format_args!(
                    "expected the end of the connection, but it did not come within {patience:?}"
                )),
            }
        }
    }

    /// Closes the connection with a close frame, and waits for its end. On longpoll the server is
    /// not told.
    ///
    /// # Panics
    /// When the server does not answer in time.
    #[track_caller]
    pub fn disconnect(&self) -> impl Future<Output = Closed> + Send + use<> {
        let (closed, connected) = (self.closed(), self.0.clone());
        async move {
            connected.pipe.close().await;
            closed.await
        }
    }
}
