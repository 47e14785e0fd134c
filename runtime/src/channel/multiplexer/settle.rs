//! What becomes of a channel after a callback, and what its client is told.

use std::sync::Arc;

use super::{Multiplexer, send};
use crate::{
    channel::{
        Answer, ChannelSocket, ClientMessage, JoinError, NameRef, Ref, Reply, SendError, ServerMessage,
        entry::{Entry, Waiting},
        mailbox::Intercepts,
        member::Member,
        work::{Instance, Outcome},
    },
    escape::{shown, told},
    pubsub::{Encoding, Payload},
    socket::{Outbox, Reason},
};

impl<S: ChannelSocket> Multiplexer<S> {
    /// Does what a callback came to.
    pub(super) fn settle(&mut self, member: &Arc<Member>, outcome: Outcome, out: &mut Outbox) {
        let topic = shown(member.topic());
        let Some(entry) = self.current(member) else { return outcome.discard(Reason::Rejoined) };
        match outcome {
            Outcome::Joined { channel, reply } => self.joined(member, channel, reply, out),
            Outcome::Refused(JoinError(payload)) => {
                self.refuse(member, &Reply::error(payload), Reason::Normal, out);
            }
            Outcome::JoinCrashed(text) => {
                tracing::error!(%topic, "join panicked: {}", told(&text));
                self.refuse(member, &Reply::because("join crashed"), Reason::Crash, out);
            }
            Outcome::Handled { channel, reference, answer } => {
                entry.come_back(channel);
                self.follow(member, reference, answer, out);
            }
            Outcome::Crashed { channel, text } => {
                tracing::error!(%topic, "a callback of a channel panicked: {}", told(&text));
                entry.come_back(channel);
                self.end(member, Reason::Crash, out);
            }
            Outcome::GivenUp => self.abort(member, Reason::Left, out),
        }
    }

    fn joined(&mut self, member: &Arc<Member>, channel: Box<dyn Instance>, reply: Payload, out: &mut Outbox) {
        let encoder = &self.speaks.serializer;
        let Some(entry) = self.current(member) else { return };
        entry.come_back(channel);
        let skip = member.intercept;
        if let Err(error) = self.answer_join(member, &Reply::ok(reply), out) {
            tracing::error!(topic = %shown(member.topic()), "the reply to a join was not sent: {error}");
            let reason = Reason::Failed(error.to_string().into());
            return self.refuse(member, &Reply::because("join crashed"), reason, out);
        }
        if !skip.is_empty() {
            let intercepts = Arc::new(Intercepts(member.clone()));
            member.keep(out.handle().pubsub().deliver(member.topic(), intercepts));
        }
        out.link().clone().subscribe(member.topic(), Some(Encoding { encoder, skip }));
    }

    fn follow(&mut self, member: &Arc<Member>, reference: Option<Ref>, answer: Answer, out: &mut Outbox) {
        let (reply, reason) = match answer {
            Answer::NoReply => (None, None),
            Answer::Reply(reply) => (Some(reply), None),
            Answer::Stop { reason, reply } => (reply, Some(reason)),
        };
        match (reply, reference) {
            (None, _) => {}
            (Some(reply), Some(reference)) => reply_or_say_so(member, &reference, &reply),
            (Some(_), None) => {
                tracing::warn!(topic = %shown(member.topic()), "a reply to no message was dropped")
            }
        }
        if let Some(reason) = reason {
            self.end(member, reason, out);
        }
    }

    /// Answers a join, and says after it that the join before has ended.
    fn answer_join(
        &mut self,
        member: &Arc<Member>,
        reply: &Reply,
        out: &mut Outbox,
    ) -> Result<(), SendError> {
        let Some(entry) = self.table.as_mut().and_then(|table| table.get(member.topic())) else {
            return Ok(());
        };
        send(self.speaks, &join_answer(entry, reply), out)?;
        if let Some(join_ref) = entry.replaced.take() {
            self.tell_end(member.topic(), &join_ref, "phx_close", out);
        }
        Ok(())
    }

    /// Answers a join that another one has overtaken.
    pub(super) fn answer_overtaken(&self, entry: &Entry, out: &mut Outbox) {
        self.say(&join_answer(entry, &Reply::because("joined again")), out);
    }

    fn refuse(&mut self, member: &Arc<Member>, reply: &Reply, reason: Reason, out: &mut Outbox) {
        if let Err(error) = self.answer_join(member, reply, out) {
            tracing::error!(topic = %shown(member.topic()), "the reply to a join was not sent: {error}");
            // A client that waits for an answer gets one that any serializer can write.
            if let Err(error) = self.answer_join(member, &Reply::because("join refused"), out) {
                tracing::error!(topic = %shown(member.topic()), "the reply to a join was not sent: {error}");
            }
        }
        if let Some(entry) = self.table.as_mut().and_then(|table| table.remove(member.topic())) {
            let waiting = entry.close(reason);
            self.answer_waiting(waiting, out);
        }
    }

    /// Ends a channel whose callback is not done. A join that is pending is answered.
    pub(super) fn abort(&mut self, member: &Arc<Member>, reason: Reason, out: &mut Outbox) {
        match self.current(member).map(|entry| entry.is_joined()) {
            Some(true) => self.end(member, reason, out),
            Some(false) => self.refuse(member, &Reply::because("join crashed"), reason, out),
            None => {}
        }
    }

    /// Ends a channel, and tells the client so that it stays away or joins again.
    pub(super) fn end(&mut self, member: &Arc<Member>, reason: Reason, out: &mut Outbox) {
        let Some(entry) = self.table.as_mut().and_then(|table| table.remove(member.topic())) else { return };
        let event = match reason {
            Reason::Normal | Reason::Shutdown | Reason::Left => "phx_close",
            _ => "phx_error",
        };
        tracing::debug!(topic = %shown(member.topic()), ?reason, "a channel ended");
        let join_ref = entry.join_ref.clone();
        let waiting = entry.close(reason);
        // First: a client forgets the channel when it hears of its end.
        self.answer_waiting(waiting, out);
        self.tell_end(member.topic(), &join_ref, event, out);
    }

    fn tell_end(&self, topic: &str, join_ref: &Ref, event: &str, out: &mut Outbox) {
        let payload = &Payload::EMPTY;
        self.say(&ServerMessage::Push { join_ref, reference: join_ref, topic, event, payload }, out);
    }

    /// What waited for a channel that has ended finds none.
    pub(super) fn answer_waiting(&self, waiting: impl IntoIterator<Item = Waiting>, out: &mut Outbox) {
        for waiting in waiting {
            if let Waiting::Message(message, _) = waiting {
                self.unjoined(&message, out);
            }
        }
    }

    pub(super) fn reply(&self, out: &mut Outbox, join_ref: &Ref, to: &ClientMessage, reply: &Reply) {
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

fn join_answer<'a>(entry: &'a Entry, reply: &'a Reply) -> ServerMessage<'a> {
    ServerMessage::Reply {
        join_ref: &entry.join_ref,
        reference: &entry.reference,
        topic: NameRef::Text(entry.member.topic()),
        status: reply.status(),
        payload: reply.payload(),
    }
}

/// A client that waits for a reply gets one.
fn reply_or_say_so(member: &Member, reference: &Ref, reply: &Reply) {
    let Err(error) = member.reply(reference, reply) else { return };
    tracing::error!(topic = %shown(member.topic()), "a reply was not sent: {error}");
    if let Err(error) = member.reply(reference, &Reply::because("internal error")) {
        tracing::error!(topic = %shown(member.topic()), "a reply was not sent: {error}");
    }
}
