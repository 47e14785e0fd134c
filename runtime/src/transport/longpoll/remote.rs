//! Sessions of other nodes: a request reaches them by PubSub.
//!
//! A session listens to a topic of its own. A request that came to another node publishes there what its client wants,
//! and listens to a topic of its own for the session's `here`, which must come soon, and its `answer`.

use std::{
    pin::pin,
    sync::{
        Arc, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};

use super::{
    ledger::Bookmark,
    session::{Polled, Posted, Session, window},
    token::Ticket,
};
use crate::{
    crypto::random,
    handle::Handle,
    message::Message,
    pubsub::{Broadcast, Membership, Payload, PubSub, Subscriber, SubscriberId, Subscription},
};

/// Requests from other nodes that one session serves at a time; more are not answered.
const MOST: usize = 8;
/// The longest window that another node can ask for.
const LONGEST: Duration = Duration::from_secs(300);

/// What a client wants of a session.
#[derive(Serialize, Deserialize)]
struct Request {
    /// The topic on which the answer is awaited.
    reply: String,
    upto: u64,
    answer: u64,
    window_ms: u64,
    /// Messages for the socket; without them, it is a poll.
    messages: Option<Vec<Wired>>,
}

/// A message between nodes.
#[derive(Serialize, Deserialize)]
enum Wired {
    Text(String),
    Binary(String),
}

#[derive(Serialize, Deserialize)]
enum Answer {
    Polled { elements: String, upto: u64, answer: u64 },
    Gone,
    Posted { handled: bool },
}

/// What a poll at another node came to.
pub(super) struct RemotePolled {
    pub(super) elements: String,
    pub(super) mark: Bookmark,
}

/// The subscription of a session to its topic; it ends when this is dropped.
pub(super) struct Ear {
    pubsub: PubSub,
    membership: Option<Membership>,
}

/// Lets other nodes reach a session.
pub(super) fn listen(session: &Arc<Session>) -> Ear {
    let pubsub = session.line().mounted.handle.pubsub().clone();
    let listener =
        Listener { id: SubscriberId::new(), session: Arc::downgrade(session), busy: Arc::default() };
    let membership = pubsub.deliver(&topic(session.name()), Arc::new(listener));
    Ear { pubsub, membership: Some(membership) }
}

impl Drop for Ear {
    fn drop(&mut self) {
        if let Some(membership) = self.membership.take() {
            self.pubsub.leave(membership);
        }
    }
}

/// Waits for messages of a session of another node. `None` if it is not there, or ends meanwhile.
pub(super) async fn poll(
    handle: &Handle,
    ticket: &Ticket,
    length: Duration,
    patience: Duration,
) -> Option<RemotePolled> {
    let answer = tokio::select! {
        answer = ask(handle, ticket, None, length, patience, length) => answer?,
        // The session's own node ends the window before, unless ours stops.
        () = window(handle, length.saturating_add(patience * 2)) => None,
    };
    match answer {
        Some(Answer::Polled { elements, upto, answer }) => {
            Some(RemotePolled { elements, mark: Bookmark { upto, answer } })
        }
        Some(_) => None,
        // It was there: the client asks again with what it has.
        None => Some(RemotePolled { elements: String::new(), mark: ticket.mark }),
    }
}

/// Hands messages to a session of another node. `None` if it is not there.
pub(super) async fn post(
    handle: &Handle,
    ticket: &Ticket,
    messages: Vec<Message>,
    window: Duration,
    patience: Duration,
) -> Option<Posted> {
    let work = window.saturating_mul(u32::try_from(messages.len()).unwrap_or(u32::MAX));
    let messages = messages.into_iter().map(Wired::from).collect();
    match ask(handle, ticket, Some(messages), window, patience, work).await? {
        Some(Answer::Posted { handled: true }) => Some(Posted::Handled),
        Some(Answer::Gone) => None,
        _ => Some(Posted::Late),
    }
}

/// The outer `None`: the session is not there. The inner one: its answer did not come.
async fn ask(
    handle: &Handle,
    ticket: &Ticket,
    messages: Option<Vec<Wired>>,
    window: Duration,
    patience: Duration,
    work: Duration,
) -> Option<Option<Answer>> {
    let reply = format!("phx:lp:reply:{}", data_encoding::BASE64URL_NOPAD.encode(&random::<16>()));
    let mut replies = handle.subscribe(&reply);
    let Bookmark { upto, answer } = ticket.mark;
    let request = Request { reply, upto, answer, window_ms: window.as_millis() as u64, messages };
    let request = Payload::json(&request).ok()?;
    handle.broadcast(&topic(&ticket.session), "request", request).ok()?;
    let (mut here, mut deadline) = (false, Instant::now() + patience);
    loop {
        let broadcast = next(&mut replies, deadline).await;
        match broadcast.as_ref().map(Broadcast::event) {
            Some("here") => (here, deadline) = (true, Instant::now() + work.min(LONGEST) + patience),
            Some("answer") => {
                let payload = broadcast.as_ref()?.payload().as_text()?;
                return Some(serde_json::from_str(payload).ok());
            }
            Some(_) => {}
            None => return here.then_some(None),
        }
    }
}

async fn next(replies: &mut Subscription, deadline: Instant) -> Option<Broadcast> {
    timeout_at(deadline, replies.recv()).await.ok()?.ok()
}

/// What listens to the topic of a session.
struct Listener {
    id: SubscriberId,
    session: Weak<Session>,
    busy: Arc<AtomicUsize>,
}

impl Subscriber for Listener {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn deliver(&self, broadcast: &Broadcast) {
        let request =
            broadcast.payload().as_text().and_then(|text| serde_json::from_str::<Request>(text).ok());
        let (Some(session), Some(request)) = (self.session.upgrade(), request) else { return };
        let Some(busy) = Busy::begin(&self.busy) else {
            tracing::debug!("a longpoll session has too many requests from other nodes");
            return;
        };
        let tasks = session.line().mounted.tasks.clone();
        tasks.spawn(async move {
            serve(&session, request).await;
            drop(busy);
        });
    }
}

async fn serve(session: &Arc<Session>, request: Request) {
    let handle = &session.line().mounted.handle;
    if handle.broadcast(&request.reply, "here", "").is_err() {
        return;
    }
    let mark = Bookmark { upto: request.upto, answer: request.answer };
    let length = Duration::from_millis(request.window_ms).min(LONGEST);
    match request.messages {
        None => match session.poll(mark, pin!(window(handle, length))).await {
            Polled::Answer(elements, receipt) => {
                let Bookmark { upto, answer } = receipt.mark();
                // They were made of strings.
                let elements = String::from_utf8_lossy(&elements).into_owned();
                if reply(handle, &request.reply, &Answer::Polled { elements, upto, answer }) {
                    receipt.written();
                }
            }
            Polled::Gone => {
                reply(handle, &request.reply, &Answer::Gone);
            }
            // The other node sees the window's end by itself.
            Polled::Superseded => {}
        },
        Some(messages) => {
            let messages: Option<Vec<Message>> = messages.into_iter().map(Wired::into_message).collect();
            let posted = match messages {
                Some(messages) => session.post(mark, messages, length).await,
                None => Posted::Late,
            };
            reply(handle, &request.reply, &Answer::Posted { handled: posted == Posted::Handled });
        }
    }
}

/// Answers another node. What it gets counts as written: it does not tell whether its client took it.
fn reply(handle: &Handle, topic: &str, answer: &Answer) -> bool {
    let sent = Payload::json(answer).is_ok_and(|payload| handle.broadcast(topic, "answer", payload).is_ok());
    if !sent {
        tracing::debug!("an answer to another node's longpoll request was lost");
    }
    sent
}

fn topic(session: &str) -> String {
    format!("phx:lp:{session}")
}

impl From<Message> for Wired {
    fn from(message: Message) -> Self {
        match message {
            Message::Text(text) => Wired::Text(text.as_str().to_owned()),
            Message::Binary(bytes) => Wired::Binary(data_encoding::BASE64.encode(&bytes)),
        }
    }
}

impl Wired {
    fn into_message(self) -> Option<Message> {
        match self {
            Wired::Text(text) => Some(text.into()),
            Wired::Binary(text) => data_encoding::BASE64
                .decode(text.as_bytes())
                .ok()
                .map(|bytes| Message::Binary(Bytes::from(bytes))),
        }
    }
}

/// One request more that a session is busy with.
struct Busy(Arc<AtomicUsize>);

impl Busy {
    fn begin(count: &Arc<AtomicUsize>) -> Option<Self> {
        let busy = Busy(count.clone());
        if count.fetch_add(1, Ordering::AcqRel) < MOST { Some(busy) } else { None }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
