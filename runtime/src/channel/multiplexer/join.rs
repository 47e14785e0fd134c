//! A client joins a channel: what has to end for it, and what refuses it.

use std::sync::Arc;

use super::{Multiplexer, Task};
use crate::{
    channel::{
        ChannelSocket, ClientMessage, Ref, Reply,
        conversation::Conversation,
        log,
        slot::{Joining, Slot},
        socket::channel_of,
    },
    escape::shown,
    socket::{Outbox, Reason},
};

impl<S: ChannelSocket> Multiplexer<S> {
    /// The conversation whose callback a join has to wait for, because there are as many callbacks
    /// as there may be channels.
    pub(super) fn in_the_way(&mut self, join: &ClientMessage) -> Option<Arc<Conversation>> {
        self.table
            .as_mut()?
            .in_the_way(join.topic.as_str()?, S::MAX_CHANNELS)
    }

    /// Drops callbacks until there is room for that of a join.
    pub(super) async fn make_way(&mut self, join: &ClientMessage) {
        while let Some(conversation) = self.in_the_way(join) {
            let topic = shown(conversation.topic());
            tracing::warn!(%topic, "a callback is given up: its client has joined again, too often to wait for it");
            conversation.cut().await;
        }
    }

    pub(super) fn join(
        &mut self,
        message: ClientMessage,
        bytes: usize,
        out: &mut Outbox,
    ) -> Option<Task> {
        let topic = message.topic.as_str();
        let route = topic.and_then(|topic| {
            S::CHANNELS
                .iter()
                .find(|route| route.matches(topic))
                .map(|route| (topic, route))
        });
        let Some((topic, route)) = route else {
            let topic = message.topic.to_string();
            tracing::warn!(topic = %shown(&topic), "a client tried to join a topic that no channel serves");
            self.reply(
                out,
                &Ref::NULL,
                &message,
                &Reply::because("unmatched topic"),
            );
            return None;
        };
        let table = self.table(out);
        if table.live() >= S::MAX_CHANNELS && table.get(topic).is_none() {
            let topic = shown(topic);
            tracing::error!(%topic, most = S::MAX_CHANNELS, "a client tried to join too many channels");
            self.reply(
                out,
                &message.join_ref,
                &message,
                &Reply::because("too many channels joined"),
            );
            return None;
        }
        let replaced = self.replace(topic, out);
        let join_ref = if message.join_ref.is_null() {
            &message.reference
        } else {
            &message.join_ref
        };
        let client = self.table(out).client.clone();
        let join_ref = join_ref.clone();
        let slot = self.table(out).insert(|slot| {
            let conversation = Conversation::new(topic, join_ref, client, route.terms(), slot);
            let joining = Joining {
                reference: message.reference,
                replaced,
            };
            Slot::joining(conversation, message.join_ref, joining)
        });
        let conversation = slot.conversation.clone();
        let callback = route.join(
            conversation.clone(),
            self.mailbox.clone(),
            message.payload,
            self.socket.clone(),
        );
        Some(Task {
            conversation,
            callback,
            bytes,
        })
    }

    /// Ends an earlier join of a topic. Returns its `join_ref`: the client is told `phx_close`
    /// after the reply to the new join.
    fn replace(&mut self, topic: &str, out: &mut Outbox) -> Option<Ref> {
        let old = self.table.as_mut()?.remove(topic)?;
        tracing::debug!(topic = %shown(topic), "a client joined a topic twice: the first join ends");
        let join_ref = if old.is_joined() {
            log::ended(&old.conversation, channel_of::<S>, &Reason::Rejoined);
            Some(old.join_ref.clone())
        } else {
            self.answer_overtaken(&old, out);
            old.joining.as_ref().and_then(|join| join.replaced.clone())
        };
        let waiting = old.close(Reason::Rejoined);
        self.answer_waiting(waiting, out);
        join_ref
    }
}
