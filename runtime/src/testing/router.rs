//! Routes messages to channels.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::oneshot;

use super::{
    inbox::{End, Inbox},
    pipe::{Closed, Sink},
    pushed::Pushed,
    wire::{self, Incoming, What},
};
use crate::{message::Message, pubsub::Payload};

/// Pushes that wait for their reply.
const PENDING: usize = 10_000;

/// A joined channel: the part that belongs to the connection.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) topic: String,
    pub(super) join_ref: u64,
    pub(super) inbox: Inbox<Pushed>,
}

/// A received reply.
#[derive(Debug)]
pub(super) struct RawReply {
    pub(super) status: String,
    pub(super) payload: Payload,
}

/// The channels of a connection.
#[derive(Debug, Default)]
pub(super) struct Router {
    references: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    joined: Vec<Weak<Joined>>,
    /// By reference.
    pending: HashMap<String, oneshot::Sender<RawReply>>,
    closed: Option<Closed>,
}

impl Router {
    /// A `ref` that has not been used yet.
    pub(super) fn next_ref(&self) -> u64 {
        self.references.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A channel that is about to be joined.
    pub(super) fn joined(&self, topic: &str) -> Arc<Joined> {
        let join_ref = self.next_ref();
        let joined = Arc::new(Joined {
            topic: topic.to_owned(),
            join_ref,
            inbox: Inbox::default(),
        });
        let mut state = self.state();
        if let Some(closed) = &state.closed {
            joined.inbox.end(End::Connection(closed.clone()));
        }
        state.joined.retain(|joined| joined.strong_count() > 0);
        state.joined.push(Arc::downgrade(&joined));
        joined
    }

    /// The receiver of the reply to a push. Its sender is dropped when the connection ends.
    pub(super) fn pending(&self, reference: u64) -> oneshot::Receiver<RawReply> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state();
        if state.closed.is_none() {
            if state.pending.len() >= PENDING {
                state.pending.retain(|_, sender| !sender.is_closed());
            }
            assert!(
                state.pending.len() < PENDING,
                "{PENDING} pushes wait for their replies"
            );
            state.pending.insert(reference.to_string(), sender);
        }
        receiver
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The channels that a message is for: without a `join_ref`, all of the topic.
    fn of(&self, topic: &str, join_ref: Option<&str>) -> impl Iterator<Item = Arc<Joined>> {
        let meant = move |joined: &Arc<Joined>| {
            joined.topic == topic
                && join_ref.is_none_or(|join_ref| join_ref == joined.join_ref.to_string())
        };
        self.joined.iter().filter_map(Weak::upgrade).filter(meant)
    }
}

impl Sink for Router {
    fn message(&self, message: Message) -> Result<(), String> {
        let Incoming {
            join_ref,
            topic,
            what,
        } = wire::read(&message)?;
        let mut state = self.state();
        match what {
            What::Reply {
                reference,
                status,
                payload,
            } => {
                if let Some(sender) = state.pending.remove(&reference) {
                    // Nobody may wait for it.
                    let _ = sender.send(RawReply { status, payload });
                }
            }
            What::Event { event, payload } => {
                for joined in state.of(&topic, join_ref.as_deref()) {
                    match event.as_str() {
                        "phx_close" => joined.inbox.end(End::Channel("phx_close")),
                        "phx_error" => joined.inbox.end(End::Channel("phx_error")),
                        event => joined.inbox.put(Pushed::new(
                            &topic,
                            event,
                            &payload,
                            join_ref.is_none(),
                        )),
                    }
                }
            }
        }
        Ok(())
    }

    fn closed(&self, closed: &Closed) {
        let mut state = self.state();
        state.closed = Some(closed.clone());
        state.pending.clear();
        for joined in state.joined.iter().filter_map(Weak::upgrade) {
            joined.inbox.end(End::Connection(closed.clone()));
        }
    }
}
