//! A joined channel, or one that is being joined: the part that belongs to its socket.

use std::{collections::VecDeque, sync::Arc};

use super::{
    ClientMessage, Event, NameRef, Outlet, Ref, Reply, ServerMessage,
    callback::{Call, Callback, Instance, Now},
    client::Held,
    conversation::Conversation,
};
use crate::{contain::Panic, socket::Reason, watchdog};

/// What waits for a channel's callback.
pub(super) enum Waiting {
    Message(ClientMessage, Held),
    Call(Call),
}

/// A topic that the client has joined, or is joining.
pub(super) struct Slot {
    pub(super) conversation: Arc<Conversation>,
    /// The client's `join_ref`; null for V1 clients.
    pub(super) join_ref: Ref,
    /// `None` once the join is answered.
    pub(super) joining: Option<Box<Joining>>,
    stage: Stage,
    /// `None` while a callback runs.
    channel: Option<Box<dyn Instance>>,
    /// `None` while nothing waits. Boxed, so that an idle channel has room for a pointer only.
    #[expect(clippy::box_collection, reason = "most have none")]
    waiting: Option<Box<VecDeque<Waiting>>>,
}

/// What the answer to a join needs.
pub(super) struct Joining {
    /// The `ref` of the message that joins.
    pub(super) reference: Ref,
    /// The `join_ref` of the join that this one replaces. The client is told of its end after the
    /// reply to this one.
    pub(super) replaced: Option<Ref>,
}

/// The stage of a join.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Joining,
    /// Its `joined` has not been called yet.
    Fresh,
    Joined,
}

/// What becomes of a message of the client at once.
pub(super) enum Begun {
    /// It is handled. The reason is why the channel ends, if it does.
    Done(Option<Reason>),
    Crashed(Panic),
    Waits(Callback),
}

impl Slot {
    pub(super) fn joining(
        conversation: Arc<Conversation>,
        join_ref: Ref,
        joining: Joining,
    ) -> Self {
        Slot {
            conversation,
            join_ref,
            joining: Some(Box::new(joining)),
            stage: Stage::Joining,
            channel: None,
            waiting: None,
        }
    }

    /// The answer to the join; `None` if it was sent before.
    pub(super) fn answer<'a>(&'a self, reply: &'a Reply) -> Option<ServerMessage<'a>> {
        let joining = self.joining.as_ref()?;
        Some(ServerMessage::Reply {
            join_ref: &self.join_ref,
            reference: &joining.reference,
            topic: NameRef::Text(self.conversation.topic()),
            status: reply.status(),
            payload: reply.payload(),
        })
    }

    pub(super) fn is_joined(&self) -> bool {
        self.stage != Stage::Joining
    }

    /// True for a message of an earlier join. A message without `join_ref` belongs to this one.
    pub(super) fn is_stale(&self, join_ref: &Ref) -> bool {
        !join_ref.names_same(&self.join_ref) && !join_ref.is_null() && !self.join_ref.is_null()
    }

    /// A callback owns the channel.
    pub(super) fn is_away(&self) -> bool {
        self.channel.is_none()
    }

    /// What comes now has to wait.
    pub(super) fn is_busy(&self) -> bool {
        self.is_away() || self.stage == Stage::Fresh || self.waiting.is_some()
    }

    /// Begins a callback, which takes the channel.
    pub(super) fn begin(&mut self, call: Call) -> Option<Callback> {
        let channel = self.channel.take()?;
        Some(channel.handle(call, Outlet::new(self.conversation.clone(), None)))
    }

    /// Begins to handle a message of the client. A callback takes the channel.
    pub(super) fn begin_event(&mut self, event: Event, reference: Ref) -> Begun {
        let Some(channel) = &mut self.channel else {
            return Begun::Done(None);
        };
        watchdog::topic(self.conversation.topic());
        let mut out = Outlet::new(self.conversation.clone(), Some(reference));
        let (event, handling) = match channel.event_now(event, &mut out) {
            Now::Handled(end) => return Begun::Done(end),
            Now::Crashed(panic) => return Begun::Crashed(panic),
            Now::Waits(event, handling) => (event, handling),
        };
        match self.channel.take() {
            Some(channel) => Begun::Waits(channel.event(event, handling, out)),
            None => Begun::Done(None),
        }
    }

    pub(super) fn come_back(&mut self, channel: Box<dyn Instance>) {
        if self.stage == Stage::Joining {
            self.stage = if channel.has_joined() {
                Stage::Fresh
            } else {
                Stage::Joined
            };
        }
        self.channel = Some(channel);
    }

    pub(super) fn wait(&mut self, waiting: Waiting) {
        self.waiting.get_or_insert_default().push_back(waiting);
    }

    pub(super) fn next(&mut self) -> Option<Waiting> {
        if self.stage == Stage::Fresh {
            self.stage = Stage::Joined;
            return Some(Waiting::Call(Call::Joined));
        }
        let waiting = self.waiting.as_mut()?;
        let next = waiting.pop_front();
        if waiting.is_empty() {
            self.waiting = None;
        }
        next
    }

    /// Ends the conversation: nothing reaches the client any more, and the channel is told unless a
    /// callback owns it. Returns what waited.
    pub(super) fn close(self, reason: Reason) -> VecDeque<Waiting> {
        self.conversation.leave(&reason);
        if let Some(channel) = self.channel {
            watchdog::topic(self.conversation.topic());
            channel.terminate(reason, &self.conversation);
        }
        self.waiting.map(|waiting| *waiting).unwrap_or_default()
    }
}
