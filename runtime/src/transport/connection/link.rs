//! A connection as its socket sees it, and as the topics see it whose broadcasts it receives.

use std::sync::{Arc, MutexGuard};

use bytes::Bytes;

use super::{
    callbacks::Host,
    out::{Out, Sent},
    shared::{Shared, State},
    stop::StopRequest,
    sweep::Swept,
};
use crate::{
    handle::Handle,
    message::{Message, Unsupported},
    pubsub::{
        Broadcast, BroadcastError, Encoding, Form, Membership, Payload, Recipient, SubscriberId,
        Unsendable,
    },
    socket::{ClientLink, Reason, TransportKind},
    telemetry::Timed,
    watchdog::{Callback, Watched},
};

impl<O: Out> Shared<O> {
    fn form(&self, encoding: Encoding) -> Form {
        Form {
            encoding,
            framing: O::framing(&self.side),
        }
    }

    /// Forwards behind what waits.
    #[cold]
    fn forward_behind(&self, mut state: MutexGuard<'_, State<O>>, bytes: &Bytes) {
        let options = &self.context.options.outbox;
        if state.out.make_way(bytes, options) {
            self.note_write(&mut state);
        }
        let sent = state.out.send(bytes, options);
        if sent != Sent::Done {
            self.settle(state, sent);
        }
    }

    /// Without the lock: this may drop the last reference to the connection.
    fn leave_topic(&self, membership: Option<Membership>) {
        if let Some(membership) = membership {
            self.context.handle.pubsub().leave(membership);
        }
    }
}

impl<O: Swept> Recipient for Shared<O> {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn forward(&self, bytes: &Bytes, excepted: &[SubscriberId]) -> bool {
        if excepted.contains(&self.id) {
            return false;
        }
        self.sent(bytes.len());
        let mut state = self.state();
        if !state.out.is_empty() {
            self.forward_behind(state, bytes);
            return true;
        }
        let sent = state.out.send(bytes, &self.context.options.outbox);
        if sent != Sent::Done {
            self.settle(state, sent);
        }
        true
    }

    fn watched(&self) -> &Watched {
        &self.context.watched
    }

    fn unsendable(&self, reason: Unsendable) {
        match reason {
            Unsendable::Encoding => self.context.handle.count_unsendable(),
            Unsendable::Framing(error) => self.cannot_send(error),
        }
    }
}

impl<O: Out> Host for Shared<O> {
    fn is_over_high_water(&self) -> bool {
        self.is_over_high_water()
    }

    fn stop_request(&self) -> StopRequest {
        self.stop_request()
    }

    fn waits(&self) {
        self.callback_waits();
    }

    fn came(&self, bytes: usize) {
        self.came(bytes);
    }

    #[inline]
    fn returned(&self, callback: Callback, timed: Timed) {
        self.callback_returns();
        self.context.called(callback, timed);
    }

    fn socket(&self) -> &'static str {
        self.context.socket
    }
}

impl<O: Swept> ClientLink for Shared<O> {
    fn push(&self, message: Message) -> Result<(), Unsupported> {
        let bytes = message.len();
        if !self.gather(&message) {
            self.put(O::frame(&self.side, message)?);
        }
        self.sent(bytes);
        Ok(())
    }

    fn cannot_send(&self, error: Unsupported) {
        tracing::error!(
            socket = self.context.socket,
            transport = %self.context.kind,
            "a message was not sent: {error}; help: `try_push` returns this error, and `Connect::transport` tells the transport"
        );
    }

    fn ping(&self, payload: Bytes) {
        O::ping(self, payload);
    }

    fn is_over_high_water(&self) -> bool {
        self.is_over_high_water()
    }

    fn max_message(&self) -> usize {
        self.context.options.max_message
    }

    fn id(&self) -> SubscriberId {
        self.id
    }

    fn handle(&self) -> &Handle {
        &self.context.handle
    }

    fn watched(&self) -> &Watched {
        &self.context.watched
    }

    fn transport(&self) -> TransportKind {
        self.context.kind
    }

    fn called(&self, callback: Callback, timed: Timed) {
        self.context.called(callback, timed);
    }

    fn socket(&self) -> &'static str {
        self.context.socket
    }

    fn ending(&self) -> Reason {
        self.stop_request().reason()
    }

    fn subscribe(self: Arc<Self>, topic: &str, encoding: Option<Encoding>) {
        if self.state().subscriptions.encoding(topic).is_some() {
            return;
        }
        let encoding = encoding.unwrap_or(self.encoder.into());
        let membership =
            self.context
                .handle
                .pubsub()
                .forward(topic, self.clone(), self.form(encoding));
        let replaced = self.state().subscriptions.add(membership, encoding);
        self.leave_topic(replaced);
    }

    fn unsubscribe(&self, topic: &str) {
        let removed = self.state().subscriptions.remove(topic);
        self.leave_topic(removed);
    }

    fn broadcast(&self, topic: &str, event: &str, payload: Payload) -> Result<(), BroadcastError> {
        let pubsub = self.context.handle.pubsub();
        let Some(encoding) = self.state().subscriptions.encoding(topic) else {
            return pubsub.broadcast(topic, event, payload);
        };
        let broadcast = Broadcast::new(topic, event, payload);
        let (bytes, told) = pubsub.broadcast_beside(self, &self.form(encoding), broadcast);
        if !bytes.is_empty() {
            self.sent(bytes.len());
            self.put(bytes.into());
        }
        told
    }
}
