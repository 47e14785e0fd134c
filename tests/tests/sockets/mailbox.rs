//! What other tasks send to a socket.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use landfall::{
    Message, Running, endpoint,
    pubsub::Broadcast,
    socket,
    socket::{Flow, Mailbox, MailboxError, Outbox, Reason, Refused},
};
use landfall_tests::{
    client::{self, Client},
    wait::until,
};
use tokio::sync::{Notify, mpsc};

endpoint! {
    struct Site;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    state = Desk;
    socket("/letters", Reader);
}

/// A message to a socket.
enum Letter {
    Say(String),
    /// Its handler waits until the test opens the gate.
    Wait,
    Heard(Broadcast),
}

impl From<Broadcast> for Letter {
    fn from(broadcast: Broadcast) -> Self {
        assert_ne!(broadcast.event(), "panic", "as asked");
        Letter::Heard(broadcast)
    }
}

/// What a test knows about its socket.
#[derive(Clone)]
struct Known {
    mailbox: Mailbox<Letter>,
    gate: Arc<Notify>,
}

/// What tests know of their sockets, by the sockets' ids, and waiters for the reason of an end.
#[derive(Clone, Default)]
struct Desk(Arc<Mutex<Papers>>);

#[derive(Default)]
struct Papers {
    known: HashMap<String, Known>,
    ended: HashMap<String, mpsc::UnboundedSender<Reason>>,
}

impl Desk {
    fn papers(&self) -> MutexGuard<'_, Papers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, id: &str) -> Known {
        self.papers()
            .known
            .get(id)
            .cloned()
            .expect("the socket connected")
    }
}

struct Reader {
    id: String,
    mailbox: Mailbox<Letter>,
    gate: Arc<Notify>,
    desk: Desk,
}

#[socket]
impl Reader {
    async fn connect(
        #[param] id: String,
        mailbox: Mailbox<Letter>,
        #[state] desk: Desk,
    ) -> Result<Self, Refused> {
        let gate = Arc::new(Notify::new());
        assert!(
            mailbox
                .send(Letter::Say("sent before init".to_owned()))
                .is_ok(),
            "an open mailbox"
        );
        let known = Known {
            mailbox: mailbox.clone(),
            gate: gate.clone(),
        };
        desk.papers().known.insert(id.clone(), known);
        Ok(Reader {
            id,
            mailbox,
            gate,
            desk,
        })
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        tokio::task::yield_now().await;
        out.forward("forwarded");
        out.push("init");
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        let topic = message.as_text().expect("text");
        match topic.strip_prefix('-') {
            Some(topic) => self.mailbox.stop_delivering(topic),
            None => self.mailbox.deliver(topic),
        }
        out.push(message);
        Flow::Continue
    }

    async fn handle_info(&mut self, letter: Letter, out: &mut Outbox) -> Flow {
        match letter {
            Letter::Say(text) => out.push(text),
            Letter::Wait => {
                out.ping("waiting");
                self.gate.notified().await;
            }
            Letter::Heard(broadcast) => {
                out.push(format!(
                    "{}: {}",
                    broadcast.topic(),
                    broadcast.payload().as_text().unwrap_or("?")
                ));
            }
        }
        Flow::Continue
    }

    fn terminate(self, reason: Reason) {
        if let Some(told) = self.desk.papers().ended.get(&self.id) {
            let _ = told.send(reason);
        }
    }
}

async fn start() -> Running<Site> {
    Site::start(Desk::default()).await.expect("the site starts")
}

async fn open(site: &Running<Site>, id: &str) -> (Client, Known) {
    let mut client = Client::open(client::port(site), &format!("/letters/websocket?id={id}")).await;
    assert_eq!(
        client.hear_text().await,
        "init",
        "nothing is handled before"
    );
    assert_eq!(client.hear_text().await, "sent before init");
    (client, site.state().known(id))
}

impl Known {
    fn say(&self, text: impl Into<String>) -> Result<(), MailboxError<Letter>> {
        self.mailbox.send(Letter::Say(text.into()))
    }

    /// Makes the socket wait for the gate.
    async fn hold(&self, client: &mut Client) {
        assert!(self.mailbox.send(Letter::Wait).is_ok(), "an open mailbox");
        // The ping is sent before the callback is done, because the callback waits.
        let frame = client.hear().await;
        assert_eq!((frame.opcode, frame.payload), (9, b"waiting".to_vec()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_of_one_sender_arrive_in_order() {
    let site = start().await;
    let (mut client, known) = open(&site, "order").await;
    for round in 0..20 {
        for number in 0..500 {
            assert!(known.say(format!("{round}.{number}")).is_ok(), "room");
        }
        for number in 0..500 {
            assert_eq!(client.hear_text().await, format!("{round}.{number}"));
        }
    }
}

#[tokio::test]
async fn what_was_accepted_is_handled_and_past_1024_is_refused() {
    let site = start().await;
    let (mut client, known) = open(&site, "full").await;
    known.hold(&mut client).await;
    for number in 0..1_024 {
        assert!(known.say(number.to_string()).is_ok(), "{number} is refused");
    }
    let refused = known.say("one too many");
    assert!(
        matches!(&refused, Err(MailboxError::Full(Letter::Say(text))) if text == "one too many")
    );
    assert_eq!(
        refused.map_err(|error| error.to_string()),
        Err("the mailbox is full".to_owned())
    );
    assert!(!known.mailbox.is_closed());
    known.gate.notify_one();
    for number in 0..1_024 {
        assert_eq!(client.hear_text().await, number.to_string());
    }
    client.is_quiet().await;
    assert!(known.say("room again").is_ok());
    assert_eq!(client.hear_text().await, "room again");
}

#[tokio::test]
async fn it_is_closed_after_the_client_has_gone() {
    let site = start().await;
    let (client, known) = open(&site, "gone").await;
    drop(client);
    until("the mailbox is closed", || known.mailbox.is_closed()).await;
    assert!(
        matches!(known.say("hello"), Err(MailboxError::Closed(Letter::Say(text))) if text == "hello")
    );
}

#[tokio::test]
async fn broadcasts_are_delivered_until_unsubscribed() {
    let site = start().await;
    let (mut client, known) = open(&site, "topics").await;
    for topic in ["news", "news", "weather"] {
        client.text(topic).await;
        assert_eq!(client.hear_text().await, topic);
    }
    assert_eq!(
        site.pubsub().subscribers("news"),
        2,
        "twice subscribed is twice delivered"
    );
    // They come in one batch. A conversion that panics does not affect the others.
    for (event, payload) in [("said", "one"), ("panic", "two"), ("said", "three")] {
        site.broadcast("news", event, payload)
            .expect("room for a broadcast");
    }
    let mut heard = Vec::new();
    for _ in 0..4 {
        heard.push(client.hear_text().await);
    }
    assert_eq!(
        heard,
        ["news: one", "news: three", "news: one", "news: three"]
    );

    client.text("-news").await;
    assert_eq!(client.hear_text().await, "-news");
    assert_eq!(site.pubsub().subscribers("news"), 0);
    site.broadcast("news", "said", "unheard")
        .expect("room for a broadcast");
    site.broadcast("weather", "said", "rain")
        .expect("room for a broadcast");
    assert_eq!(client.hear_text().await, "weather: rain");
    drop(client);
    until("the subscription is gone", || {
        site.pubsub().subscribers("weather") == 0
    })
    .await;
    known.mailbox.deliver("weather");
    assert_eq!(
        site.pubsub().subscribers("weather"),
        0,
        "a closed mailbox does not subscribe"
    );
}

#[tokio::test]
async fn a_client_that_leaves_during_a_callback_is_noticed_after_it() {
    let site = start().await;
    for way in ["fin", "reset", "reset while written to"] {
        let (told, mut ended) = mpsc::unbounded_channel();
        site.state().papers().ended.insert(way.to_owned(), told);
        let target = format!("/letters/websocket?id={}", way.replace(' ', "+"));
        let mut client = Client::open(client::port(&site), &target).await;
        client.text("hall").await;
        for expected in ["init", "sent before init", "hall"] {
            assert_eq!(client.hear_text().await, expected);
        }
        let known = site.state().known(way);
        known.hold(&mut client).await;
        match way {
            "fin" => client.shutdown().await,
            _ => client.reset(),
        }
        if way == "reset while written to" {
            until("a write fails", || {
                site.broadcast("forwarded", "said", "x")
                    .expect("room for a broadcast");
                site.pubsub().subscribers("forwarded") == 0
            })
            .await;
        }
        tokio::task::yield_now().await;
        assert!(ended.try_recv().is_err(), "{way}: the callback is not done");
        known.gate.notify_one();
        let reason = tokio::time::timeout(std::time::Duration::from_secs(5), ended.recv()).await;
        let gone = Reason::Closed {
            code: 1006,
            text: String::new(),
        };
        assert_eq!(reason, Ok(Some(gone)), "{way}");
    }
    until("all have gone", || site.stats().connections == 0).await;
}
