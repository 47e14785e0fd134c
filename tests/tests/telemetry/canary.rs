//! No output of an endpoint shows what `filter_parameters` hides: every line of its log, with its
//! spans, and the `Debug` of what callbacks are given.

use std::sync::{Mutex, PoisonError};

use http::{Request, Response};
use landfall::{
    channel::{ClientMessage, Name, Ref, ServerMessage},
    config::{FilterParameters, ParameterNames, Setting, Settings},
    prelude::*,
    socket::RequestUri,
    testing,
};
use landfall_tests::logged::Log;
use serde::Deserialize;
use serde_json::{Value, json};
use tower::service_fn;
use tracing_subscriber::fmt::format::FmtSpan;

/// A part of everything that is to be hidden.
const CANARY: &str = "canary-4711";

/// What callbacks said of their arguments by `Debug`.
static SAID: Mutex<String> = Mutex::new(String::new());

fn say(text: String) {
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    said.push_str(&text);
    said.push('\n');
}

endpoint! {
    struct Keeper;

    secret_key_base = CANARY.repeat(8);
    render_errors(log = info);
    socket("/socket", Door, longpoll(window = secs(1), transport_log = info, auth_token = true, connect_info = [uri]),
        websocket(transport_log = info, auth_token = true, connect_info = [uri]));
    socket("/door/:token", Door, websocket(transport_log = info, connect_info = [uri]));
    service(service_fn(fails));
}

async fn fails(_: Request<Body>) -> Result<Response<Body>, std::io::Error> {
    Err(std::io::Error::other("as asked"))
}

struct Door;

#[socket(channel("room:*", Room))]
impl Door {
    async fn connect(
        connect: Connect<()>,
        params: Params,
        #[info] uri: Option<RequestUri>,
    ) -> Result<Self, Refused> {
        say(format!("{connect:?} {params:?} {uri:?}"));
        match params.as_str("how") {
            Some("refused") => Err(Refused::new()),
            Some("number") => {
                params
                    .get("password")
                    .ok_or("no password")?
                    .parse::<u32>()?;
                Ok(Door)
            }
            _ => Ok(Door),
        }
    }
}

struct Room;

/// A shape that the payload does not have.
#[derive(Deserialize)]
#[expect(dead_code, reason = "it is never read")]
struct Other {
    password: u32,
}

#[channel(Door)]
impl Room {
    async fn join(#[rest] name: &str, join: Join<Self>) -> Result<Self, JoinError> {
        say(format!("{join:?} {:?}", join.payload()));
        match name {
            "refused" => Err(JoinError::with(json!({"password": CANARY}))),
            "other" => {
                join.parse::<Other>()?;
                Ok(Room)
            }
            _ => Ok(Room),
        }
    }

    #[handle_in("say")]
    async fn say(&mut self, event: Event, out: &mut Outlet) -> Result<Reply, BroadcastError> {
        let reply = Reply::ok(event.payload().clone());
        say(format!("{event:?} {:?} {reply:?}", event.payload()));
        out.broadcast("said", event.payload().clone())?;
        Ok(reply)
    }

    #[handle_in("other")]
    async fn other(&mut self, _: Other) {}

    #[handle_in("parses")]
    async fn parses(&mut self, event: Event) -> Result<(), serde_json::Error> {
        event.parse::<Other>().map(drop)
    }

    #[handle_out("said")]
    async fn said(&mut self, broadcast: Payload) {
        say(format!("{broadcast:?}"));
    }
}

async fn visit(filter: impl FnOnce(&mut FilterParameters)) {
    let set = |settings: &mut Settings| filter(&mut settings.filter_parameters);
    let site = testing::start::<Keeper>().settings(set).await;
    let secrets = json!({
        "password": CANARY,
        "user": {"Old_Password": CANARY, "list": [{"api_token": CANARY}, [{"secret": {"deep": CANARY}}]]},
    });
    let mut heard = site.subscribe("room:1");
    for longpoll in [false, true] {
        let connect = |how: &str| {
            let connect = site
                .connect("/socket")
                .param("how", how)
                .param("password", CANARY)
                .param("user[0][token]", CANARY)
                .param("list[][secret]", CANARY)
                .header("authorization", CANARY)
                .header("cookie", CANARY)
                .auth_token(CANARY);
            if longpoll {
                connect.longpoll()
            } else {
                connect
            }
        };
        assert!(connect("refused").await.is_err());
        assert!(connect("number").await.is_err());
        let client = connect("").await.unwrap();
        assert!(client.join("room:refused", &secrets).await.is_err());
        assert!(client.join("room:other", &secrets).await.is_err());
        let room = client.join("room:1", &secrets).await.unwrap();
        assert_eq!(room.push("say", &secrets).await.ok::<Value>(), secrets);
        say(format!("{:?}", heard.recv().await.unwrap()));
        room.push("other", &secrets).await;
        room.push("parses", &secrets).await;
        room.push("unknown", &secrets).await;
        client.disconnect().await;
    }
    let door = format!("/door/{CANARY}");
    assert!(site.connect(&door).param("how", "refused").await.is_err());
    assert!(site.connect(&door).param("how", "number").await.is_err());
    site.connect(&door).await.unwrap().disconnect().await;
    let page = site.get(&format!("/page?token={CANARY}&a[secret]={CANARY}"));
    page.header("authorization", CANARY)
        .header("cookie", CANARY)
        .await;
    site.shutdown().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn threat_19_no_line_shows_what_is_hidden() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone());
    let _logging = tracing::subscriber::set_default(subscriber.finish());
    let names = |names: &[&str]| Setting::given(names.iter().copied().collect::<ParameterNames>());
    visit(|_| {}).await;
    let by_default = log.take();
    visit(|filter| filter.keep = names(&["how"])).await;
    let kept = log.take();
    // The secrets of the last one are named otherwise: they are shown, so the others were hidden.
    visit(|filter| filter.contains = names(&["nothing"])).await;
    let shown = log.take();

    for text in [&by_default, &kept] {
        for line in text.lines() {
            assert!(!line.contains(CANARY), "{line}");
        }
        for told in [
            "CONNECTED TO",
            "REFUSED CONNECTION",
            "JOINED room:1",
            "REFUSED JOIN",
            "HANDLED say",
            "answered",
            "[FILTERED]",
        ] {
            assert!(text.contains(told), "{told} in {text}");
        }
    }
    assert!(by_default.contains("/door/:token"), "{by_default}");
    assert!(kept.contains("how"), "{kept}");
    assert!(shown.contains(CANARY), "{shown}");
    let said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(
        said.contains("Event") && said.contains("Broadcast") && said.contains("Join"),
        "{said}"
    );
    assert!(!said.contains(CANARY), "{said}");
}

#[test]
fn threat_19_the_debug_of_what_travels_shows_no_content() {
    let json = Payload::Json(format!("{{\"password\":\"{CANARY}\"}}").into());
    let client = ClientMessage {
        join_ref: Ref::NULL,
        reference: Ref::NULL,
        topic: Name::from("room:1"),
        event: Name::from("say"),
        payload: json.clone(),
    };
    let server = ServerMessage::Broadcast {
        topic: "room:1",
        event: "said",
        payload: &json,
    };
    let shown = [
        format!("{json:?}"),
        format!("{:?}", Payload::from(CANARY)),
        format!("{:?}", Payload::from(CANARY.as_bytes().to_vec())),
        format!("{:?}", Message::from(CANARY)),
        format!("{:?}", Message::from(CANARY.as_bytes().to_vec())),
        format!("{:?}", Control::Ping(CANARY.as_bytes().to_vec().into())),
        format!("{:?}", Binary(CANARY.as_bytes().to_vec().into())),
        format!("{client:?}"),
        format!("{server:?}"),
        format!("{:?}", Reply::ok(json.clone())),
        format!("{:?}", JoinError::with(json.clone())),
        format!("{:?}", Params::from_iter([("password", CANARY)])),
    ];
    for text in &shown {
        assert!(!text.contains(CANARY) && !text.contains("99"), "{text}");
        assert!(
            text.contains("bytes") || text.contains("password"),
            "{text}"
        );
    }
}
