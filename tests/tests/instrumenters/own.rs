//! Events of the application: in requests, sockets and channels, and by the handle.

use std::{convert::Infallible, time::Duration};

use http::{Request, Response, request::Parts};
use landfall::{
    BoxError, EndpointHandle,
    channel::{Join, Outlet},
    instrument::{self, Instrumenter, Start, Stop},
    prelude::*,
    testing,
};
use serde_json::json;
use tower::service_fn;

use super::recording::{Calls, Recording, own};

endpoint! {
    struct Web;

    state = Calls;
    instrumenters(
        |calls| Recording { name: "a", calls: calls.clone(), show: own },
        |calls| Recording { name: "b", calls: calls.clone(), show: own },
    );
    #[cfg(any())]
    instrumenters(Absent);
    socket("/echo", Echo);
    socket("/socket", UserSocket);
    service(service_fn(answer));
}

/// Phoenix's own events are in another test.
fn own_calls(calls: &Calls) -> Vec<String> {
    let mut calls = calls.take();
    calls.retain(|call| !call.contains("phoenix_"));
    calls
}

async fn answer(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let (parts, _) = request.into_parts();
    let text = match parts.uri.path() {
        "/macro" => landfall::instrument!(parts, "render", 1_u32, async { "ahoy" }).await,
        "/sync" => instrument::instrument_sync(&parts, "render", 2_u32, || "ahoy"),
        _ => instrument::instrument(&parts, "render", 3_u32, async { "ahoy" }).await,
    };
    Ok(Response::new(Body::from(text)))
}

struct Echo;

#[socket]
impl Echo {
    fn connect() -> Self {
        Echo
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        let text = instrument::instrument(out, "echo", 4_u32, async { message }).await;
        out.push(text);
    }
}

struct UserSocket;

#[socket(channel("room:*", Room))]
impl UserSocket {
    fn connect() -> Self {
        UserSocket
    }
}

struct Room;

impl landfall::channel::FromJoin<Room> for Checked {
    type State = ();

    async fn from_join(join: &Join<Room>, (): ()) -> Result<Self, JoinError> {
        Ok(landfall::instrument!(join, "check", "text", async { Checked }).await)
    }
}

struct Checked;

#[channel(UserSocket)]
impl Room {
    async fn join(_: Checked) -> Self {
        Room
    }

    #[handle_in("say")]
    async fn say(&mut self, said: Payload, out: &mut Outlet) -> Reply {
        landfall::instrument!(out, "say", 5_u32, async { Reply::ok(said) }).await
    }
}

fn twice(event: &str, what: &str) -> Vec<String> {
    vec![
        format!("a start {event}{what}"),
        format!("b start {event}{what}"),
        format!("a stop {event} with what a started"),
        format!("b stop {event} with what b started"),
    ]
}

#[tokio::test(start_paused = true)]
async fn the_endpoint_is_found_in_what_callbacks_are_given() {
    let calls = Calls::default();
    let site = testing::start_builder(Web::builder(calls.clone())).await;
    for (path, what) in [("/macro", " 1"), ("/sync", " 2"), ("/", " 3")] {
        let page = site.get(path).await;
        assert_eq!(page.text(), "ahoy");
        assert_eq!(own_calls(&calls), twice("render", what));
    }
    let mut echo = site.raw("/echo").await.unwrap();
    echo.send("ahoy");
    assert_eq!(echo.recv().await.as_text(), Some("ahoy"));
    assert_eq!(own_calls(&calls), twice("echo", " 4"));
    let client = site.connect("/socket").await.unwrap();
    let room = client.join("room:1", json!({})).await.unwrap();
    assert_eq!(own_calls(&calls), twice("check", " text"));
    room.push("say", json!({})).await;
    assert_eq!(own_calls(&calls), twice("say", " 5"));
    site.shutdown().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_event_by_the_handle_gives_the_result_of_its_future() {
    let calls = Calls::default();
    let site = testing::start_builder(Web::builder(calls.clone())).await;
    let web: &EndpointHandle<Web> = &site;
    let slow = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        calls.push("done".to_owned());
        7
    };
    assert_eq!(web.instrument("slow", 1_u32, slow).await, 7);
    assert_eq!(
        calls.take(),
        [
            "a start slow 1",
            "b start slow 1",
            "done",
            "a stop slow with what a started",
            "b stop slow with what b started",
        ]
    );
    assert_eq!(web.instrument_sync("quick", (), || 8), 8);
    assert_eq!(calls.take(), twice("quick", ""));
    // No instrumenter takes it.
    assert_eq!(web.instrument("ignored", (), async { 9 }).await, 9);
    assert_eq!(calls.take(), [""; 0]);
    // The future is one of its own: another task may run it.
    let task = tokio::spawn(web.instrument("elsewhere", (), async { 10 }));
    assert_eq!(task.await.unwrap(), 10);
    assert_eq!(calls.take(), twice("elsewhere", ""));
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_has_no_endpoint_is_no_event() {
    let (parts, ()) = Request::new(()).into_parts();
    assert_eq!(
        instrument::instrument(&parts, "alone", (), async { 1 }).await,
        1
    );
    assert_eq!(instrument::instrument_sync(&parts, "alone", (), || 2), 2);
    assert_eq!(
        landfall::instrument!(parts, "alone", (), async { 3 }).await,
        3
    );
}

/// Keeps where events are, and how long they take.
struct Places(Calls);

impl Instrumenter for Places {
    type Started = ();

    fn start(&self, start: &Start<'_>) -> Result<(), BoxError> {
        let meta = start.compile_meta();
        self.0.push(format!(
            "{:?} {:?} {} {}",
            meta.module(),
            meta.function(),
            meta.file(),
            meta.line()
        ));
        Ok(())
    }

    fn stop(&self, stop: &Stop<'_>, _: Option<()>) -> Result<(), BoxError> {
        assert!(stop.duration() < Duration::from_secs(60));
        self.0.push(format!("{}", stop.duration() >= PAUSE));
        Ok(())
    }
}

const PAUSE: Duration = Duration::from_millis(5);

endpoint! {
    struct Placed;

    state = Calls;
    instrumenters(|calls| Places(calls.clone()));
}

struct Shop;

impl Shop {
    async fn checkout(&self, request: &Parts) -> u32 {
        landfall::instrument!(request, "checkout", (), async {
            std::thread::sleep(PAUSE);
            line!()
        })
        .await
    }
}

#[tokio::test]
async fn the_macro_tells_module_function_file_and_line() {
    let calls = Calls::default();
    let web = Placed::builder(calls.clone()).server(false).start();
    let web = web.await.unwrap();
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.extensions.insert(web.handle().clone());
    let line = Shop.checkout(&parts).await - 2;
    let (module, file) = (module_path!(), file!());
    assert_eq!(
        calls.take(),
        [
            format!("Some({module:?}) Some(\"Shop::checkout\") {file} {line}"),
            "true".to_owned()
        ]
    );
    let line = line!() + 1;
    web.instrument("by the handle", (), async {}).await;
    assert_eq!(
        calls.take(),
        [format!("None None {file} {line}"), "false".to_owned()]
    );
    let line = line!() + 1;
    web.instrument_sync("by the handle", (), || {});
    assert_eq!(calls.take()[0], format!("None None {file} {line}"));
    web.shutdown().await.unwrap();
}
