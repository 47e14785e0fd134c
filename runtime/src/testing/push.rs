//! A message of a client, and the reply to it.

use std::{future::IntoFuture, pin::Pin, sync::Arc, time::Duration};

use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use super::{
    caller::Caller,
    connected::Connected,
    inbox::QUIET,
    payload::{self, shown},
    router::RawReply,
    wire::ClientMessage,
};
use crate::{message::Message, pubsub::Payload};

/// A push that has been sent. Await it for the [`Reply`].
///
/// # Panics
/// Awaiting it panics when no reply comes in time.
#[derive(Debug)]
pub struct Push {
    what: String,
    answer: oneshot::Receiver<RawReply>,
    /// Keeps the connection open.
    connected: Arc<Connected>,
    patience: Duration,
    at: Caller,
}

impl Push {
    #[track_caller]
    pub(super) fn send(
        connected: &Arc<Connected>,
        outgoing: &ClientMessage<'_>,
        message: Message,
        what: String,
    ) -> Self {
        let answer = connected.router.pending(outgoing.reference);
        connected.pipe.send(message, &what);
        let patience = connected.pipe.patience;
        Push {
            what,
            answer,
            connected: connected.clone(),
            patience,
            at: Caller::here(),
        }
    }

    /// Checks that no reply comes for 100 ms.
    ///
    /// # Panics
    /// When a reply comes.
    pub async fn expect_no_reply(mut self) {
        tokio::time::sleep(QUIET).await;
        if let Ok(RawReply { status, payload }) = self.answer.try_recv() {
            let payload = shown(&payload);
            self.at.fail(format_args!(
                "expected no reply to {}, got `{status}` with {payload}",
                self.what
            ));
        }
    }

    async fn reply(self) -> Reply {
        let Push {
            what,
            answer,
            connected,
            patience,
            at,
        } = self;
        match tokio::time::timeout(patience, answer).await {
            Ok(Ok(RawReply { status, payload })) => Reply {
                what,
                status,
                payload,
            },
            Ok(Err(_)) => {
                let closed = connected.pipe.wait_closed().await;
                let code = closed.map_or_else(String::new, |closed| format!(" with {closed}"));
                at.fail(format_args!(
                    "expected a reply to {what}, but the connection closed{code}"
                ))
            }
            Err(_) => at.fail(format_args!(
                "expected a reply to {what}, but it did not come within {patience:?}\n    \
                 help: a handler that replies nothing is not waited for: do not await the push"
            )),
        }
    }
}

impl IntoFuture for Push {
    type Output = Reply;
    type IntoFuture = Pin<Box<dyn Future<Output = Reply> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.reply())
    }
}

/// The reply to a push.
#[derive(Clone, Debug)]
pub struct Reply {
    what: String,
    status: String,
    payload: Payload,
}

impl Reply {
    /// The status: `ok`, `error`, or one of the application.
    pub fn status(&self) -> &str {
        &self.status
    }

    /// The payload, whatever the status.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The payload as a value, whatever the status.
    ///
    /// # Panics
    /// If it is bytes, or JSON of another shape.
    #[track_caller]
    pub fn parse<T: DeserializeOwned>(&self) -> T {
        payload::read(&self.payload, &format!("the reply to {}", self.what))
    }

    /// The payload of a reply whose status is `ok`.
    ///
    /// # Panics
    /// When the status is another one, or the payload is of another shape.
    #[track_caller]
    pub fn ok<T: DeserializeOwned>(&self) -> T {
        self.with_status("ok")
    }

    /// The payload of a reply whose status is `error`.
    ///
    /// # Panics
    /// When the status is another one, or the payload is of another shape.
    #[track_caller]
    pub fn error<T: DeserializeOwned>(&self) -> T {
        self.with_status("error")
    }

    /// The bytes of a reply whose status is `ok`.
    ///
    /// # Panics
    /// When the status is another one, or the payload is JSON.
    #[track_caller]
    pub fn bytes(&self) -> &bytes::Bytes {
        self.expect_status("ok");
        payload::bytes(&self.payload, &format!("the reply to {}", self.what))
    }

    #[track_caller]
    fn with_status<T: DeserializeOwned>(&self, expected: &str) -> T {
        self.expect_status(expected);
        self.parse()
    }

    #[track_caller]
    fn expect_status(&self, expected: &str) {
        let Reply {
            what,
            status,
            payload,
        } = self;
        let payload = shown(payload);
        assert!(
            status == expected,
            "expected the reply `{expected}` to {what}, got `{status}` with {payload}"
        );
    }
}
