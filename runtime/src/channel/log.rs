//! Log lines of refused joins and failed callbacks.

use super::{JoinError, answer::Cause, conversation::Conversation};
use crate::escape::{chain, shown, told};

/// The socket, the channel and the topic of a callback, for a log line.
pub(super) struct Whose<'a> {
    pub(super) socket: &'static str,
    pub(super) channel: &'static str,
    topic: &'a str,
}

impl<'a> Whose<'a> {
    pub(super) fn new(
        conversation: &'a Conversation,
        channel: impl FnOnce(&str) -> &'static str,
    ) -> Self {
        let (socket, topic) = (conversation.client.link.socket(), conversation.topic());
        Whose {
            socket,
            channel: channel(topic),
            topic,
        }
    }

    /// A refusal is a decision about the client; anything else is a failure of the server.
    pub(super) fn refused(&self, error: &JoinError) {
        let (
            Whose {
                socket, channel, ..
            },
            topic,
        ) = (self, shown(self.topic));
        match error.cause() {
            Some(cause) if !cause.told => {
                tracing::error!(socket, channel, %topic, error = %chain(&*cause.error), "join failed");
            }
            cause => {
                let reason = cause.map(|cause| chain(&*cause.error).to_string());
                let reply = error
                    .payload()
                    .as_text()
                    .map(|text| told(&text).to_string());
                tracing::info!(socket, channel, %topic, reply, reason, "a join was refused");
            }
        }
    }

    pub(super) fn failed(&self, cause: &Cause) {
        let (
            Whose {
                socket, channel, ..
            },
            topic,
        ) = (self, shown(self.topic));
        let event = cause.event.as_deref().map(|event| shown(event).to_string());
        let error = chain(&*cause.error);
        if cause.told {
            tracing::debug!(socket, channel, %topic, event, reason = %error, "a channel's callback refused");
        } else {
            tracing::error!(socket, channel, %topic, event, %error, "a channel's callback failed");
        }
    }
}
