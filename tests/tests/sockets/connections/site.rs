//! Sockets that do what they are told, and an account of what became of them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::Response;
use landfall::{
    Running,
    message::Unsupported,
    mount::Timeout,
    prelude::*,
    testing::Network,
    transport::{Attempt, Denied, Driver, Format, Outgoing, Transport, TransportOptions},
};
use landfall_tests::wait::until;

use crate::connections::{
    gone::Stuck,
    reading::{Speaker, Visitors},
};

pub(crate) const SECRET: &str = "a secret of 64 bytes for a site that is there for its tests only.";

endpoint! {
    pub(crate) struct Site;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    secret_key_base = SECRET;
    url(host = "localhost");
    state = Fates;

    socket("/any", Obedient, longpoll, transport = Lines(Timeout::Never), drainer(shutdown = secs(10)));
    socket("/early", Obedient, websocket = false, transport = Early);
    socket("/deaf", Obedient, websocket = false, transport = Deaf, drainer(shutdown = secs(10)));
    socket(
        "/batches",
        Obedient,
        longpoll,
        transport = Lines(Timeout::Never),
        drainer(batch_size = 1, batch_interval = secs(4), shutdown = secs(10)),
    );
    socket("/hasty", Obedient, drainer(shutdown = secs(3)));
    socket(
        "/limited",
        Obedient,
        websocket(callback_timeout = secs(20)),
        longpoll(callback_timeout = secs(20), window = secs(19)),
        transport = Lines(Timeout::After(Duration::from_secs(20))),
    );
    socket("/speaker", Speaker, longpoll);
    socket("/hall", Visitors, longpoll);
    socket("/stuck", Stuck);
}

/// What became of one socket.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fate {
    pub(crate) inits: usize,
    pub(crate) ends: Vec<Reason>,
    pub(crate) drops: usize,
    pub(crate) heard: Vec<String>,
}

/// What became of sockets, by their names.
#[derive(Clone, Default)]
pub(crate) struct Fates(Arc<Mutex<HashMap<String, Fate>>>);

impl Fates {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Fate>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What became of the socket of this name so far.
    pub(crate) fn of(&self, name: &str) -> Fate {
        self.all().get(name).cloned().unwrap_or_default()
    }

    /// Waits until the socket has begun what it was told to do.
    pub(crate) async fn begins(&self, name: &str, what: &str) {
        until(&format!("{name} does what it is told"), || match what {
            "" => self.of(name).inits == 1,
            what => self
                .of(name)
                .heard
                .last()
                .is_some_and(|heard| heard == what),
        })
        .await;
    }
}

/// Obeys its parameter `init`, and every message.
pub(crate) struct Obedient {
    name: String,
    init: String,
    mailbox: Mailbox<String>,
    fates: Fates,
}

#[socket]
impl Obedient {
    async fn connect(
        #[param] name: String,
        #[param] init: Option<String>,
        mailbox: Mailbox<String>,
        #[state] fates: Fates,
    ) -> Result<Self, Refused> {
        fates.all().insert(name.clone(), Fate::default());
        Ok(Obedient {
            name,
            init: init.unwrap_or_default(),
            mailbox,
            fates,
        })
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        self.note(|fate| fate.inits += 1);
        if let Some(later) = self.init.strip_prefix("info ") {
            self.mailbox
                .send(later.to_owned())
                .expect("room in the mailbox");
            return Flow::Continue;
        }
        obey(&self.init, out).await
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        let text = message.as_text().unwrap_or_default();
        self.note(|fate| fate.heard.push(text.to_owned()));
        obey(text, out).await
    }

    async fn handle_info(&mut self, text: String, out: &mut Outbox) -> Flow {
        self.note(|fate| fate.heard.push(text.clone()));
        obey(&text, out).await
    }

    fn terminate(self, reason: Reason) {
        self.note(|fate| fate.ends.push(reason));
    }
}

impl Obedient {
    fn note(&self, note: impl FnOnce(&mut Fate)) {
        note(self.fates.all().entry(self.name.clone()).or_default());
    }
}

impl Drop for Obedient {
    fn drop(&mut self) {
        self.note(|fate| fate.drops += 1);
    }
}

async fn obey(text: &str, out: &mut Outbox) -> Flow {
    match text.split_once(' ').unwrap_or((text, "")) {
        ("hang", "badly") => {
            let _bad = BadEnd;
            std::future::pending().await
        }
        ("hang", _) => std::future::pending().await,
        ("panic", _) => panic!("as asked"),
        ("sleep", seconds) => {
            tokio::time::sleep(Duration::from_secs(seconds.parse().expect("seconds"))).await;
            out.push("slept");
        }
        ("say", text) => out.push(text),
        _ => {}
    }
    Flow::Continue
}

/// Panics when it is dropped.
struct BadEnd;

impl Drop for BadEnd {
    fn drop(&mut self) {
        panic!("as asked");
    }
}

/// A custom transport: a line for each message.
struct Lines(Timeout);

impl Transport for Lines {
    const NAME: &'static str = "lines";

    fn options(&self) -> TransportOptions {
        TransportOptions {
            path: "/lines",
            callback_timeout: self.0,
            ..TransportOptions::DEFAULT
        }
    }

    async fn answer<S: Socket>(&self, attempt: Attempt) -> Result<Response<Body>, Denied> {
        let (driver, outgoing) = connect::<S>(attempt).await?;
        driver.spawn(|mut driver| async move {
            let mut flow = driver.init().await;
            loop {
                if let Flow::Stop { code, reason, .. } = flow {
                    driver.write(format!("end {code}\n"));
                    return driver.terminate(reason);
                }
                driver.ready().await;
                flow = driver.info().await;
            }
        });
        Ok(Response::new(outgoing.into_body()))
    }
}

/// A transport that ignores what its driver says.
struct Deaf;

impl Transport for Deaf {
    const NAME: &'static str = "deaf";

    fn options(&self) -> TransportOptions {
        TransportOptions {
            path: "/lines",
            ..TransportOptions::DEFAULT
        }
    }

    async fn answer<S: Socket>(&self, attempt: Attempt) -> Result<Response<Body>, Denied> {
        let (driver, outgoing) = connect::<S>(attempt).await?;
        driver.spawn(|mut driver| async move {
            let _ = driver.init().await;
            std::future::pending().await
        });
        Ok(Response::new(outgoing.into_body()))
    }
}

/// A transport whose clients are gone as soon as they have connected.
struct Early;

impl Transport for Early {
    const NAME: &'static str = "early";

    fn options(&self) -> TransportOptions {
        TransportOptions {
            path: "/lines",
            ..TransportOptions::DEFAULT
        }
    }

    async fn answer<S: Socket>(&self, attempt: Attempt) -> Result<Response<Body>, Denied> {
        drop(connect::<S>(attempt).await?);
        Ok(Response::new(Body::empty()))
    }
}

async fn connect<S: Socket>(attempt: Attempt) -> Result<(Driver<S>, Outgoing), Denied> {
    let params = attempt.params()?;
    attempt.connect::<S, Line>(params, None).await
}

struct Line;

impl Format for Line {
    fn format(message: Message) -> Result<Bytes, Unsupported> {
        let text = message
            .as_text()
            .ok_or(Unsupported::new("a line holds text"))?;
        Ok(format!("{text}\n").into())
    }
}

/// An endpoint without a network, where time can be paused.
pub(crate) struct Harbour {
    pub(crate) site: Running<Site>,
    pub(crate) network: Network,
    pub(crate) fates: Fates,
}

pub(crate) async fn start() -> Harbour {
    let (network, listener) = Network::new();
    let fates = Fates::default();
    let site = Site::builder(fates.clone())
        .listener(listener)
        .start()
        .await
        .expect("the site starts");
    Harbour {
        site,
        network,
        fates,
    }
}

impl Harbour {
    /// Stops, and returns how many connections were cut off.
    pub(crate) async fn stop(&self) -> usize {
        let stopped = self.site.shutdown().await;
        let stats = self.site.stats();
        assert_eq!((stats.connections, stats.tasks), (0, 0));
        let Err(error) = stopped else { return 0 };
        assert!(error.is_drain(), "{error}");
        let text = error.to_string();
        text.split(' ')
            .next()
            .and_then(|count| count.parse().ok())
            .expect("a count")
    }
}
