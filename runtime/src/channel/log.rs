//! What is logged of joins and of messages of clients.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tracing::Level;

use super::{
    Event, HandleInLevel, JoinError, JoinLevel, answer::Cause, conversation::Conversation,
};
use crate::{
    contain,
    escape::{chain, shown, told},
    pubsub::Payload,
    socket::Reason,
    telemetry::{self, Log, Timed, Took, figures::Figures},
};

/// The socket, the channel and the topic of a callback, for a log line.
pub(super) struct Whose<'a> {
    pub(super) socket: &'static str,
    pub(super) channel: &'static str,
    endpoint: &'static str,
    figures: &'a Figures,
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
            endpoint: conversation.handle().name(),
            figures: &conversation.handle().0.figures,
            topic,
        }
    }

    fn joined(&self) {
        telemetry::meters::channel_joined(self.endpoint, self.socket, self.channel);
    }

    /// A callback has returned.
    pub(super) fn called(&self, callback: &'static str, timed: Timed) {
        let names = (self.endpoint, self.socket, self.channel);
        telemetry::meters::channel_called(names, callback, timed);
        self.figures.called(timed);
    }

    fn ended(&self, reason: &Reason) {
        let Whose {
            socket,
            channel,
            topic,
            ..
        } = *self;
        telemetry::meters::channel_left(self.endpoint, socket, channel);
        telemetry::event!(
            CHANNEL_ENDED, Level::DEBUG, socket, channel, topic = %shown(topic),
            reason = %told(&format_args!("{reason:?}")), "a channel ended"
        );
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

/// A channel ends. Nothing is looked up while nobody listens.
pub(super) fn ended(
    conversation: &Conversation,
    channel: impl FnOnce(&str) -> &'static str,
    reason: &Reason,
) {
    if cfg!(feature = "metrics") || telemetry::wants(Level::DEBUG) {
        Whose::new(conversation, channel).ended(reason);
    }
}

/// A client has joined.
pub(super) fn joined(conversation: &Conversation, channel: impl FnOnce(&str) -> &'static str) {
    if cfg!(feature = "metrics") {
        Whose::new(conversation, channel).joined();
    }
}

/// A callback for a message of the client that somebody listens to.
pub(super) struct Logged {
    conversation: Arc<Conversation>,
    level: Option<Level>,
    /// Filtered, escaped and cut. `None` if there is no level.
    params: Option<String>,
    event: String,
    began: Instant,
}

impl Logged {
    /// A join. `None` if nobody listens.
    pub(super) fn join(conversation: &Arc<Conversation>, payload: &Payload) -> Option<Box<Self>> {
        if !telemetry::wants(Level::ERROR) {
            return None;
        }
        let topic = conversation.topic();
        let level = level(conversation.terms.log_join, topic, |choose: JoinLevel| {
            choose(topic)
        });
        let level = level.filter(|level| telemetry::listens!(CHANNEL_JOINED, *level));
        Some(Box::new(Logged {
            conversation: conversation.clone(),
            level,
            params: level.map(|_| conversation.handle().filtered(payload).to_string()),
            event: String::new(),
            began: Instant::now(),
        }))
    }

    /// A message of the client. `None` if nobody listens: that costs two comparisons.
    pub(super) fn event(conversation: &Arc<Conversation>, event: &Event) -> Option<Box<Self>> {
        match conversation.terms.log_handle_in {
            Log::Off => None,
            Log::At(level) if !telemetry::wants(level) => None,
            log => Logged::wanted(conversation, log, event),
        }
    }

    #[cold]
    fn wanted(
        conversation: &Arc<Conversation>,
        log: Log<HandleInLevel>,
        event: &Event,
    ) -> Option<Box<Self>> {
        if !telemetry::wants(Level::ERROR) {
            return None;
        }
        let topic = conversation.topic();
        let choose = |choose: HandleInLevel| choose(topic, event.name());
        let level = level(log, topic, choose)
            .filter(|level| telemetry::listens!(CHANNEL_HANDLED_IN, *level))?;
        Some(Box::new(Logged {
            conversation: conversation.clone(),
            level: Some(level),
            params: Some(conversation.handle().filtered(event.payload()).to_string()),
            event: shown(event.name()).to_string(),
            began: Instant::now(),
        }))
    }

    /// The level and the parameters of the line about a callback that has returned, if there is
    /// one, and how long it took.
    fn line(&self) -> Option<(Level, &str, Duration)> {
        let duration = self.began.elapsed();
        Some((self.level?, self.params.as_deref()?, duration))
    }

    fn whose(&self, channel: fn(&str) -> &'static str) -> Whose<'_> {
        Whose::new(&self.conversation, channel)
    }

    pub(super) fn joined(&self, channel: fn(&str) -> &'static str) {
        let Some((level, params, duration)) = self.line() else {
            return;
        };
        let Whose {
            socket,
            channel,
            topic,
            ..
        } = self.whose(channel);
        let (topic, took) = (shown(topic), Took(duration));
        telemetry::event!(
            CHANNEL_JOINED, level, socket, channel, %topic, %params, ?duration,
            "JOINED {topic} in {took}"
        );
    }

    /// A refusal is a decision about the client; anything else is a failure of the server.
    pub(super) fn refused(&self, error: &JoinError, channel: fn(&str) -> &'static str) {
        let duration = self.began.elapsed();
        let Whose {
            socket,
            channel,
            topic,
            ..
        } = self.whose(channel);
        let (topic, took) = (shown(topic), Took(duration));
        let params = self.params.as_ref().map(tracing::field::display);
        match error.cause() {
            Some(cause) if !cause.told => {
                let error = chain(&*cause.error);
                telemetry::event!(
                    CHANNEL_FAILED, Level::ERROR, socket, channel, %topic, params, %error,
                    ?duration, "FAILED JOIN {topic} in {took}"
                );
            }
            cause => {
                let Some(level) = self.level else { return };
                let reason = cause.map(|cause| chain(&*cause.error).to_string());
                let reply = self.conversation.handle().filtered(error.payload());
                telemetry::event!(
                    CHANNEL_REFUSED, level, socket, channel, %topic, params, %reply, reason,
                    ?duration, "REFUSED JOIN {topic} in {took}"
                );
            }
        }
    }

    pub(super) fn handled(&self, channel: fn(&str) -> &'static str) {
        let Some((level, params, duration)) = self.line() else {
            return;
        };
        let Whose {
            socket,
            channel,
            topic,
            ..
        } = self.whose(channel);
        let (topic, event, took) = (shown(topic), &self.event, Took(duration));
        telemetry::event!(
            CHANNEL_HANDLED_IN, level, socket, channel, %topic, %event, %params, ?duration,
            "HANDLED {event} INCOMING ON {topic} ({channel}) in {took}"
        );
    }
}

/// The level for a topic. Those of Phoenix's own are silent.
fn level<F>(log: Log<F>, topic: &str, choose: impl FnOnce(F) -> Option<Level>) -> Option<Level> {
    if topic.starts_with("phoenix") {
        return None;
    }
    match log {
        Log::Off => None,
        Log::At(level) => Some(level),
        Log::By(function) => contain::call(|| choose(function)).unwrap_or_else(|panic| {
            tracing::error!(topic = %shown(topic), "the function of a channel's level panicked: {panic}");
            None
        }),
    }
}
