//! What longpoll logs. A program of its own: tracing caches globally which events are wanted.

use landfall::{prelude::*, testing::Network};
use landfall_tests::{
    logged::Log,
    longpoll::{Poller, batch, poll, post},
    wire::{Connection, Request},
};
use tracing::Level;

const SECRET: &str = "a secret of 64 bytes for a site that is there for its tests only.";

endpoint! {
    /// An endpoint that logs all that it can.
    struct Chatty;

    http(port = 4000);
    server = true;
    secret_key_base = SECRET;
    socket("/chatty", Parrot, log = info, longpoll(window = secs(1), transport_log = info, auth_token = true));
}

struct Parrot;

#[socket]
impl Parrot {
    async fn connect() -> Result<Self, Refused> {
        Ok(Parrot)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        match message.as_text() {
            Some("panic") => panic!("as asked"),
            Some("bytes") => out.push(Message::Binary(vec![1].into())),
            _ => out.push(message),
        }
        Flow::Continue
    }
}

/// Logs to `log` what happens on this thread.
fn start(log: &Log) -> tracing::subscriber::DefaultGuard {
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone());
    tracing::subscriber::set_default(subscriber.finish())
}

#[tokio::test(start_paused = true)]
async fn threat_19_logs_tell_no_token_and_hold_one_line_an_event() {
    let log = Log::default();
    let _logging = start(&log);
    let (network, listener) = Network::new();
    let chatty = Chatty::builder()
        .listener(listener)
        .start()
        .await
        .expect("it starts");
    let target = "/chatty/longpoll?password=hunter2&user_token=t0ps3cret&nested[secret]=deep&name=a%0ab%1b[31m";
    let mut client = Poller::open(Connection::through(&network).await, target).await;
    let mut tokens = vec![client.token.clone()];
    for message in ["hello", "bytes", "panic"] {
        client.say(message).await;
        client.poll().await;
        tokens.push(client.token.clone());
    }
    for request in [
        poll(target, "wrong-token").header("x-phoenix-authtoken", "bearer-of-news"),
        post(target, "wrong-token", "message-body"),
        batch(target, &client.token, "not-base64!"),
        poll(target, "").header("x-phoenix-longpoll-token", "header-token"),
        poll(target, "").header("origin", "http://evil.example"),
        poll(target, "").header("cookie", "chocolate=chip"),
        Request {
            method: "DELETE".to_owned(),
            ..poll(target, &client.token)
        },
    ] {
        Connection::through(&network)
            .await
            .request(&request)
            .await
            .expect("an answer");
    }
    chatty.shutdown().await.expect("a clean end");

    let text = log.text();
    for logged in [
        "method=GET path=/chatty/longpoll status=200",
        "method=POST path=/chatty/longpoll status=200",
        "CONNECTED TO Parrot",
        "[FILTERED]",
        "as asked",
        "evil.example",
    ] {
        assert!(text.contains(logged), "{logged:?} in {text}");
    }
    assert!(
        text.contains("a message was not sent: longpoll carries text only"),
        "{text}"
    );
    let hidden = [
        "hunter2",
        "t0ps3cret",
        "deep",
        "wrong-token",
        "bearer-of-news",
        "message-body",
        "header-token",
        "chocolate",
        SECRET,
    ];
    for secret in hidden.into_iter().chain(tokens.iter().map(String::as_str)) {
        assert!(!text.contains(secret), "{secret:?} in {text}");
    }
    // The names of sessions are as secret as the tokens that contain them.
    for token in &tokens {
        let said: (String, String, String, String, String, u64, u64, u64) = chatty
            .tokens("landfall longpoll")
            .expect("a secret")
            .verify(token.as_str())
            .expect("ours");
        assert!(!text.contains(&said.4), "{} in {text}", said.4);
    }
    assert!(!text.contains('\u{1b}'), "no control characters");
    assert!(
        text.lines().all(|line| line.starts_with("20")),
        "no line of a client's own in {text}"
    );
}
