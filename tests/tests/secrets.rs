//! What is secret stands in no line of the log, at whatever level, in the whole life of an
//! endpoint. A program of its own: tracing caches for the whole program which events are wanted.

use std::{convert::Infallible, fs};

use http::{Request, Response};
use landfall::{
    Body, Endpoint, Message, endpoint,
    session::{Session, SessionOptions, Sessions},
    socket,
    socket::{Flow, Outbox, Refused},
    testing::Network,
};
use landfall_tests::{
    client::Client,
    logged::Log,
    longpoll::Poller,
    wire::{Connection, Frame, Request as Wire},
};

const CANARY: &str =
    "canary-0-canary-1-canary-2-canary-3-canary-4-canary-5-canary-6-canary-7-canary-8";

const SESSION: SessionOptions = SessionOptions::new("_site", "signing salt");

endpoint! {
    struct Site;

    http(port = 4000);
    server = true;
    secret_key_base = insecure("canary-0-canary-1-canary-2-canary-3-canary-4-canary-5-canary-6-canary-7-canary-8", reason = "a test");
    extra(token = "canary-of-the-declaration");
    socket(
        "/room",
        Room,
        websocket(auth_token = true, connect_info = [session(SESSION)], transport_log = trace),
        longpoll(auth_token = true, connect_info = [session(SESSION)], transport_log = trace),
        log = trace,
    );
    plug(Sessions::new(&SESSION));
    service(tower::service_fn(page));
}

async fn page(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let session = request.extensions().get::<Session>();
    let session = session.expect("the plug is there");
    session.insert("password", CANARY).expect("a text");
    Ok(Response::new(Body::from(session.csrf_token())))
}

struct Room;

#[socket]
impl Room {
    async fn connect(
        #[param] password: String,
        #[info] auth_token: String,
        #[info] session: Option<Session>,
    ) -> Result<Self, Refused> {
        assert_eq!((password.as_str(), auth_token.as_str()), (CANARY, CANARY));
        assert!(session.is_some(), "it is logged in");
        Ok(Room)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        out.push(message);
        Flow::Continue
    }
}

#[tokio::test(start_paused = true)]
async fn a_canary_is_in_no_line_of_the_log() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let file = std::env::temp_dir().join(format!("landfall-secrets-{}.toml", std::process::id()));
    let text = "[extra.mailer]\npassword = \"canary-of-the-file\"";
    fs::write(&file, text).expect("a file");
    let (network, listener) = Network::new();
    let site = Site::builder().file(&file).listener(listener).start();
    let site = site.await.expect("the site starts");

    let mut connection = Connection::through(&network).await;
    let answer = connection.request(&Wire::get("/")).await.expect("a page");
    let cookie = answer.header("set-cookie").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a value").to_owned();
    let query = format!("_csrf_token={}&password={CANARY}", answer.body);
    let bearer = data_encoding::BASE64URL_NOPAD.encode(CANARY.as_bytes());
    let upgrade = Wire::upgrade(&format!("/room/websocket?{query}"))
        .header("cookie", &cookie)
        .header(
            "sec-websocket-protocol",
            &format!("phoenix, base64url.bearer.phx.{bearer}"),
        );
    let mut client = Client::over(Connection::through(&network).await, &upgrade).await;
    client.text(CANARY).await;
    assert_eq!(client.hear_text().await, CANARY);
    let target = format!("/room/longpoll?{query}");
    let open = landfall_tests::longpoll::poll(&target, "")
        .header("cookie", &cookie)
        .header("x-phoenix-authtoken", CANARY);
    let mut polling = Connection::through(&network).await;
    let answer = polling.request(&open).await.expect("an answer");
    let token = landfall_tests::longpoll::Answer::of(answer)
        .token
        .expect("a token");
    let mut poller = Poller::with(polling, &target, &token);
    assert_eq!(poller.say(CANARY).await, 200);
    assert_eq!(poller.messages(1).await, [CANARY]);
    // It is refused: a reload cannot change the secret.
    fs::write(&file, format!("secret_key_base = \"{CANARY}-of-the-file\"")).expect("a file");
    site.reload().await.expect_err("the secret is fixed");
    client.send(Frame::close(1000, b"")).await;
    client.hear_close().await;
    drop(poller);
    site.shutdown().await.expect("a clean end");
    fs::remove_file(&file).expect("the file is there");

    let said = log.take();
    assert!(said.contains("stopped Site"), "{said}");
    assert!(!said.contains("canary"), "{said}");
    for secret in [cookie.split_once('=').expect("a pair").1, &bearer, &token] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
}
