//! The endpoint that these tests talk to.

use std::sync::atomic::{AtomicUsize, Ordering};

use landfall::{
    Endpoint, Message, Running, endpoint,
    pubsub::{Broadcast, Payload, PubSub},
    socket,
    socket::{Flow, Outbox, Refused},
};
use landfall_tests::{
    client::{self, Client},
    wait::until,
    wire::Request,
};
use serde_json::json;

endpoint! {
    /// One mount for each form of broadcasts.
    pub(crate) struct Site;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    socket("/plain", Reader);
    socket("/second", Reader);
    socket("/packed", Reader, websocket(compress = true));
    socket("/loud", Loud);
    socket("/picky", Picky);
    socket("/counted", Counted);
}

/// A running site.
pub(crate) struct Started {
    pub(crate) running: Running<Site>,
    pub(crate) port: u16,
}

/// Starts a site of the test's own.
pub(crate) async fn start() -> Started {
    start_with(PubSub::new()).await
}

/// Starts a site that shares its topics.
pub(crate) async fn start_with(pubsub: PubSub) -> Started {
    let running = Site::builder()
        .pubsub(pubsub)
        .start()
        .await
        .expect("the site starts");
    let port = client::port(&running);
    Started { running, port }
}

impl Started {
    /// A client that has subscribed to the topic.
    pub(crate) async fn reader(&self, mount: &str, topic: &str) -> Client {
        let mut client =
            Client::open(self.port, &format!("/{mount}/websocket?topic={topic}")).await;
        client.is_quiet().await;
        client
    }

    /// A client like that, with compression.
    pub(crate) async fn packed_reader(&self, topic: &str) -> Client {
        let request = Request::upgrade(&format!("/packed/websocket?topic={topic}"))
            .header("sec-websocket-extensions", "permessage-deflate");
        let mut client = Client::open_by(self.port, &request).await;
        assert!(
            client.response.header("sec-websocket-extensions").is_some(),
            "compression is agreed on"
        );
        client.is_quiet().await;
        client
    }

    pub(crate) fn say(&self, topic: &str, payload: impl Into<Payload>) {
        self.running
            .broadcast(topic, "said", payload)
            .expect("room for a broadcast");
    }

    pub(crate) async fn subscribers(&self, topic: &str, count: usize) {
        let has = || self.running.pubsub().subscribers(topic) == count;
        until(&format!("`{topic}` has {count} subscribers"), has).await;
    }
}

/// Obeys `verb argument` for the topic that it connected with.
pub(crate) struct Reader {
    topic: String,
}

#[socket]
impl Reader {
    async fn connect(#[param] topic: String) -> Result<Self, Refused> {
        Ok(Reader { topic })
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward(&self.topic);
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        let (verb, argument) = message
            .as_text()
            .and_then(|text| text.split_once(' '))
            .expect("two words");
        match verb {
            "subscribe" => out.forward(argument),
            "unsubscribe" => out.stop_forwarding(argument),
            "around" => {
                out.push("before");
                out.broadcast(&self.topic, "said", argument)
                    .expect("room for a broadcast");
                out.push("after");
            }
            "others" => {
                out.broadcast_from(&self.topic, "said", argument)
                    .expect("room for a broadcast");
                out.push("told the others");
            }
            _ => panic!("unknown verb"),
        }
        Flow::Continue
    }
}

/// Encodes broadcasts as JSON arrays.
pub(crate) struct Loud {
    topic: String,
}

#[socket]
impl Loud {
    async fn connect(#[param] topic: String) -> Result<Self, Refused> {
        Ok(Loud { topic })
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward(&self.topic);
        Flow::Continue
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
        Flow::Continue
    }

    fn encode(broadcast: &Broadcast) -> Option<Message> {
        let envelope = json!([
            broadcast.topic(),
            broadcast.event(),
            broadcast.payload().as_text()
        ]);
        Some(envelope.to_string().into())
    }
}

/// Skips `nothing`, and panics at `panic`.
pub(crate) struct Picky {
    topic: String,
}

#[socket]
impl Picky {
    async fn connect(#[param] topic: String) -> Result<Self, Refused> {
        Ok(Picky { topic })
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward(&self.topic);
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        let said = message.as_text().expect("text");
        out.push("before");
        out.broadcast(&self.topic, "said", said)
            .expect("room for a broadcast");
        out.push("after");
        Flow::Continue
    }

    fn encode(broadcast: &Broadcast) -> Option<Message> {
        match broadcast.payload().as_text() {
            Some("nothing") => None,
            Some("panic") => panic!("as asked"),
            text => text.map(Message::from),
        }
    }
}

/// How often [`Counted::encode`] was called. It gets only the broadcast, so that its result can be
/// shared. No state reaches it.
pub(crate) static ENCODED: AtomicUsize = AtomicUsize::new(0);

/// Counts the calls of its `encode`.
pub(crate) struct Counted {
    topic: String,
}

#[socket]
impl Counted {
    async fn connect(#[param] topic: String) -> Result<Self, Refused> {
        Ok(Counted { topic })
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward(&self.topic);
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        out.broadcast(&self.topic, "said", message)
            .expect("room for a broadcast");
        Flow::Continue
    }

    fn encode(broadcast: &Broadcast) -> Option<Message> {
        ENCODED.fetch_add(1, Ordering::SeqCst);
        broadcast.payload().as_text().map(Message::from)
    }
}
