//! A client on its way into a channel.

use std::{fmt, future::IntoFuture, pin::Pin, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    channel::Channel,
    client::Client,
    payload::{self, shown},
    push::{Push, Reply},
    router::Joined,
    wire::ClientMessage,
};
use crate::pubsub::Payload;

impl Client {
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
        let push = Push::send(
            &self.0,
            &outgoing,
            message,
            format!("the join of `{topic}`"),
        );
        Join {
            client: self.clone(),
            joined,
            push,
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
