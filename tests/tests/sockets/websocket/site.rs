//! The endpoint that these tests talk to, and what its sockets tell about themselves.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use landfall::{
    Message, Running,
    config::Scheme,
    endpoint,
    endpoint::Address,
    message::Control,
    socket,
    socket::{Flow, Mailbox, Outbox, Reason, Refused},
};
use landfall_tests::client::Client;
use tokio::sync::mpsc;

endpoint! {
    /// A mount for each kind of option.
    pub(crate) struct Site;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    state = Witnesses;
    socket("/echo", Echo);
    socket("/rooms/:room", Echo, websocket(path = "/"));
    socket("/small", Echo, websocket(max_frame_size = 1000, max_message_size = 2000));
    socket("/large", Echo, websocket(compress = true, max_frame_size = 16_777_216, outbox(limit = 33_554_432)));
    socket("/brief", Echo, websocket(timeout = millis(300)));
    socket("/deflate", Echo, websocket(compress = true, max_frame_size = 100_000));
    socket("/narrowed", Echo, websocket(compress = true, deflate_options(level = 9, memory_level = 1, window_bits = 10)));
    socket("/stored", Echo, websocket(compress = true, deflate_options(level = 0)));
    socket("/spoken", Echo, websocket(subprotocols = ["v2", "v1"]));
    socket("/narrow", Reader, websocket(outbox(limit = 65_536)));
    socket("/patient", Reader, websocket(outbox(limit = 65_536, overflow = drop_oldest)));
    socket("/fragile", Fragile);
}

/// A running site.
pub(crate) struct Started {
    pub(crate) running: Running<Site>,
    pub(crate) port: u16,
}

/// Starts a site of the test's own.
pub(crate) async fn start() -> Started {
    let running = Site::start(Witnesses::default())
        .await
        .expect("the site starts");
    let address = running.server_info(Scheme::Http).expect("the site listens");
    let Address::Tcp(address) = address else {
        panic!("listens at {address}")
    };
    let port = address.port();
    Started { running, port }
}

impl Started {
    pub(crate) async fn open(&self, target: &str) -> Client {
        Client::open(self.port, target).await
    }

    /// What the sockets that connect with `?id=` are told at their end.
    pub(crate) fn witness(&self, id: &str) -> mpsc::UnboundedReceiver<Reason> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.running.state().all().insert(id.to_owned(), sender);
        receiver
    }
}

/// Waiters for the reason of a socket's end, by the socket's id.
#[derive(Clone, Default)]
pub(crate) struct Witnesses(Arc<Mutex<HashMap<String, mpsc::UnboundedSender<Reason>>>>);

impl Witnesses {
    fn all(&self) -> MutexGuard<'_, HashMap<String, mpsc::UnboundedSender<Reason>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, id: Option<&String>, reason: Reason) {
        if let Some(witness) = id.and_then(|id| self.all().get(id).cloned()) {
            let _ = witness.send(reason);
        }
    }
}

/// Echoes, and obeys a few words.
pub(crate) struct Echo {
    id: Option<String>,
    witnesses: Witnesses,
}

#[socket]
impl Echo {
    async fn connect(
        #[param(name = "room")] _room: Option<String>,
        #[param] id: Option<String>,
        #[state] witnesses: Witnesses,
    ) -> Result<Self, Refused> {
        Ok(Echo { id, witnesses })
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        match message.as_text() {
            Some("stop") => return Flow::stop(),
            Some("fail") => return Flow::fail("as asked"),
            Some("restart") => return Flow::restart(),
            Some("say and stop") => {
                out.push("last words");
                return Flow::stop();
            }
            Some(text) if text.starts_with("close ") => {
                return Flow::close(text[6..].parse().unwrap_or(1011), "as asked");
            }
            _ => out.push(message),
        }
        Flow::Continue
    }

    fn terminate(self, reason: Reason) {
        self.witnesses.tell(self.id.as_ref(), reason);
    }
}

/// Forwards the topic `news`.
pub(crate) struct Reader {
    id: Option<String>,
    witnesses: Witnesses,
}

#[socket]
impl Reader {
    async fn connect(
        #[param] id: Option<String>,
        #[state] witnesses: Witnesses,
    ) -> Result<Self, Refused> {
        Ok(Reader { id, witnesses })
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward("news");
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        out.push(message);
        Flow::Continue
    }

    fn terminate(self, reason: Reason) {
        self.witnesses.tell(self.id.as_ref(), reason);
    }
}

/// Panics where `?at=` says.
pub(crate) struct Fragile {
    at: String,
    id: Option<String>,
    witnesses: Witnesses,
    mailbox: Mailbox<()>,
}

impl Fragile {
    fn pass(&self, place: &str) {
        assert_ne!(self.at, place, "as asked");
    }
}

#[socket]
impl Fragile {
    async fn connect(
        #[param] at: String,
        #[param] id: Option<String>,
        #[state] witnesses: Witnesses,
        mailbox: Mailbox<()>,
    ) -> Result<Self, Refused> {
        let socket = Fragile {
            at,
            id,
            witnesses,
            mailbox,
        };
        socket.pass("connect");
        Ok(socket)
    }

    async fn init(&mut self, _: &mut Outbox) -> Flow {
        self.pass("init");
        Flow::Continue
    }

    async fn handle_in(&mut self, _: Message, out: &mut Outbox) -> Flow {
        out.push("pushed before");
        self.pass("handle_in");
        tokio::task::yield_now().await;
        self.pass("handle_in after a wait");
        let _ = self.mailbox.send(());
        Flow::Continue
    }

    async fn handle_control(&mut self, _: Control, _: &mut Outbox) -> Flow {
        self.pass("handle_control");
        Flow::Continue
    }

    async fn handle_info(&mut self, (): (), _: &mut Outbox) -> Flow {
        self.pass("handle_info");
        Flow::Continue
    }

    fn terminate(self, reason: Reason) {
        self.witnesses.tell(self.id.as_ref(), reason);
        self.pass("terminate");
    }
}
