//! Serves requests that came to other nodes.

use std::{
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use super::{
    super::{
        ledger::Bookmark,
        session::{PollSession, Polled, Posted, Receipt, window},
        wire::Messages,
    },
    protocol::{
        ANSWER, Address, HERE, LEAVE, LONGEST, PART, REQUEST, RemoteReply, Request, parts, topic,
    },
};
use crate::{
    handle::Handle,
    pubsub::{Broadcast, Membership, Payload, PubSub, Subscriber, SubscriberId},
    task::boxed,
};

/// The maximum size of a part of an answer.
const PIECE: usize = 1024 * 1024;
/// At most this many requests from other nodes are served at a time by one session. The rest get no
/// answer.
const MOST: usize = 8;

/// The subscription of a session to its topic. Dropping it ends the subscription.
pub(in crate::transport::longpoll) struct Listening {
    pubsub: PubSub,
    membership: Option<Membership>,
}

/// Lets other nodes reach a session.
pub(in crate::transport::longpoll) fn listen(session: &Arc<PollSession>) -> Listening {
    let pubsub = session.handle().pubsub().clone();
    let listener = Listener {
        id: SubscriberId::new(),
        session: Arc::downgrade(session),
        served: Arc::default(),
    };
    let membership = pubsub.deliver_here(&topic(session.name()), Arc::new(listener));
    Listening {
        pubsub,
        membership: Some(membership),
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(membership) = self.membership.take() {
            self.pubsub.leave(membership);
        }
    }
}

/// What listens to the topic of a session.
struct Listener {
    id: SubscriberId,
    session: Weak<PollSession>,
    served: Arc<Served>,
}

impl Subscriber for Listener {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn deliver(&self, broadcast: &Broadcast) {
        let Some(session) = self.session.upgrade() else {
            return;
        };
        match (broadcast.event(), broadcast.payload()) {
            (REQUEST, payload) => {
                if let Some((request, messages)) = Request::read(payload) {
                    self.serve(session, request, messages);
                }
            }
            (LEAVE, payload) => {
                payload
                    .as_text()
                    .into_iter()
                    .for_each(|reply| self.served.leave(reply));
            }
            _ => {}
        }
    }
}

impl Listener {
    fn serve(&self, session: Arc<PollSession>, request: Request, messages: Option<Messages>) {
        let Some(place) = self.served.enter(request.reply.topic()) else {
            tracing::debug!("a longpoll session has too many requests from other nodes");
            return;
        };
        let tasks = session.handle().0.connections.clone();
        tasks.spawn(boxed(async move {
            tokio::select! {
                biased;
                () = place.left.cancelled() => {}
                () = serve(&session, request, messages) => {}
            }
        }));
    }
}

/// The requests from other nodes that a session serves, by the topic of their answer.
#[derive(Default)]
struct Served(Mutex<Vec<(String, CancellationToken)>>);

/// The place of one request. Dropping it frees the place.
struct Place {
    served: Arc<Served>,
    reply: String,
    left: CancellationToken,
}

impl Served {
    fn enter(self: &Arc<Self>, reply: &str) -> Option<Place> {
        let mut all = self.all();
        if all.len() >= MOST {
            return None;
        }
        let left = CancellationToken::new();
        all.push((reply.to_owned(), left.clone()));
        Some(Place {
            served: self.clone(),
            reply: reply.to_owned(),
            left,
        })
    }

    fn leave(&self, reply: &str) {
        self.all()
            .iter()
            .filter(|(name, _)| name == reply)
            .for_each(|(_, left)| left.cancel());
    }

    fn all(&self) -> MutexGuard<'_, Vec<(String, CancellationToken)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.served.all();
        all.retain(|(name, _)| *name != self.reply);
        if all.is_empty() {
            // An idle session holds no memory for them.
            *all = Vec::new();
        }
    }
}

async fn serve(session: &Arc<PollSession>, request: Request, messages: Option<Messages>) {
    let handle = session.handle();
    let mark = Bookmark {
        upto: request.upto,
        answer: request.answer,
    };
    let length = Duration::from_millis(request.window_ms).min(LONGEST);
    let reply = Reply {
        handle,
        address: request.reply,
    };
    if !reply.tell(HERE, "".into()) {
        return;
    }
    match messages {
        None => match session.poll(mark, pin!(window(handle, length))).await {
            Polled::Answer(elements, receipt) => reply.polled(elements, receipt),
            Polled::Gone => {
                reply.answer(&RemoteReply::Gone);
            }
            // The other node notices the end of the window by itself.
            Polled::Superseded => {}
        },
        Some(messages) => {
            let posted = match session.room(mark, messages.bytes(), length).await {
                Some(room) => session.post(room, messages, length).await,
                None => Posted::Late,
            };
            let handled = posted == Posted::Handled;
            reply.answer(&RemoteReply::Posted { handled });
        }
    }
}

/// The way back to the node that asks.
struct Reply<'a> {
    handle: &'a Handle,
    address: Address,
}

impl Reply<'_> {
    /// The answer counts as written, because the other node does not report whether its client took
    /// it.
    fn polled(&self, elements: Vec<Bytes>, receipt: Receipt) {
        let Bookmark { upto, answer } = receipt.mark();
        let mut parts = parts(elements, self.handle.pubsub().max_payload().min(PIECE));
        if parts.all(|part| self.tell(PART, part.into()))
            && self.answer(&RemoteReply::Polled { upto, answer })
        {
            receipt.written();
        }
    }

    fn answer(&self, answer: &RemoteReply) -> bool {
        Payload::from_json(answer).is_ok_and(|payload| self.tell(ANSWER, payload))
    }

    fn tell(&self, event: &str, payload: Payload) -> bool {
        let told = self.address.tell(self.handle, event, payload);
        if let Err(error) = &told {
            tracing::debug!(%error, "an answer to another node's longpoll request was lost");
        }
        told.is_ok()
    }
}
