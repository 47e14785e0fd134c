//! What a callback writes to.

use std::{fmt, sync::Arc};

use bytes::Bytes;

use crate::{
    handle::Handle,
    message::{Message, PushError, Unsupported},
    pubsub::{BroadcastError, Encoding, IntoPayload, Payload, SubscriberId, Unconfirmed},
    socket::{InboxWaker, Reason, TransportKind},
    telemetry::Timed,
    watchdog::{Callback, Watched},
};

/// The way to one client, lent to a callback.
///
/// What a callback pushes is sent after it, in order and in one write.
pub struct Outbox(Arc<dyn ClientLink>);

/// What a transport gives a socket. Each transport's connection implements it.
pub(crate) trait ClientLink: InboxWaker {
    fn push(&self, message: Message) -> Result<(), Unsupported>;
    /// Logs that a message was not sent.
    fn cannot_send(&self, error: Unsupported);
    fn ping(&self, payload: Bytes);
    /// Whether too much waits for the client for callbacks to be called.
    fn is_over_high_water(&self) -> bool;
    /// The largest message that the client may send, in bytes.
    fn max_message(&self) -> usize;
    fn id(&self) -> SubscriberId;
    fn handle(&self) -> &Handle;
    fn watched(&self) -> &Watched;
    fn transport(&self) -> TransportKind;
    /// A callback that no future runs has returned.
    fn called(&self, callback: Callback, timed: Timed);
    /// The socket type's name, for logs.
    fn socket(&self) -> &'static str;
    /// What `terminate` is told when the connection is dropped.
    fn ending(&self) -> Reason;
    /// `None` encodes broadcasts as the socket type does.
    fn subscribe(self: Arc<Self>, topic: &str, encoding: Option<Encoding>);
    fn unsubscribe(&self, topic: &str);
    fn broadcast(&self, topic: &str, event: &str, payload: Payload) -> Result<(), BroadcastError>;
    /// To all but this connection.
    fn broadcast_from(
        &self,
        topic: &str,
        event: &str,
        payload: Payload,
    ) -> Result<(), BroadcastError> {
        self.handle()
            .broadcast_from(self.id(), topic, event, payload)
    }
}

impl Outbox {
    pub(crate) fn new(link: Arc<dyn ClientLink>) -> Self {
        Outbox(link)
    }

    pub(crate) fn link(&self) -> &Arc<dyn ClientLink> {
        &self.0
    }

    /// Sends a message to this client.
    ///
    /// Never waits. The outbox's limit does not apply up to the callback's next `.await`: a client
    /// that reads is never closed for what was pushed by then. If a callback goes on pushing while
    /// more than the limit waits, the connection ends with 1013 after sixteen limits more. While
    /// more than half of the limit waits, no further callback is called, and nothing is read from
    /// the client. So send large amounts in pieces, one for each `handle_info`: then each piece
    /// waits for the client.
    ///
    /// A message that the transport cannot carry (bytes on longpoll) is logged and not sent.
    pub fn push(&mut self, message: impl Into<Message>) {
        if let Err(error) = self.0.push(message.into()) {
            self.0.cannot_send(error);
        }
    }

    /// The transport that the client came by.
    pub fn transport(&self) -> TransportKind {
        self.0.transport()
    }

    /// Like [`push`](Outbox::push), for messages that the transport may be unable to carry.
    ///
    /// # Errors
    /// If the transport cannot carry it: longpoll carries no bytes. Nothing was sent.
    pub fn try_push(&mut self, message: impl Into<Message>) -> Result<(), PushError> {
        self.0.push(message.into()).map_err(PushError::Unsupported)
    }

    /// Sends a ping, on transports that have pings: longpoll has none. A payload over 125 bytes is
    /// cut.
    pub fn ping(&mut self, payload: impl Into<Bytes>) {
        self.0.ping(payload.into());
    }

    /// Forwards the topic's broadcasts to this client, from now until the connection ends.
    ///
    /// Each broadcast is encoded once for all subscribers of this socket type
    /// ([`Socket::encode`](crate::Socket::encode)) and written without waking the socket. Called
    /// again for the same topic, it changes nothing.
    pub fn forward(&mut self, topic: &str) {
        self.0.clone().subscribe(topic, None);
    }

    /// Like [`forward`](Outbox::forward), and waits until the broker of the endpoint's `pubsub(..)`
    /// has confirmed the subscription: no broadcast of another node is missed from then on. It
    /// completes at once where no broker is.
    ///
    /// # Errors
    /// If the broker has not confirmed it in `confirm_timeout`. The topic is forwarded all the
    /// same.
    pub async fn subscribe(&mut self, topic: &str) -> Result<(), Unconfirmed> {
        self.forward(topic);
        self.handle().pubsub().confirmed(topic).await
    }

    /// Ends what [`forward`](Outbox::forward) began.
    pub fn stop_forwarding(&mut self, topic: &str) {
        self.0.unsubscribe(topic);
    }

    /// Broadcasts to all subscribers of the topic, this client included if it subscribed.
    ///
    /// For this client the broadcast keeps its place between what was pushed before and after it.
    ///
    /// # Errors
    /// If the endpoint has more broadcasts waiting than it may, or the payload cannot be JSON.
    pub fn broadcast(
        &mut self,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.0.broadcast(topic, event, payload.into_payload()?)
    }

    /// Broadcasts to all subscribers of the topic but this connection.
    ///
    /// # Errors
    /// If the endpoint has more broadcasts waiting than it may, or the payload cannot be JSON.
    pub fn broadcast_from(
        &mut self,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.0.broadcast_from(topic, event, payload.into_payload()?)
    }

    /// The identity of this connection among subscribers.
    pub fn id(&self) -> SubscriberId {
        self.0.id()
    }

    /// The endpoint that this connection belongs to.
    pub fn handle(&self) -> &Handle {
        self.0.handle()
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Outbox").field(&self.0.id()).finish()
    }
}
