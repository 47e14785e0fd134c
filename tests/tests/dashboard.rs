//! The page that shows what an endpoint does: who may see it, and what it is told.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use http::{Method, Request, Response, request::Parts};
use landfall::{
    Endpoint, Handle,
    dashboard::{Access, LogLines},
    prelude::*,
    presence::Tracked,
    pubsub::adapter::InProcess,
    testing::{self, Channel, ConnectError, Site, Visitor},
};
use serde_json::{Value, json};
use tokio::time::sleep;
use tower::service_fn;
use tracing_subscriber::layer::SubscriberExt;

endpoint! {
    /// Shows its dashboard to this machine.
    struct Web;

    socket("/raw", Raw);
    socket("/socket", UserSocket);
    dashboard(path = "/admin/dash");
    service(service_fn(answer));
}

endpoint! {
    /// Asks for a password, and trusts a proxy.
    struct Guarded;

    url(host = "example.com", path = "/app");
    extra(password = "tide");
    dashboard(who_may = operator);
    service(service_fn(answer));
}

endpoint! {
    /// Shows its dashboard to nobody, since it cannot tell.
    struct Broken;

    dashboard(path = "/dash", who_may = |head| -> bool { panic!("as asked: {}", head.uri.path()) });
    service(service_fn(answer));
}

endpoint! {
    /// Has a path that the macro does not know.
    struct Elsewhere;

    dashboard(path = ELSEWHERE);
}

const ELSEWHERE: &str = "dash";

fn operator(head: &Parts, handle: &Handle) -> Access {
    let password = handle.config().extra::<String>("password");
    Access::basic_auth(head, "ann", &password.unwrap())
}

async fn answer(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::from("the application")))
}

struct Raw;

#[socket]
impl Raw {
    async fn connect() -> Result<Self, Refused> {
        Ok(Raw)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

struct UserSocket;

#[socket(channel("room:*", Room))]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

struct Room(#[expect(dead_code, reason = "held")] Tracked);

#[channel(UserSocket)]
impl Room {
    async fn join(handle: Handle, #[topic] topic: String) -> Result<Self, JoinError> {
        let tracked = handle.presence().track(&topic, "ann", json!({}));
        Ok(Room(tracked.unwrap()))
    }
}

/// What the page has in this attribute.
fn attribute(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("data-{name}=\"")).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// A page, by its socket.
async fn join(visitor: &Visitor) -> Channel {
    let page = visitor.get("/admin/dash").await;
    let (socket, token) = (
        attribute(page.text(), "socket"),
        attribute(page.text(), "token"),
    );
    let client = visitor
        .connect(&socket)
        .param("token", &token)
        .await
        .unwrap();
    client.join("phoenix:dashboard", json!({})).await.unwrap()
}

async fn ask(page: &Channel, question: &str, asked: Value) -> Value {
    page.push(question, asked).await.ok()
}

#[tokio::test]
async fn this_machine_sees_the_page_and_nobody_else() {
    let site = testing::start::<Web>().await;
    for path in ["/admin/dash", "/admin/dash/"] {
        let page = site.get(path).await;
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(attribute(page.text(), "socket"), "/admin/dash/socket");
        assert!(page.text().contains("<title>Web</title>"));
        assert!(!page.text().contains('{'), "a part was not filled in");
        let policy = page.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{policy}"
        );
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(page.header(name), Some(value));
        }
    }
    let head = site.request(Method::HEAD, "/admin/dash").await;
    assert!(head.status() == 200 && head.body().is_empty());
    for (file, kind) in [
        ("dashboard.css", "text/css"),
        ("dashboard.js", "text/javascript"),
        ("phoenix.js", "text/javascript"),
    ] {
        let page = site.get("/admin/dash").await;
        let path = format!("/admin/dash/{file}");
        assert!(page.text().contains(&format!("\"{path}\"")), "{file}");
        let file = site.get(&path).await;
        assert!(file.header("content-type").unwrap().starts_with(kind) && file.body().len() > 1000);
    }

    let others: SocketAddr = "192.0.2.7:4711".parse().unwrap();
    let strangers = [
        site.get("/admin/dash").peer(others),
        site.get("/admin/dash/dashboard.js").peer(others),
        site.get("/admin/dash")
            .header("x-forwarded-for", "127.0.0.1"),
        site.get("/admin/dash").header("host", "evil.example.com"),
        site.post("/admin/dash"),
        site.get("/admin/dashboard"),
        site.get("/admin/dash/other"),
    ];
    for stranger in strangers {
        assert_eq!(stranger.await.text(), "the application");
    }
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn only_a_page_can_open_the_socket() {
    let site = testing::start::<Web>().await;
    let page = site.get("/admin/dash").await;
    let token = attribute(page.text(), "token");
    let status = |refused: Result<_, ConnectError>| {
        refused
            .map(|_: testing::Client| ())
            .unwrap_err()
            .status()
            .as_u16()
    };
    let other = testing::start::<Web>().await;
    let foreign = attribute(other.get("/admin/dash").await.text(), "token");
    for wrong in [foreign.as_str(), "", &token[1..]] {
        let refused = site
            .connect("/admin/dash/socket")
            .param("token", wrong)
            .await;
        assert_eq!(status(refused), 403, "{wrong}");
    }
    assert_eq!(status(site.connect("/admin/dash/socket").await), 403);
    for behind in [
        "/landfall/dashboard/socket",
        "//landfall//dashboard/socket/",
    ] {
        let behind = site.connect(behind).param("token", &token).await;
        assert_eq!(status(behind), 404, "nobody gets past the question who may");
    }
    let others: SocketAddr = "192.0.2.7:4711".parse().unwrap();
    let stranger = site
        .connect("/admin/dash/socket")
        .param("token", &token)
        .peer(others)
        .await;
    assert_eq!(status(stranger), 200, "the application answers");
    join(&site.visitor()).await;
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_operator_is_asked_for_a_password() {
    let site = testing::start::<Guarded>().await;
    let others: SocketAddr = "192.0.2.7:4711".parse().unwrap();
    let refused = site.get("/dashboard").peer(others).await;
    assert_eq!(refused.status(), 401);
    let challenge = refused.header("www-authenticate").unwrap();
    assert!(challenge.starts_with("Basic realm="), "{challenge}");
    // "ann:ebb" and "ann:tide".
    let wrong = site
        .get("/dashboard")
        .header("authorization", "Basic YW5uOmViYg==")
        .await;
    assert_eq!(wrong.status(), 401);
    let known = "Basic YW5uOnRpZGU=";
    let page = site
        .get("/dashboard")
        .peer(others)
        .header("authorization", known)
        .await;
    assert_eq!(page.status(), 200);
    assert!(
        page.text()
            .contains("href=\"/app/dashboard/dashboard.css\"")
    );
    assert_eq!(attribute(page.text(), "socket"), "/app/dashboard/socket");
    assert_eq!(site.get("/dashboard/dashboard.js").await.status(), 401);

    let token = attribute(page.text(), "token");
    let connect = || site.connect("/dashboard/socket").param("token", &token);
    assert_eq!(connect().await.unwrap_err().status(), 401);
    connect().header("authorization", known).await.unwrap();
    site.shutdown().await.unwrap();

    let broken = testing::start::<Broken>().await;
    assert_eq!(broken.get("/dash").await.text(), "the application");
    broken.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_path_that_is_none_is_told_at_start() {
    let error = Elsewhere::start().await.unwrap_err().to_string();
    assert!(error.contains("`path` must start with `/`"), "{error}");
    assert!(error.contains("write `path = \"/dash\"`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_page_is_told_what_happens_each_second() {
    let site = testing::start::<Web>().await;
    sleep(Duration::from_secs(700)).await;
    let mut page = join(&site.visitor()).await;
    let begin: Value = page.joined().payload().parse().unwrap();
    let samples = begin["samples"].as_array().unwrap();
    assert_eq!(samples.len(), 600, "ten minutes are kept");
    assert_eq!(
        (&begin["node"], &begin["lines"]),
        (&Value::Null, &Value::Null)
    );

    let mut raw = site.raw("/raw").await.unwrap();
    let tick: Value = page.expect("tick").await.parse();
    assert_eq!(tick["sample"]["sockets"], 2);
    for _ in 0..100 {
        raw.send("1234567890");
        raw.expect("1234567890").await;
    }
    let mut seen = json!({});
    // What came may be told in two ticks.
    for _ in 0..2 {
        let tick: Value = page.expect("tick").await.parse();
        if tick["sample"]["messages_in"].as_f64() > seen["messages_in"].as_f64() {
            seen = tick["sample"].clone();
        }
    }
    let figure = |name: &str| seen[name].as_f64().unwrap();
    assert!((50.0..=110.0).contains(&figure("messages_in")), "{seen}");
    assert!(
        figure("messages_out") >= figure("messages_in") / 2.0,
        "{seen}"
    );
    assert!(
        figure("bytes_in") >= 500.0 && figure("callbacks") >= 50.0,
        "{seen}"
    );
    assert!(
        figure("half") > 0.0 && figure("half") <= figure("most"),
        "{seen}"
    );
    if cfg!(target_os = "linux") {
        assert!(
            figure("memory") > 1_000_000.0 && figure("cpu") >= 0.0,
            "{seen}"
        );
    }
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_page_asks_who_is_here_and_ends_them() {
    let broker = InProcess::new();
    let builder = |node: &'static str| {
        Web::builder()
            .adapter(broker.clone())
            .settings(move |settings| {
                settings.pubsub.node = landfall::config::Setting::given(node);
            })
    };
    let site = testing::start_builder(builder("here")).await;
    let there = testing::start_builder(builder("there")).await;
    let page = join(&site.visitor()).await;
    let client = site.connect("/socket").await.unwrap();
    let _room = client.join("room:<b>", json!({})).await.unwrap();

    let listed = ask(&page, "sockets", json!({ "from": null })).await;
    let sockets = listed["items"].as_array().unwrap();
    assert_eq!((sockets.len(), &listed["next"]), (2, &Value::Null));
    let socket = sockets
        .iter()
        .find(|socket| socket["socket"] == "UserSocket")
        .unwrap();
    assert_eq!(
        (&socket["path"], &socket["transport"], &socket["topics"]),
        (&json!("/socket"), &json!("websocket"), &json!(1))
    );
    let topics = ask(&page, "topics_of", json!({ "id": socket["id"] })).await;
    assert_eq!(
        topics,
        json!({ "items": [{ "topic": "room:<b>", "channel": "Room" }] })
    );

    let topics = ask(&page, "topics", json!({ "after": "phoenix:dashboard" })).await;
    let topics = topics["items"].as_array().unwrap();
    assert!(
        topics.contains(&json!({ "topic": "room:<b>", "channel": "Room", "members": 1 })),
        "{topics:?}"
    );
    let members = ask(&page, "members", json!({ "topic": "room:<b>" })).await;
    assert_eq!(members["items"][0]["id"], socket["id"]);
    assert_eq!(members["items"][0]["socket"], "UserSocket");

    let _also = site.presence().track("room:<b>", "ann", json!({})).unwrap();
    let _bob = site.presence().track("room:<b>", "bob", json!({})).unwrap();
    let presence = ask(&page, "presence", json!({ "after": "" })).await;
    assert_eq!(
        presence,
        json!({ "items": [{ "topic": "room:<b>", "present": 3 }], "next": null })
    );
    let present = ask(&page, "present", json!({ "topic": "room:<b>" })).await;
    assert_eq!(
        present,
        json!({ "items": [{ "key": "ann", "metas": 2 }, { "key": "bob", "metas": 1 }], "more": 0 })
    );

    let named = |nodes: &Value| {
        let items = nodes["items"].as_array().unwrap().iter();
        items
            .map(|node| node["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    while named(&ask(&page, "nodes", json!({})).await) != ["here", "there"] {
        sleep(Duration::from_millis(20)).await;
    }

    let ended = ask(&page, "disconnect", json!({ "id": socket["id"] })).await;
    assert_eq!(ended, json!({ "done": true }));
    client.expect_close(1001).await;
    for (question, asked) in [
        ("disconnect", json!({ "id": "ann" })),
        ("sockets?", json!({})),
        ("topics", json!([1])),
    ] {
        let refused: Value = page.push(question, asked).await.error();
        assert_eq!(refused["reason"], "not understood", "{question}");
    }
    there.shutdown().await.unwrap();
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_page_shows_log_lines_and_not_too_many_of_them() {
    let subscriber = tracing_subscriber::registry().with(LogLines::new());
    let _guard = tracing::subscriber::set_default(subscriber);
    let site: Site<Web> = testing::start_builder(Web::builder())
        .patience(Duration::from_secs(60))
        .await;
    tracing::warn!(left = 3, "a tide {}", "comes");
    let mut page = join(&site.visitor()).await;
    let begin: Value = page.joined().payload().parse().unwrap();
    let lines = begin["lines"].as_array().unwrap();
    let line = lines.iter().find(|line| line["level"] == "WARN").unwrap();
    assert_eq!(
        (&line["text"], &line["target"]),
        (&json!("a tide comes left=3"), &json!("dashboard"))
    );

    for number in 0..250 {
        tracing::info!(number, "a wave");
    }
    let (mut shown, mut missed, mut last) = (0, 0, Value::Null);
    while shown + missed < 250 {
        let tick: Value = page.expect("tick").await.parse();
        let lines = tick["lines"].as_array().unwrap();
        let mut waves = lines
            .iter()
            .filter(|line| line["text"].as_str().unwrap().starts_with("a wave"));
        shown += waves.clone().count();
        missed += tick["missed"].as_u64().unwrap() as usize;
        last = waves.next_back().map_or(last, |line| line["text"].clone());
    }
    assert!(
        shown >= 100 && last == "a wave number=249",
        "{shown} {missed} {last}"
    );
    site.shutdown().await.unwrap();
}
