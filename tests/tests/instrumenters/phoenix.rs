//! The six events that Phoenix 1.4 instruments by itself.

use http::{Request, Response, request::Parts};
use landfall::{
    Handle,
    error_page::{ErrorPage, Failure, StatusJson},
    instrument::{
        ChannelJoin, ChannelReceive, ControllerRender, ErrorRender, HasEndpoint, SocketConnect,
        Start,
    },
    plug::{RequestId, RequestIdValue},
    prelude::*,
    socket::Connect,
    testing,
};
use serde_json::{Value, json};
use tower::service_fn;

use super::recording::{Calls, Recording};

endpoint! {
    struct Web;

    state = Calls;
    instrumenters(|calls| Recording { name: "a", calls: calls.clone(), show });
    render_errors(formats(html = pages, json = StatusJson), log = false);
    #[allow(deprecated, reason = "only instrumenters read the header")]
    socket("/socket/:room", UserSocket, log = debug, websocket(connect_info = [user_agent]));
    plug(RequestId::new());
    service(service_fn(answer));
}

fn pages(page: &ErrorPage<'_>) -> Result<Body, landfall::BoxError> {
    Ok(page.reason().into())
}

async fn answer(request: Request<Body>) -> Result<Response<Body>, landfall::BoxError> {
    match request.uri().path() {
        "/hello" => Ok(Response::new(Body::from("ahoy"))),
        "/panics" => panic!("as asked"),
        _ => Err(Failure::new(http::StatusCode::NOT_FOUND).into()),
    }
}

struct UserSocket {
    room: String,
}

#[socket(channel("room:*", Room))]
impl UserSocket {
    async fn connect(#[param] room: String) -> Result<Self, Refused> {
        match &*room {
            "closed" => Err(Refused::new()),
            "broken" => panic!("as asked"),
            _ => Ok(UserSocket { room }),
        }
    }
}

struct Room {
    said: u32,
}

#[channel(UserSocket)]
impl Room {
    async fn join(#[rest] name: &str) -> Result<Self, JoinError> {
        match name {
            "closed" => Err(JoinError::because("closed")),
            _ => Ok(Room { said: 7 }),
        }
    }

    #[handle_in("say")]
    async fn say(&mut self, said: Payload) -> Reply {
        self.said += 1;
        Reply::ok(said)
    }

    #[handle_in("crash")]
    async fn crash(&mut self) -> Reply {
        panic!("as asked")
    }
}

/// Everything that is known of an event.
fn show(start: &Start<'_>) -> String {
    assert_eq!(start.get::<Handle>().unwrap().name(), "Web");
    assert_eq!(start.endpoint().unwrap().name(), "Web");
    let meta = start.compile_meta();
    assert_eq!(meta.application(), Some("landfall"));
    assert!(meta.module().unwrap().starts_with("landfall::"));
    assert!(!meta.function().unwrap().contains("::{{"));
    assert!(meta.file().ends_with(".rs") && meta.line() > 0);
    match start.event() {
        "phoenix_controller_call" => call(start.get().unwrap()),
        "phoenix_controller_render" => {
            assert_eq!(start.get::<ErrorRender>().unwrap().status(), 404);
            let render: &ControllerRender = start.get().unwrap();
            let (template, format, view) = (render.template(), render.format(), render.view());
            format!(": {template} {format} by {view}")
        }
        "phoenix_error_render" => error(start.get().unwrap()),
        "phoenix_channel_join" => join(start.get().unwrap(), start.get().unwrap()),
        "phoenix_channel_receive" => receive(start.get().unwrap(), start.get().unwrap()),
        "phoenix_socket_connect" => connect(start.get().unwrap(), start.get().unwrap()),
        other => panic!("{other}"),
    }
}

fn call(request: &Parts) -> String {
    // Plugs come before it.
    assert!(request.extensions.get::<RequestIdValue>().is_some());
    format!(": {} {}", request.method, request.uri)
}

fn error(error: &ErrorRender) -> String {
    assert_eq!(error.method(), "GET");
    assert_eq!(error.query(), Some("password=[FILTERED]"));
    assert_eq!(error.headers()["cookie"], "[FILTERED]");
    let (status, path, kind) = (error.status(), error.path(), error.kind());
    format!(": {status} {path} {kind:?}: {}", error.error().unwrap())
}

fn join(join: &ChannelJoin, UserSocket { room }: &UserSocket) -> String {
    format!(
        ": {} {} {} in {room} with {}",
        join.user_socket(),
        join.channel(),
        join.topic(),
        join.params().parse::<Value>().unwrap()
    )
}

fn receive(receive: &ChannelReceive, Room { said }: &Room) -> String {
    format!(
        ": {} {} {} {} {} {said} with {}",
        receive.user_socket(),
        receive.channel(),
        receive.topic(),
        receive.event(),
        receive.message_ref().is_null(),
        receive.params().parse::<Value>().unwrap()
    )
}

fn connect(socket: &SocketConnect, connect: &Connect<()>) -> String {
    format!(
        ": {} {} {} vsn {:?} log {:?} room {:?} agent {:?}",
        socket.user_socket(),
        socket.path(),
        connect.transport(),
        connect.params().as_str("vsn"),
        socket.log().map(|level| level.to_string()),
        connect.params().as_str("room"),
        connect.user_agent(),
    )
}

#[tokio::test(start_paused = true)]
async fn requests_reach_instrumenters() {
    let calls = Calls::default();
    let site = testing::start_builder(Web::builder(calls.clone())).await;
    site.get("/hello?password=1").await;
    assert_eq!(
        calls.take(),
        [
            "a start phoenix_controller_call: GET /hello?password=1",
            "a stop phoenix_controller_call with what a started",
        ]
    );
    let gone = site.get("/gone?password=1").header("cookie", "a=b");
    let gone = gone.header("accept", "application/json").await;
    assert_eq!(gone.status(), 404);
    assert_eq!(
        calls.take(),
        [
            "a start phoenix_controller_call: GET /gone?password=1",
            "a stop phoenix_controller_call with what a started",
            "a start phoenix_error_render: 404 Not Found /gone Error: not found",
            "a start phoenix_controller_render: 404.json json by landfall::error_page::view::StatusJson",
            "a stop phoenix_controller_render with what a started",
            "a stop phoenix_error_render with what a started",
        ]
    );
    site.shutdown().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_service_that_panics_is_an_event_that_ends_early() {
    let calls = Calls::default();
    let site = testing::start_builder(Other::builder(calls.clone())).await;
    assert_eq!(site.get("/panics").await.status(), 500);
    assert_eq!(
        calls.take(),
        [
            "b start phoenix_controller_call",
            "b stop phoenix_controller_call early with what b started",
            "b start phoenix_error_render",
            "b start phoenix_controller_render",
            "b stop phoenix_controller_render with what b started",
            "b stop phoenix_error_render with what b started",
        ]
    );
    site.shutdown().await.unwrap();
}

endpoint! {
    struct Other;

    state = Calls;
    instrumenters(|calls| Recording { name: "b", calls: calls.clone(), show: super::recording::nothing });
    render_errors(log = false);
    service(service_fn(answer));
}

#[tokio::test(start_paused = true)]
async fn sockets_and_channels_reach_instrumenters() {
    let calls = Calls::default();
    let site = testing::start_builder(Web::builder(calls.clone())).await;
    let client = site.connect("/socket/blue").header("user-agent", "test");
    let client = client.await.unwrap();
    let connect = |room: &str, agent: &str| {
        format!(
            "a start phoenix_socket_connect: UserSocket /socket/:room websocket vsn Some(\"2.0.0\") \
             log Some(\"DEBUG\") room Some(\"{room}\") agent {agent}"
        )
    };
    assert_eq!(
        calls.take(),
        [
            connect("blue", "Some(\"test\")"),
            "a stop phoenix_socket_connect with what a started".to_owned(),
        ]
    );
    assert!(site.connect("/socket/closed").await.is_err());
    assert!(site.connect("/socket/broken").await.is_err());
    let seen: Vec<_> = calls.take();
    let render = |call: &&String| call.contains("phoenix_socket_connect");
    assert_eq!(
        seen.iter().filter(render).collect::<Vec<_>>(),
        [
            &connect("closed", "None"),
            "a stop phoenix_socket_connect with what a started",
            &connect("broken", "None"),
            "a stop phoenix_socket_connect early with what a started",
        ]
    );

    let mut room = client
        .join("room:1", json!({"password": "x"}))
        .await
        .unwrap();
    assert!(client.join("room:closed", json!({})).await.is_err());
    assert_eq!(
        calls.take(),
        [
            "a start phoenix_channel_join: UserSocket Room room:1 in blue with {\"password\":\"x\"}",
            "a stop phoenix_channel_join with what a started",
            "a start phoenix_channel_join: UserSocket Room room:closed in blue with {}",
            "a stop phoenix_channel_join with what a started",
        ]
    );
    room.push("say", json!({"text": "ahoy"})).await;
    room.push("crash", json!({}));
    room.expect_error().await;
    assert_eq!(
        calls.take(),
        [
            "a start phoenix_channel_receive: UserSocket Room room:1 say false 7 with {\"text\":\"ahoy\"}",
            "a stop phoenix_channel_receive with what a started",
            "a start phoenix_channel_receive: UserSocket Room room:1 crash false 8 with {}",
            "a stop phoenix_channel_receive early with what a started",
        ]
    );
    client.disconnect().await;
    site.shutdown().await.unwrap();
}

/// The table of the docs: each event is here, under the name that Phoenix gives it.
#[tokio::test(start_paused = true)]
async fn the_table_names_what_happens() {
    let calls = Calls::default();
    let site = testing::start_builder(Web::builder(calls.clone())).await;
    site.get("/gone?password=1").header("cookie", "a=b").await;
    let client = site.connect("/socket/blue").await.unwrap();
    let room = client.join("room:1", json!({})).await.unwrap();
    room.push("say", json!({})).await;
    client.disconnect().await;
    site.shutdown().await.unwrap();
    let started = calls.take();
    let mut happened: Vec<_> = started
        .iter()
        .filter_map(|call| call.strip_prefix("a start "))
        .filter_map(|call| call.split(':').next())
        .collect();
    happened.sort_unstable();
    let text = include_str!("../../../runtime/src/docs/instrument.md");
    let rows = text
        .lines()
        .skip_while(|line| !line.starts_with("| event of 1.4 |"));
    let rows = rows.skip(2).take_while(|line| line.starts_with('|'));
    let mut documented: Vec<_> = rows.filter_map(|row| row.split('`').nth(1)).collect();
    documented.sort_unstable();
    assert_eq!(documented, happened);
}
