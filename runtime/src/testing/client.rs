//! A connection that holds channels.

use std::{fmt, future::IntoFuture, panic::AssertUnwindSafe, pin::Pin, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    caller::Caller,
    channel::Channel,
    payload::{self, shown},
    pipe::{Closed, Pipe},
    push::{Push, Reply},
    raw::expect_code,
    response::Response,
    router::{Joined, Router},
    wire::ClientMessage,
};
use crate::{handle::Handle, pubsub::Payload};

/// A connection that holds channels, as Phoenix's clients do: [`Site::connect`](super::Site::connect).
///
/// It is cut when it and all of its channels are dropped. It does not reconnect by itself, and its
/// channels do not join again.
#[derive(Clone, Debug)]
pub struct Client(pub(super) Arc<Connected>);

#[derive(Debug)]
pub(super) struct Connected {
    pub(super) router: Arc<Router>,
    pub(super) pipe: Pipe,
    /// Tests may catch panics around it.
    pub(super) handle: AssertUnwindSafe<Handle>,
}

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

    /// Joins a topic, with parameters for the channel's `join`.
    ///
    /// # Panics
    /// When the connection has ended. Awaiting the join panics when it is not answered in time.
    #[track_caller]
    pub fn join(&self, topic: &str, params: impl Serialize) -> Join {
        let joined = self.0.router.joined(topic);
        let outgoing = ClientMessage {
            join_ref: Some(joined.join_ref),
            reference: joined.join_ref,
            topic,
            event: "phx_join",
        };
        let message = outgoing.json(&payload::write(&params));
        let push = Push::send(self, &outgoing, message, format!("the join of `{topic}`"));
        Join {
            client: self.clone(),
            joined,
            push,
        }
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
        let push = Push::send(self, &outgoing, message, "a heartbeat".to_owned());
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

/// A join that has been sent. Await it for the joined channel.
///
/// # Errors
/// [`JoinRefused`] when the channel's `join` refused it.
#[derive(Debug)]
#[must_use = "it is a channel when it is awaited"]
pub struct Join {
    client: Client,
    joined: Arc<Joined>,
    push: Push,
}

impl IntoFuture for Join {
    type Output = Result<Channel, JoinRefused>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async {
            let reply = self.push.await;
            match reply.status() {
                "ok" => Ok(Channel::new(self.client, self.joined, reply)),
                _ => Err(JoinRefused {
                    topic: self.joined.topic.clone(),
                    reply,
                }),
            }
        })
    }
}

/// Why a topic is not joined: `join` refused it.
#[derive(Clone, Debug)]
pub struct JoinRefused {
    topic: String,
    reply: Reply,
}

impl JoinRefused {
    /// The reply, whose status is `error`.
    pub fn reply(&self) -> &Reply {
        &self.reply
    }

    /// The payload of the reply.
    pub fn payload(&self) -> &Payload {
        self.reply.payload()
    }

    /// The payload of the reply as a value.
    ///
    /// # Panics
    /// When it is JSON of another shape.
    #[track_caller]
    pub fn parse<T: DeserializeOwned>(&self) -> T {
        payload::read(self.reply.payload(), "the refusal")
    }
}

impl fmt::Display for JoinRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "joining `{}` was refused: {}",
            self.topic,
            shown(self.reply.payload())
        )
    }
}

impl std::error::Error for JoinRefused {}
