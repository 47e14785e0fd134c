//! Serves requests that came to other nodes.

use std::{
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use super::{
    super::{
        ledger::Bookmark,
        session::{PollSession, Polled, Posted, window},
    },
    protocol::{ANSWER, HERE, LEAVE, LONGEST, REQUEST, RemoteReply, Request, topic},
};
use crate::{
    handle::Handle,
    pubsub::{Broadcast, Membership, Payload, PubSub, Subscriber, SubscriberId},
};

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
    let membership = pubsub.deliver(&topic(session.name()), Arc::new(listener));
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
        let (Some(session), Some(text)) = (self.session.upgrade(), broadcast.payload().as_text())
        else {
            return;
        };
        match broadcast.event() {
            REQUEST => {
                if let Ok(request) = serde_json::from_str(text) {
                    self.serve(session, request);
                }
            }
            LEAVE => self.served.leave(text),
            _ => {}
        }
    }
}

impl Listener {
    fn serve(&self, session: Arc<PollSession>, request: Request) {
        let Some(place) = self.served.enter(&request.reply) else {
            tracing::debug!("a longpoll session has too many requests from other nodes");
            return;
        };
        let tasks = session.handle().0.connections.clone();
        tasks.spawn(async move {
            tokio::select! {
                biased;
                () = place.left.cancelled() => {}
                () = serve(&session, request) => {}
            }
        });
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

async fn serve(session: &Arc<PollSession>, request: Request) {
    let handle = session.handle();
    if handle.broadcast(&request.reply, HERE, "").is_err() {
        return;
    }
    let mark = Bookmark {
        upto: request.upto,
        answer: request.answer,
    };
    let length = Duration::from_millis(request.window_ms).min(LONGEST);
    match request.messages {
        None => match session.poll(mark, pin!(window(handle, length))).await {
            Polled::Answer(elements, receipt) => {
                let Bookmark { upto, answer } = receipt.mark();
                // Lossless: the elements were made of strings.
                let elements = String::from_utf8_lossy(&elements.concat()).into_owned();
                if reply(
                    handle,
                    &request.reply,
                    &RemoteReply::Polled {
                        elements,
                        upto,
                        answer,
                    },
                ) {
                    receipt.written();
                }
            }
            Polled::Gone => {
                reply(handle, &request.reply, &RemoteReply::Gone);
            }
            // The other node notices the end of the window by itself.
            Polled::Superseded => {}
        },
        Some(messages) => {
            let posted = match messages.into_messages() {
                Some(messages) => match session.room(mark, messages.bytes(), length).await {
                    Some(room) => session.post(room, messages, length).await,
                    None => Posted::Late,
                },
                None => Posted::Late,
            };
            reply(
                handle,
                &request.reply,
                &RemoteReply::Posted {
                    handled: posted == Posted::Handled,
                },
            );
        }
    }
}

/// Answers another node. The answer counts as written, because the other node does not report
/// whether its client took it.
fn reply(handle: &Handle, topic: &str, answer: &RemoteReply) -> bool {
    let sent = Payload::from_json(answer)
        .is_ok_and(|payload| handle.broadcast(topic, ANSWER, payload).is_ok());
    if !sent {
        tracing::debug!("an answer to another node's longpoll request was lost");
    }
    sent
}
