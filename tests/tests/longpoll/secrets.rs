//! What must not be seen: in logs, in `Debug`, in answers.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use landfall::{Endpoint, LongPoll, Secret, config::Setting, prelude::*};
use landfall_tests::{
    longpoll::{Poller, batch, poll, post},
    memory::pier,
    wire::Request,
};
use tracing::Level;

use super::site::{SECRET, start};

endpoint! {
    /// Logs all that it can.
    struct Chatty;

    http(port = 4000);
    server = true;
    secret_key_base = SECRET;
    socket("/chatty", Parrot, log = info, longpoll(window_ms = 1000, transport_log = info, auth_token = true));
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

/// What is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    fn start(&self) -> tracing::subscriber::DefaultGuard {
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone());
        tracing::subscriber::set_default(subscriber.finish())
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn threat_19_logs_tell_no_token_and_hold_one_line_an_event() {
    let log = Log::default();
    let _logging = log.start();
    let (sea, pier) = pier();
    let chatty = Chatty::builder().listener(pier).start().await.expect("it starts");
    let target =
        "/chatty/longpoll?password=hunter2&user_token=t0ps3cret&nested[secret]=deep&name=a%0ab%1b[31m";
    let mut client = Poller::open(sea.connect(), target).await;
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
        Request { method: "DELETE".to_owned(), ..poll(target, &client.token) },
    ] {
        sea.connect().request(&request).await.expect("an answer");
    }
    chatty.shutdown().await.expect("a clean end");

    let text = log.text();
    for logged in [
        "GET \\\"/chatty/longpoll",
        "POST \\\"/chatty/longpoll",
        "connected",
        "[FILTERED]",
        "as asked",
        "evil.example",
    ] {
        assert!(text.contains(logged), "{logged:?} in {text}");
    }
    assert!(text.contains("a message was not sent: longpoll carries text only"), "{text}");
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
    // Names of sessions are what tokens are about.
    for token in &tokens {
        let said: (String, String, String, u64, u64, u64) =
            chatty.tokens("landfall longpoll").expect("a secret").verify(token).expect("ours");
        assert!(!text.contains(&said.2), "{} in {text}", said.2);
    }
    assert!(!text.contains('\u{1b}'), "no control characters");
    assert!(text.lines().all(|line| line.starts_with("20")), "no line of a client's own in {text}");
}

#[tokio::test(start_paused = true)]
async fn threat_18_debug_shows_no_secret() {
    let harbour = start().await;
    let client = harbour.open("/talk/longpoll").await;
    let shown = [
        format!("{:?}", harbour.site),
        format!("{:?}", harbour.site.handle()),
        format!("{:?}", harbour.site.config()),
        format!("{:?}", harbour.site.service()),
        format!("{:?}", super::site::Site::DEF),
        format!("{:?}", Secret::from(SECRET)),
    ];
    for text in shown {
        assert!(!text.contains(SECRET) && !text.contains(&client.token), "{text}");
    }
}

/// The secret decides who may speak in a session's name: without a good one, nothing starts.
#[tokio::test(start_paused = true)]
async fn threat_18_longpoll_does_not_start_without_a_good_secret() {
    struct Bare;
    impl Endpoint for Bare {
        const DEF: &'static landfall::EndpointDef = &landfall::EndpointDef {
            name: "Bare",
            mounts: &[landfall::Mount {
                path: "/bare",
                socket: landfall::SocketDef::of::<Parrot>("Parrot"),
                websocket: None,
                longpoll: Some(LongPoll::DEFAULT),
                transport: None,
                drainer: None,
                log: None,
                location: "src/web.rs:9",
            }],
        };
    }
    let start = async |secret: Option<&str>| {
        let set = |settings: &mut landfall::config::Settings| {
            if let Some(secret) = secret {
                settings.secret_key_base = Setting::given(secret);
            }
        };
        Bare::builder().settings(set).start().await
    };
    let error = start(None).await.err().expect("no secret").to_string();
    assert!(error.contains("`longpoll` signs its tokens but no `secret_key_base` is set"), "{error}");
    assert!(error.contains("longpoll of /bare"), "{error}");
    let error = start(Some(&SECRET[..63])).await.err().expect("too short").to_string();
    assert!(!error.contains(&SECRET[..63]), "{error}");
    start(Some(SECRET)).await.expect("a good one").shutdown().await.expect("a clean end");
}

/// An answer to a wrong token is of the same form and length wherever it is wrong: nothing about the right one shows.
#[tokio::test(start_paused = true)]
async fn threat_17_wrong_tokens_are_all_answered_alike() {
    let harbour = start().await;
    let client = harbour.open("/talk/longpoll").await;
    let mut answers = std::collections::HashSet::new();
    for at in 0..client.token.len() {
        let mut token = client.token.clone().into_bytes();
        token[at] = if token[at] == b'A' { b'B' } else { b'A' };
        let token = String::from_utf8(token).expect("ASCII");
        let answer =
            harbour.sea.connect().request(&post("/talk/longpoll", &token, "x")).await.expect("an answer");
        let headers = answer.headers.into_iter().filter(|(name, _)| name != "date").collect::<Vec<_>>();
        answers.insert((answer.status, headers, answer.body));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}
