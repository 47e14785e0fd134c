//! A joined channel, or one that is being joined, as its socket sees it.

use std::{collections::VecDeque, sync::Arc};

use super::{
    ClientMessage, Outlet, Ref,
    callback::{Call, Callback, Instance},
    client::Held,
    conversation::Conversation,
};
use crate::{socket::Reason, watchdog};

/// What waits for a channel's callback.
pub(super) enum Waiting {
    Message(ClientMessage, Held),
    Call(Call),
}

/// A topic that the client has joined, or is joining.
pub(super) struct Slot {
    pub(super) conversation: Arc<Conversation>,
    /// What the client named the join; V1 clients do not.
    pub(super) join_ref: Ref,
    /// That of the message by which it joined.
    pub(super) reference: Ref,
    /// The join that this one replaces: the client is told of its end after the reply to this one.
    pub(super) replaced: Option<Ref>,
    stage: Stage,
    /// Away while a callback runs.
    channel: Option<Box<dyn Instance>>,
    waiting: VecDeque<Waiting>,
}

/// How far a join has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Joining,
    /// Its `joined` is to be called.
    Fresh,
    Joined,
}

impl Slot {
    pub(super) fn joining(
        conversation: Arc<Conversation>,
        join_ref: Ref,
        reference: Ref,
        replaced: Option<Ref>,
    ) -> Self {
        let waiting = VecDeque::new();
        Slot {
            conversation,
            join_ref,
            reference,
            replaced,
            stage: Stage::Joining,
            channel: None,
            waiting,
        }
    }

    pub(super) fn is_joined(&self) -> bool {
        self.stage != Stage::Joining
    }

    /// True for a message of an earlier join. Who names none means this one.
    pub(super) fn is_stale(&self, join_ref: &Ref) -> bool {
        !join_ref.names_same(&self.join_ref) && !join_ref.is_null() && !self.join_ref.is_null()
    }

    /// A callback has it.
    pub(super) fn is_away(&self) -> bool {
        self.channel.is_none()
    }

    /// What comes now has to wait for its turn.
    pub(super) fn is_busy(&self) -> bool {
        self.is_away() || self.stage == Stage::Fresh || !self.waiting.is_empty()
    }

    /// A callback takes the channel away. `reference` is that of the message that it handles, if it is the client's.
    pub(super) fn begin(&mut self, call: Call, reference: Option<Ref>) -> Option<Callback> {
        let channel = self.channel.take()?;
        Some(channel.handle(call, Outlet::new(self.conversation.clone(), reference)))
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
        self.waiting.push_back(waiting);
    }

    pub(super) fn next(&mut self) -> Option<Waiting> {
        if self.stage == Stage::Fresh {
            self.stage = Stage::Joined;
            return Some(Waiting::Call(Call::Joined));
        }
        let next = self.waiting.pop_front()?;
        if self.waiting.is_empty() {
            // An idle channel holds no memory for it.
            self.waiting = VecDeque::new();
        }
        Some(next)
    }

    /// Ends it: nothing reaches the client any more, and the channel is told if it is here. Returns what waited.
    pub(super) fn close(self, reason: Reason) -> VecDeque<Waiting> {
        self.conversation.leave(&reason);
        if let Some(channel) = self.channel {
            watchdog::topic(self.conversation.topic());
            channel.terminate(reason);
        }
        self.waiting
    }
}
