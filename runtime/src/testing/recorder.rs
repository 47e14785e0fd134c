//! An outbox and an outlet that record, so that a test can call callbacks directly.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;

use super::wire::{self, What};
use crate::{
    channel,
    config::Config,
    handle::Handle,
    message::{Message, Unsupported},
    pubsub::{Broadcast, BroadcastError, Encoding, Payload, PubSub, SubscriberId},
    socket::{self, ClientLink, InboxWaker, Reason, TransportKind},
    state::AppState,
    telemetry::Timed,
    watchdog::{Callback, Watched},
};

/// The name of the recorder's connection and endpoint in logs.
const NAME: &str = "testing";

/// An outbox that records. A test can call a socket's callbacks directly, because `#[socket]`
/// leaves them on their type.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use landfall::{prelude::*, testing};
///
/// struct Counter(u32);
///
/// #[socket]
/// impl Counter {
///     fn connect(#[param] from: u32) -> Self {
///         Counter(from)
///     }
///
///     async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Result<(), std::num::ParseIntError> {
///         self.0 += message.as_text().unwrap_or_default().parse::<u32>()?;
///         out.push(self.0.to_string());
///         Ok(())
///     }
/// }
///
/// let (mut counter, mut out) = (Counter::connect(7), testing::outbox());
/// counter.handle_in("3".into(), &mut out).await.unwrap();
/// assert_eq!(out.take(), [Message::from("10")]);
/// assert!(counter.handle_in("three".into(), &mut out).await.is_err());
/// assert_eq!(out.take(), []);
/// # }
/// ```
///
/// # Panics
/// Outside a tokio runtime.
pub fn outbox() -> Outbox {
    let recorder = Recorder::new();
    Outbox {
        outbox: socket::Outbox::new(recorder.clone()),
        recorder,
    }
}

/// An outlet that records, for a channel that has joined `topic`. A test can call a channel's
/// callbacks directly, because `#[channel]` leaves callbacks and handlers on their type.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use landfall::{prelude::*, testing};
/// use serde_json::json;
/// # struct UserSocket;
/// # #[socket(channel("room:*", Room))]
/// # impl UserSocket {
/// #     fn connect() -> Self { UserSocket }
/// # }
///
/// struct Room;
///
/// #[channel(UserSocket)]
/// impl Room {
///     fn join() -> Self {
///         Room
///     }
///
///     #[handle_in("say")]
///     async fn say(&mut self, text: String, out: &mut Outlet) -> Result<Reply, Reply> {
///         if text.is_empty() {
///             return Err(Reply::because("nothing to say"));
///         }
///         out.broadcast("said", json!({ "text": text }))?;
///         out.push("thanks", json!({}));
///         Ok(Reply::ok(json!({})))
///     }
/// }
///
/// let (mut room, mut out) = (Room::join(), testing::outlet("room:7"));
/// assert_eq!(room.say(String::new(), &mut out).await, Err(Reply::because("nothing to say")));
/// assert_eq!(room.say("ahoy".to_owned(), &mut out).await, Ok(Reply::ok(json!({}))));
/// assert_eq!(out.take(), [("thanks".to_owned(), json!({}).into())]);
/// let said = &out.take_broadcasts()[0];
/// assert_eq!((said.topic(), said.event()), ("room:7", "said"));
/// # }
/// ```
///
/// # Panics
/// Outside a tokio runtime.
pub fn outlet(topic: &str) -> Outlet {
    let recorder = Recorder::new();
    Outlet {
        outlet: channel::Outlet::detached(topic, recorder.clone()),
        recorder,
    }
}

/// An [`Outbox`](crate::socket::Outbox) that records what is pushed: [`outbox`].
pub struct Outbox {
    outbox: socket::Outbox,
    recorder: Arc<Recorder>,
}

impl Outbox {
    /// Takes what has been pushed since the last call, in order.
    pub fn take(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.recorder.recorded().messages)
    }

    /// Takes what has been broadcast since the last call, in order.
    pub fn take_broadcasts(&mut self) -> Vec<Broadcast> {
        std::mem::take(&mut self.recorder.recorded().broadcasts)
    }

    /// The topics that are forwarded to the client.
    pub fn topics(&self) -> Vec<String> {
        self.recorder.recorded().topics.clone()
    }
}

impl Deref for Outbox {
    type Target = socket::Outbox;

    fn deref(&self) -> &socket::Outbox {
        &self.outbox
    }
}

impl DerefMut for Outbox {
    fn deref_mut(&mut self) -> &mut socket::Outbox {
        &mut self.outbox
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").finish_non_exhaustive()
    }
}

/// An [`Outlet`](channel::Outlet) that records what is pushed: [`outlet`].
pub struct Outlet {
    outlet: channel::Outlet,
    recorder: Arc<Recorder>,
}

impl Outlet {
    /// Takes the events that have been pushed since the last call, with their payloads, in order.
    pub fn take(&mut self) -> Vec<(String, Payload)> {
        let (mut pushed, mut recorded) = (Vec::new(), self.recorder.recorded());
        recorded
            .messages
            .retain(|message| match wire::read(message) {
                Ok(wire::Incoming {
                    what: What::Event { event, payload },
                    ..
                }) => {
                    pushed.push((event, payload));
                    false
                }
                _ => true,
            });
        pushed
    }

    /// Takes the statuses and payloads of replies by [`SocketRef`](channel::SocketRef) since the
    /// last call, in order.
    pub fn take_replies(&mut self) -> Vec<(String, Payload)> {
        let (mut replies, mut recorded) = (Vec::new(), self.recorder.recorded());
        recorded
            .messages
            .retain(|message| match wire::read(message) {
                Ok(wire::Incoming {
                    what:
                        What::Reply {
                            status, payload, ..
                        },
                    ..
                }) => {
                    replies.push((status, payload));
                    false
                }
                _ => true,
            });
        replies
    }

    /// Takes what has been broadcast since the last call, in order.
    pub fn take_broadcasts(&mut self) -> Vec<Broadcast> {
        std::mem::take(&mut self.recorder.recorded().broadcasts)
    }
}

impl Deref for Outlet {
    type Target = channel::Outlet;

    fn deref(&self) -> &channel::Outlet {
        &self.outlet
    }
}

impl DerefMut for Outlet {
    fn deref_mut(&mut self) -> &mut channel::Outlet {
        &mut self.outlet
    }
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet")
            .field("topic", &self.outlet.topic())
            .finish_non_exhaustive()
    }
}

/// A connection without a client.
struct Recorder {
    id: SubscriberId,
    handle: Handle,
    watched: Watched,
    recorded: Mutex<Recorded>,
}

#[derive(Default)]
struct Recorded {
    messages: Vec<Message>,
    broadcasts: Vec<Broadcast>,
    topics: Vec<String>,
}

impl Recorder {
    fn new() -> Arc<Self> {
        let app = AppState::new::<(), ()>(Arc::default(), std::iter::empty());
        let handle = Handle::new(NAME, Config::default(), PubSub::new(), app);
        let watched = handle.0.watchdog.socket(NAME);
        Arc::new(Recorder {
            id: SubscriberId::new(),
            handle,
            watched,
            recorded: Mutex::default(),
        })
    }

    fn recorded(&self) -> MutexGuard<'_, Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, topic: &str, event: &str, payload: &Payload) {
        self.recorded()
            .broadcasts
            .push(Broadcast::new(topic, event, payload.clone()));
    }
}

/// Nothing waits for it.
impl InboxWaker for Recorder {
    fn wake(&self) {}
}

impl ClientLink for Recorder {
    fn push(&self, message: Message) -> Result<(), Unsupported> {
        self.recorded().messages.push(message);
        Ok(())
    }

    fn cannot_send(&self, _: Unsupported) {}

    fn ping(&self, _: Bytes) {}

    fn is_over_high_water(&self) -> bool {
        false
    }

    fn max_message(&self) -> usize {
        usize::MAX
    }

    fn id(&self) -> SubscriberId {
        self.id
    }

    fn handle(&self) -> &Handle {
        &self.handle
    }

    fn watched(&self) -> &Watched {
        &self.watched
    }

    fn transport(&self) -> TransportKind {
        TransportKind::Custom(NAME)
    }

    fn called(&self, _: Callback, _: Timed) {}

    fn socket(&self) -> &'static str {
        NAME
    }

    fn ending(&self) -> Reason {
        Reason::Normal
    }

    fn subscribe(self: Arc<Self>, topic: &str, _: Option<Encoding>) {
        let mut recorded = self.recorded();
        if !recorded.topics.iter().any(|known| known == topic) {
            recorded.topics.push(topic.to_owned());
        }
    }

    fn unsubscribe(&self, topic: &str) {
        self.recorded().topics.retain(|known| known != topic);
    }

    fn broadcast(&self, topic: &str, event: &str, payload: Payload) -> Result<(), BroadcastError> {
        self.record(topic, event, &payload);
        self.handle.broadcast(topic, event, payload)
    }

    fn broadcast_from(
        &self,
        topic: &str,
        event: &str,
        payload: Payload,
    ) -> Result<(), BroadcastError> {
        self.record(topic, event, &payload);
        self.handle.broadcast_from(self.id, topic, event, payload)
    }
}
