//! The endpoint that these tests talk to.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::{Request, Response};
use landfall::{
    Running,
    prelude::*,
    pubsub::{PubSub, adapter::Adapter},
    session::{Session, SessionOptions, Sessions},
    socket::{RequestUri, TransportKind},
    testing::Network,
};
use landfall_tests::{longpoll::Poller, wire::Connection};
use serde_json::json;
use tokio::{io::DuplexStream, time::sleep};

pub(crate) const SECRET: &str = "a secret of 64 bytes for a site that is there for its tests only.";
pub(crate) const WINDOW: Duration = Duration::from_millis(1000);
pub(crate) const SESSION: SessionOptions = SessionOptions::new("_site", "signing salt");

endpoint! {
    pub(crate) struct Site;

    http(port = 4000);
    server = true;
    secret_key_base = SECRET;
    trusted_proxies = ["10.0.0.0/8"];
    url(host = "localhost");
    state = Ends;

    socket("/talk", Talker, websocket = false, longpoll(window = secs(1), pubsub_timeout = millis(700)));
    socket(
        "/room/:id",
        Curious,
        websocket = false,
        longpoll(
            window = secs(1),
            auth_token = true,
            connect_info = [peer_data, x_headers, uri, user_agent, session(SESSION)],
        ),
    );
    plug(Sessions::new(&SESSION));
    service(tower::service_fn(login));
    socket("/any", Talker, longpoll(
        window = secs(1),
        check_origin = insecure(false, reason = "the case is about a mount without the check"),
    ));
    socket("/brief", Talker, longpoll(window = secs(1), crypto(max_age = secs(60))));
    socket("/narrow", Talker, longpoll(
        window = secs(1),
        max_body_size = 1000,
        max_batch = 3,
        max_sessions = 4,
        max_sessions_per_ip = 2,
        outbox(limit = 10_000),
    ));
    socket("/lossy", Talker, longpoll(window = secs(1), outbox(limit = 1000, overflow = drop_oldest)));
    socket("/batches", Talker, longpoll(window = secs(4)), drainer(batch_size = 1, batch_interval = secs(3), shutdown = secs(10)));
    socket("/wide", Talker, longpoll(window = secs(4), outbox(limit = 16_777_216)));
}

/// What sockets were told at their end, by the names that they connected with.
#[derive(Clone, Default)]
pub(crate) struct Ends(Arc<Mutex<HashMap<String, Reason>>>);

/// Runs the commands of tests.
struct Talker {
    name: String,
    token: String,
    mailbox: Mailbox<Broadcast>,
    ends: Ends,
}

#[socket]
impl Talker {
    async fn connect(
        params: Params,
        mailbox: Mailbox<Broadcast>,
        #[state] ends: Ends,
    ) -> Result<Self, Refused> {
        let param = |name: &str| {
            params
                .get(name)
                .and_then(|param| param.as_str())
                .map(str::to_owned)
        };
        match param("connect").as_deref() {
            Some("refuse") => return Err(Refused::because("as asked")),
            Some("panic") => panic!("as asked"),
            _ => {}
        }
        let token = param("token").unwrap_or_default();
        Ok(Talker {
            name: param("name").unwrap_or_default(),
            token,
            mailbox,
            ends,
        })
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward("news");
        self.mailbox.deliver(&format!("talker:{}", self.name));
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        let Some(text) = message.as_text() else {
            out.push(format!("binary {:?}", message.as_bytes()));
            return Flow::Continue;
        };
        // A line of a batch is a list of one text.
        let text = text
            .strip_prefix("[\"")
            .and_then(|text| text.strip_suffix("\"]"))
            .unwrap_or(text);
        let (verb, argument) = text.split_once(' ').unwrap_or((text, ""));
        match verb {
            "say" => out.push(argument),
            "silent" => {}
            "token?" => out.push(self.token.as_str()),
            "stop" => {
                out.push("last words");
                return Flow::stop();
            }
            "leave" => return Flow::stop(),
            "close" => return Flow::close(4001, "as asked"),
            "panic" => panic!("as asked"),
            "hang" => std::future::pending().await,
            "sleep" => {
                sleep(Duration::from_millis(
                    argument.parse().expect("milliseconds"),
                ))
                .await;
                out.push("slept");
            }
            "flood" => {
                let size = argument.parse().expect("bytes");
                for _ in 0..100 {
                    out.push("x".repeat(size));
                }
            }
            "count" => {
                let (from, to) = argument.split_once(' ').expect("two numbers");
                let numbers = from.parse::<u64>().expect("a number")..to.parse().expect("a number");
                numbers.for_each(|number| out.push(number.to_string()));
            }
            "try" => {
                let error = out
                    .try_push(Message::Binary(vec![1, 2].into()))
                    .expect_err("no way to send bytes");
                out.push(error.to_string());
            }
            "bytes" => {
                out.push(Message::Binary(vec![1, 2].into()));
                out.push("after");
            }
            _ => out.push(message),
        }
        Flow::Continue
    }

    async fn handle_info(&mut self, broadcast: Broadcast, out: &mut Outbox) -> Flow {
        match broadcast.event() {
            "disconnect" => Flow::stop(),
            "panic" => panic!("as asked"),
            _ => {
                out.push(broadcast.payload().as_text().unwrap_or_default());
                Flow::Continue
            }
        }
    }

    fn terminate(self, reason: Reason) {
        self.ends
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(self.name, reason);
    }
}

/// Tells what it got when it connected.
struct Curious(String);

#[socket]
impl Curious {
    async fn connect(
        #[param] id: u32,
        #[info] auth_token: Option<String>,
        #[info] session: Option<Session>,
        #[info] uri: RequestUri,
        #[info] user_agent: Option<String>,
        #[info] peer_data: Option<PeerData>,
        #[info] x_headers: landfall::socket::Headers,
        transport: TransportKind,
    ) -> Result<Self, Refused> {
        let known = json!({
            "id": id,
            "auth_token": auth_token,
            "user": session.as_ref().and_then(|session| session.get::<String>("user")),
            "session": session.is_some(),
            "path": uri.path,
            "user_agent": user_agent,
            "peer": peer_data.map(|peer| peer.address.to_string()),
            "x_headers": x_headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            "transport": transport.to_string(),
        });
        Ok(Curious(known.to_string()))
    }

    async fn handle_in(&mut self, _: Message, out: &mut Outbox) -> Flow {
        out.push(self.0.clone());
        Flow::Continue
    }
}

async fn login(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let session = request
        .extensions()
        .get::<Session>()
        .expect("behind the plug");
    session.insert("user", "ann").expect("a string");
    Ok(Response::new(Body::from(session.csrf_token())))
}

/// A running site, and the network of its clients.
pub(crate) struct Harbour {
    pub(crate) site: Running<Site>,
    pub(crate) network: Network,
    pub(crate) tasks: usize,
    /// Tasks that serve topics that are shared with other sites.
    shared: usize,
}

pub(crate) async fn start() -> Harbour {
    let (network, listener) = Network::new();
    let site = Site::builder(Ends::default())
        .listener(listener)
        .start()
        .await
        .expect("the site starts");
    let tasks = site.stats().tasks;
    Harbour {
        site,
        network,
        tasks,
        shared: 0,
    }
}

/// Starts a site that is a node of a cluster.
pub(crate) async fn start_node(adapter: impl Adapter) -> Harbour {
    let (network, listener) = Network::new();
    let builder = Site::builder(Ends::default())
        .listener(listener)
        .adapter(adapter);
    let site = builder.start().await.expect("the site starts");
    let tasks = site.stats().tasks;
    Harbour {
        site,
        network,
        tasks,
        shared: 0,
    }
}

/// Starts a site that shares its topics.
pub(crate) async fn start_with(pubsub: &PubSub) -> Harbour {
    let (network, listener) = Network::new();
    let builder = Site::builder(Ends::default())
        .listener(listener)
        .pubsub(pubsub.clone());
    let site = builder.start().await.expect("the site starts");
    let tasks = site.stats().tasks;
    Harbour {
        site,
        network,
        tasks,
        shared: tokio::runtime::Handle::current().metrics().num_workers(),
    }
}

impl Harbour {
    /// What the socket that connected with that name was told at its end.
    pub(crate) fn ended(&self, name: &str) -> Option<Reason> {
        self.site
            .state()
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    /// Opens a session.
    pub(crate) async fn open(&self, target: &str) -> Poller<DuplexStream> {
        Poller::open(Connection::through(&self.network).await, target).await
    }

    /// Sends news, and waits until they have reached the outboxes.
    pub(crate) async fn news(&self, text: impl Into<Payload>) {
        self.site.broadcast("news", "headline", text).expect("room");
        sleep(Duration::from_millis(1)).await;
    }

    /// Stops the site: it ends cleanly, without a socket left.
    pub(crate) async fn stop(&self) {
        self.site.shutdown().await.expect("a clean end");
        let stats = self.site.stats();
        assert_eq!((stats.connections, stats.tasks), (0, self.shared));
    }
}
