//! Callbacks of sockets without channels.

use std::io;

use landfall::{prelude::*, testing};

use crate::{AppError, any, boxed, down, log::Log};

endpoint! {
    struct Streams;

    secret_key_base = env("SECRET_KEY_BASE");

    socket("/io", OfIo, longpoll);
    socket("/any", OfAny);
    socket("/boxed", OfBox);
    socket("/app", OfApp);
    socket("/early", Early);
}

macro_rules! fails {
    ($name:ident, $result:ty, $body:block) => {
        struct $name;

        #[socket]
        impl $name {
            fn connect() -> Self {
                $name
            }

            async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> $result {
                if message.as_text() == Some("fail") $body
                out.push("fine");
                Ok(Default::default())
            }
        }
    };
}

fails!(OfIo, io::Result<()>, {
    down()?;
});
fails!(OfAny, anyhow::Result<()>, {
    any()?;
});
fails!(OfBox, Result<(), Box<dyn std::error::Error + Send + Sync>>, { boxed()?; });

struct OfApp;

#[socket]
impl OfApp {
    fn connect() -> Self {
        OfApp
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Result<Flow, AppError> {
        match message.as_text() {
            Some("fail") => down()?,
            Some("none") => return Err(AppError::NoSuchTask),
            Some("stop") => return Ok(Flow::stop()),
            _ => out.push("fine"),
        }
        Ok(Flow::Continue)
    }
}

/// A socket whose `init` fails.
struct Early;

#[socket]
impl Early {
    fn connect() -> Self {
        Early
    }

    async fn init(&mut self, _: &mut Outbox) -> anyhow::Result<()> {
        any()
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

#[tokio::test(start_paused = true)]
async fn an_error_closes_with_1011_and_is_logged_once() {
    let (log, _guard) = Log::start();
    let site = testing::start::<Streams>().await;
    let chains = [
        ("/io", "OfIo", "database down"),
        ("/any", "OfAny", "cannot find the user: database down"),
        ("/boxed", "OfBox", "cannot read the store: database down"),
        ("/app", "OfApp", "cannot read the store: database down"),
    ];
    for (path, socket, chain) in chains {
        let mut client = site.raw(path).await.expect("a connection");
        client.send("hello");
        client.expect("fine").await;
        client.send("fail");
        assert_eq!(client.closed().await.code(), 1011, "{path}");
        log.is_once(&format!(
            "ERROR a callback failed socket={socket} callback=handle_in error={chain}"
        ));
    }
    let mut client = site.raw("/early").await.expect("a connection");
    assert_eq!(client.closed().await.code(), 1011);
    log.is_once(
        "ERROR a callback failed socket=Early callback=init error=cannot find the user: database down",
    );
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_application_says_how_it_ends() {
    let (log, _guard) = Log::start();
    let site = testing::start::<Streams>().await;
    let mut client = site.raw("/app").await.expect("a connection");
    client.send("none");
    let closed = client.closed().await;
    assert_eq!((closed.code(), closed.reason()), (4004, "no such task"));
    log.is_once("DEBUG a callback refused socket=OfApp callback=handle_in reason=no such task");
    assert_eq!(log.with("ERROR"), [""; 0]);
    let mut client = site.raw("/app").await.expect("a connection");
    client.send("stop");
    assert_eq!(client.closed().await.code(), 1000);
}

/// A message without `Debug`.
struct Poke;

#[test]
fn what_was_not_sent_is_an_error_whatever_it_is() {
    fn poke() -> anyhow::Result<()> {
        Err(landfall::socket::MailboxError::Full(Poke))?;
        Ok(())
    }
    assert_eq!(
        poke().expect_err("it is full").to_string(),
        "the mailbox is full"
    );
}

#[tokio::test]
async fn callbacks_can_be_called_by_a_test() {
    let (mut socket, mut out) = (OfApp::connect(), testing::outbox());
    assert_eq!(
        socket
            .handle_in("hello".into(), &mut out)
            .expect("no failure"),
        Flow::Continue
    );
    assert_eq!(out.take(), [Message::from("fine")]);
    let failed = socket
        .handle_in("fail".into(), &mut out)
        .expect_err("as asked");
    assert!(matches!(failed, AppError::Store(_)), "{failed:?}");
    assert_eq!(out.take(), []);
    assert!(Early::connect().init(&mut out).await.is_err());

    out.forward("news");
    out.broadcast_from("news", "from", "here")
        .expect("a broadcast");
    assert_eq!(out.topics(), ["news"]);
    let broadcasts = out.take_broadcasts();
    assert_eq!((broadcasts.len(), broadcasts[0].event()), (1, "from"));
}

endpoint! {
    struct Stateful;

    state = App;
    socket("/two", Two);
}

#[derive(Clone)]
struct App(&'static str);

struct Two;

#[socket]
impl Two {
    fn connect() -> Self {
        Two
    }

    fn handle_in(
        &mut self,
        message: Message,
        out: &mut Outbox,
        #[state] one: App,
        #[state] other: App,
    ) {
        out.push(format!(
            "{} {} {}",
            message.as_text().unwrap_or_default(),
            one.0,
            other.0
        ));
    }
}

#[tokio::test(start_paused = true)]
async fn a_callback_takes_as_many_parts_of_the_state_as_it_wants() {
    let site = testing::start_with::<Stateful>(App("app")).await;
    let mut client = site.raw("/two").await.expect("a connection");
    client.send("message");
    client.expect("message app app").await;
}
