//! What happens to a channel after a callback, and what its client is told.

use std::sync::Arc;

use super::{Multiplexer, send};
use crate::{
    channel::{
        ChannelSocket, ClientMessage, OnGap, Ref, Reply, ServerMessage,
        callback::{Instance, Outcome},
        conversation::Conversation,
        log::{self, Whose},
        mailbox::{Gaps, Intercepts},
        slot::{Slot, Waiting},
        socket::channel_of,
    },
    escape::{chain, shown, told},
    message::{EncodeError, PushError, Text},
    pubsub::{Encoding, Payload},
    socket::{Outbox, Reason},
};

/// What comes with `phx_error`, whatever the failure was.
const CRASHED: Payload = Payload::Json(Text::from_static(r#"{"reason":"channel_crash"}"#));

impl<S: ChannelSocket> Multiplexer<S> {
    /// Acts on the outcome of a callback.
    pub(super) fn resolve(
        &mut self,
        conversation: &Arc<Conversation>,
        outcome: Outcome,
        out: &mut Outbox,
    ) {
        let Some(slot) = self.current(conversation) else {
            return outcome.discard(conversation.fate(), conversation);
        };
        let topic = shown(conversation.topic());
        match outcome {
            Outcome::Joined { channel, reply } => self.joined(conversation, channel, reply, out),
            Outcome::Refused(error) => {
                self.refuse(
                    conversation,
                    &Reply::error(error.payload().clone()),
                    Reason::Normal,
                    out,
                );
            }
            Outcome::JoinCrashed(text) => {
                let Whose {
                    socket, channel, ..
                } = Whose::new(conversation, channel_of::<S>);
                tracing::error!(socket, channel, %topic, "join panicked: {}", told(&text));
                self.refuse(
                    conversation,
                    &Reply::because("join crashed"),
                    Reason::Crash,
                    out,
                );
            }
            Outcome::Handled { channel, end } => {
                slot.come_back(channel);
                if let Some(reason) = end {
                    self.end(conversation, reason, out);
                }
            }
            Outcome::Crashed { channel, text } => {
                slot.come_back(channel);
                self.crashed(conversation, &text, out);
            }
            Outcome::GivenUp => self.abort(conversation, Reason::Left, out),
        }
    }

    /// A callback of a channel has panicked, with this text.
    pub(super) fn crashed(
        &mut self,
        conversation: &Arc<Conversation>,
        text: &str,
        out: &mut Outbox,
    ) {
        let Whose {
            socket, channel, ..
        } = Whose::new(conversation, channel_of::<S>);
        let topic = shown(conversation.topic());
        tracing::error!(socket, channel, %topic, "a callback of a channel panicked: {}", told(&text));
        self.end(conversation, Reason::Crash, out);
    }

    fn joined(
        &mut self,
        conversation: &Arc<Conversation>,
        channel: Box<dyn Instance>,
        reply: Result<Payload, EncodeError>,
        out: &mut Outbox,
    ) {
        let encoder = &self.speaks.serializer;
        let Some(slot) = self.current(conversation) else {
            return;
        };
        slot.come_back(channel);
        let skip = conversation.terms.intercept;
        let replied = match reply {
            Ok(reply) => self.answer_join(conversation, &Reply::ok(reply), out),
            Err(error) => Err(PushError::Unencodable(error)),
        };
        if let Err(error) = replied {
            tracing::error!(topic = %shown(conversation.topic()), help = error.help(), "the reply to a join was not sent: {}", chain(&error));
            let reason = Reason::Failed(error.to_string().into());
            return self.refuse(conversation, &Reply::because("join crashed"), reason, out);
        }
        log::joined(conversation, channel_of::<S>);
        if !skip.is_empty() {
            let intercepts = Arc::new(Intercepts {
                conversation: conversation.clone(),
                signals: self.mailbox.clone(),
            });
            conversation.keep(
                out.handle()
                    .pubsub()
                    .deliver(conversation.topic(), intercepts),
            );
        }
        out.link()
            .clone()
            .subscribe(conversation.topic(), Some(Encoding { encoder, skip }));
        self.watch_gaps(conversation, out);
    }

    /// Has the channel told of lost broadcasts, if other nodes send any.
    fn watch_gaps(&self, conversation: &Arc<Conversation>, out: &Outbox) {
        let pubsub = out.handle().pubsub();
        if conversation.terms.on_gap == OnGap::Ignore || pubsub.node().is_none() {
            return;
        }
        let gaps = Arc::new(Gaps {
            conversation: conversation.clone(),
            signals: self.mailbox.clone(),
        });
        if let Some(membership) = pubsub.watch_gaps(conversation.topic(), gaps) {
            conversation.keep(membership);
        }
    }

    /// Answers a join, then tells the client that the earlier join has ended.
    fn answer_join(
        &mut self,
        conversation: &Arc<Conversation>,
        reply: &Reply,
        out: &mut Outbox,
    ) -> Result<(), PushError> {
        let Some(slot) = self
            .table
            .as_mut()
            .and_then(|table| table.get(conversation.topic()))
        else {
            return Ok(());
        };
        if let Some(answer) = slot.answer(reply) {
            send(self.speaks, &answer, out)?;
        }
        let answered = slot.joining.take();
        if let Some(join_ref) = answered.and_then(|joining| joining.replaced) {
            self.tell_end(conversation.topic(), &join_ref, "phx_close", out);
        }
        Ok(())
    }

    /// Answers a join that a later join has replaced.
    pub(super) fn answer_overtaken(&self, slot: &Slot, out: &mut Outbox) {
        if let Some(answer) = slot.answer(&Reply::because("joined again")) {
            self.say(&answer, out);
        }
    }

    fn refuse(
        &mut self,
        conversation: &Arc<Conversation>,
        reply: &Reply,
        reason: Reason,
        out: &mut Outbox,
    ) {
        if let Err(error) = self.answer_join(conversation, reply, out) {
            tracing::error!(topic = %shown(conversation.topic()), "the reply to a join was not sent: {error}");
            // The client waits for an answer: any serializer can write this one.
            if let Err(error) = self.answer_join(conversation, &Reply::because("join refused"), out)
            {
                tracing::error!(topic = %shown(conversation.topic()), "the reply to a join was not sent: {error}");
            }
        }
        if let Some(slot) = self
            .table
            .as_mut()
            .and_then(|table| table.remove(conversation.topic()))
        {
            let waiting = slot.close(reason);
            self.answer_waiting(waiting, out);
        }
    }

    /// Ends a channel whose callback is not done. A pending join is answered.
    pub(super) fn abort(
        &mut self,
        conversation: &Arc<Conversation>,
        reason: Reason,
        out: &mut Outbox,
    ) {
        match self.current(conversation).map(|slot| slot.is_joined()) {
            Some(true) => self.end(conversation, reason, out),
            Some(false) => self.refuse(conversation, &Reply::because("join crashed"), reason, out),
            None => {}
        }
    }

    /// Ends a channel, and tells the client, which stays away or joins again.
    pub(super) fn end(
        &mut self,
        conversation: &Arc<Conversation>,
        reason: Reason,
        out: &mut Outbox,
    ) {
        let Some(slot) = self
            .table
            .as_mut()
            .and_then(|table| table.remove(conversation.topic()))
        else {
            return;
        };
        let event = match reason {
            Reason::Normal | Reason::Shutdown | Reason::Left => "phx_close",
            _ => "phx_error",
        };
        if slot.is_joined() {
            log::ended(conversation, channel_of::<S>, &reason);
        }
        let join_ref = slot.join_ref.clone();
        let waiting = slot.close(reason);
        // This goes first: the client forgets the channel when it is told of its end.
        self.answer_waiting(waiting, out);
        self.tell_end(conversation.topic(), &join_ref, event, out);
    }

    fn tell_end(&self, topic: &str, join_ref: &Ref, event: &str, out: &mut Outbox) {
        let payload = match event {
            "phx_error" => &CRASHED,
            _ => &Payload::EMPTY,
        };
        self.say(
            &ServerMessage::Push {
                join_ref,
                reference: join_ref,
                topic,
                event,
                payload,
            },
            out,
        );
    }

    /// Answers messages that waited for a channel that has ended.
    pub(super) fn answer_waiting(
        &self,
        waiting: impl IntoIterator<Item = Waiting>,
        out: &mut Outbox,
    ) {
        for waiting in waiting {
            if let Waiting::Message(message, _) = waiting {
                self.unjoined(&message, out);
            }
        }
    }

    pub(super) fn reply(
        &self,
        out: &mut Outbox,
        join_ref: &Ref,
        to: &ClientMessage,
        reply: &Reply,
    ) {
        let answer = ServerMessage::Reply {
            join_ref,
            reference: &to.reference,
            topic: to.topic.borrow(),
            status: reply.status(),
            payload: reply.payload(),
        };
        self.say(&answer, out);
    }

    fn say(&self, message: &ServerMessage<'_>, out: &mut Outbox) {
        if let Err(error) = send(self.speaks, message, out) {
            tracing::error!("a message was not sent: {error}");
        }
    }
}
