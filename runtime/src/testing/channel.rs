//! A joined channel.

use std::{fmt, sync::Arc};

use serde::Serialize;

use super::{
    caller::Caller,
    client::Client,
    inbox::{End, Missing},
    payload,
    push::{Push, Reply},
    pushed::Pushed,
    router::Joined,
    wire::ClientMessage,
};
use crate::message::Message;

/// A joined channel: the result of [`Client::join`].
///
/// Pushes and broadcasts wait until they are expected. Dropping it does not leave the channel.
#[derive(Debug)]
pub struct Channel {
    client: Client,
    joined: Arc<Joined>,
    reply: Reply,
}

impl Channel {
    pub(super) fn new(client: Client, joined: Arc<Joined>, reply: Reply) -> Self {
        Channel {
            client,
            joined,
            reply,
        }
    }

    /// The topic, such as `"room:1"`.
    pub fn topic(&self) -> &str {
        &self.joined.topic
    }

    /// The connection that it belongs to.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The reply to the join.
    pub fn joined(&self) -> &Reply {
        &self.reply
    }

    /// Sends an event. Await the push for its [`Reply`].
    ///
    /// # Panics
    /// When the connection has ended, or 1,024 messages wait to be sent.
    #[track_caller]
    pub fn push(&self, event: &str, payload: impl Serialize) -> Push {
        let payload = payload::write(&payload);
        self.send(event, |outgoing| outgoing.json(&payload))
    }

    /// Sends an event whose payload is bytes.
    ///
    /// # Panics
    /// When the connection has ended, 1,024 messages wait to be sent, or topic or event have more
    /// than 255 bytes.
    #[track_caller]
    pub fn push_binary(&self, event: &str, payload: impl AsRef<[u8]>) -> Push {
        self.send(event, |outgoing| outgoing.binary(payload.as_ref()))
    }

    #[track_caller]
    fn send(&self, event: &str, message: impl FnOnce(&ClientMessage<'_>) -> Message) -> Push {
        let topic = self.topic();
        let reference = self.client.0.router.next_ref();
        let outgoing = ClientMessage {
            join_ref: Some(self.joined.join_ref),
            reference,
            topic,
            event,
        };
        let message = message(&outgoing);
        Push::send(
            &self.client.0,
            &outgoing,
            message,
            format!("`{event}` on `{topic}`"),
        )
    }

    /// Waits for the next push or broadcast of this event. Earlier ones of other events wait until
    /// they are expected.
    ///
    /// # Panics
    /// When it does not come in time. The panic says what came instead.
    #[track_caller]
    pub fn expect(&mut self, event: &str) -> impl Future<Output = Pushed> + Send {
        let at = Caller::here();
        async move {
            let found = self
                .joined
                .inbox
                .take(self.patience(), |pushed| pushed.event() == event)
                .await;
            found.unwrap_or_else(|missing| {
                self.fail(at, format_args!("expected `{event}`"), &missing)
            })
        }
    }

    /// Waits for the next push or broadcast of any event.
    ///
    /// # Panics
    /// When none comes in time.
    #[track_caller]
    pub fn recv(&mut self) -> impl Future<Output = Pushed> + Send {
        let at = Caller::here();
        async move {
            let found = self.joined.inbox.take(self.patience(), |_| true).await;
            found.unwrap_or_else(|missing| self.fail(at, "expected a push", &missing))
        }
    }

    /// Checks that nothing is unread, and that nothing comes for 100 ms.
    ///
    /// # Panics
    /// When something is unread or comes, or the channel ended unexpectedly.
    #[track_caller]
    pub fn expect_nothing(&mut self) -> impl Future<Output = ()> + Send {
        let at = Caller::here();
        async move {
            if let Err(came) = self.joined.inbox.quiet(|_| true).await {
                at.fail(format_args!(
                    "expected nothing on `{}`, got\n    {came}",
                    self.topic()
                ));
            }
        }
    }

    /// Checks that no push or broadcast of this event is unread, and that none comes for 100 ms.
    ///
    /// # Panics
    /// When one is unread or comes, or the channel ended unexpectedly.
    #[track_caller]
    pub fn expect_no(&mut self, event: &str) -> impl Future<Output = ()> + Send {
        let at = Caller::here();
        async move {
            if let Err(came) = self
                .joined
                .inbox
                .quiet(|pushed| pushed.event() == event)
                .await
            {
                at.fail(format_args!(
                    "expected no `{event}` on `{}`, got\n    {came}",
                    self.topic()
                ));
            }
        }
    }

    /// Leaves the channel, and waits for the server's reply and the end of the channel.
    ///
    /// # Panics
    /// When they do not come in time.
    #[track_caller]
    pub fn leave(&mut self) -> impl Future<Output = ()> + Send {
        let at = Caller::here();
        let leave = self.push("phx_leave", serde_json::json!({}));
        async move {
            leave.await;
            let ended = self.joined.inbox.take_end(self.patience()).await;
            ended.map_or_else(
                |missing| self.fail(at, "expected `phx_close`", &missing),
                drop,
            );
        }
    }

    /// Waits for the channel's normal end, after which clients stay away.
    ///
    /// # Panics
    /// When it ends otherwise, or not in time.
    #[track_caller]
    pub fn expect_close(&mut self) -> impl Future<Output = ()> + Send {
        self.expect_end("phx_close")
    }

    /// Waits for the channel's end by a failure, after which clients join again.
    ///
    /// # Panics
    /// When it ends otherwise, or not in time.
    #[track_caller]
    pub fn expect_error(&mut self) -> impl Future<Output = ()> + Send {
        self.expect_end("phx_error")
    }

    #[track_caller]
    fn expect_end(&mut self, event: &'static str) -> impl Future<Output = ()> + Send {
        let at = Caller::here();
        async move {
            let what = format!("expected `{event}`");
            match self.joined.inbox.take_end(self.patience()).await {
                Ok(End::Channel(ended)) if ended == event => {}
                Ok(end) => at.fail(format_args!("{what} on `{}`, but {end}", self.topic())),
                Err(missing) => self.fail(at, what, &missing),
            }
        }
    }

    fn patience(&self) -> std::time::Duration {
        self.client.0.pipe.patience
    }

    fn fail(&self, at: Caller, what: impl fmt::Display, missing: &Missing) -> ! {
        let unsendable = match self.client.0.handle.stats().unsendable_broadcasts {
            0 => "",
            _ => {
                "; help: a broadcast has no form for channels: their payloads are objects or bytes"
            }
        };
        at.fail(format_args!(
            "{what} on `{}`{missing}{unsendable}",
            self.topic()
        ))
    }
}
