//! What stands around sockets: plugs, service, transports, functions of mounts, children.

use axum::{Router, extract::State, routing::get};
use http::{HeaderValue, Response, request::Parts};
use landfall::{
    origin::Origin,
    prelude::*,
    socket::Children,
    testing,
    transport::{Attempt, Denied, Transport, TransportOptions},
};
use tower::{layer::layer_fn, util::MapResponseLayer};

use crate::state::app::{App, Counter, Title};

endpoint! {
    struct Web;

    state = App;
    check_origin = |origin, edge| allowed(origin, edge);

    socket("/a", Anybody, websocket(error_handler = |_, refused, edge| answer(edge, &refused)));
    socket("/b", Anybody, websocket(check_origin = known, error_handler = explain));
    socket("/c", Anybody, websocket(
        check_origin = |origin| origin.host.as_deref() == Some("c.example"),
        error_handler = |_: &Parts, _| Response::new("refused".into()),
    ));
    socket("/d", Anybody, websocket = false, transport = |edge| Told(edge.state().title.0));

    plug(|edge| {
        let title = HeaderValue::from_static(edge.state().title.0);
        MapResponseLayer::new(move |mut response: Response<_>| {
            response.headers_mut().insert("x-title", title.clone());
            response
        })
    });
    plug(layer_fn(|service| service));
    service(|edge| router(edge));
}

endpoint! {
    struct Other;
    service(Router::new().route("/", get(async |_: EndpointHandle<Web>| "not here")));
}

fn router(edge: &EndpointHandle<Web>) -> Router {
    Router::new()
        .route(
            "/title",
            get(async |edge: EndpointHandle<Web>| edge.state().title.0),
        )
        .route(
            "/count",
            get(async |State(counter): State<Counter>| counter.next().to_string()),
        )
        .with_state(edge.state().counter.clone())
}

fn title(edge: &Handle) -> &'static str {
    edge.state::<App>().map_or("none", |app| app.title.0)
}

fn allowed(origin: &Origin, edge: &Handle) -> bool {
    origin.host.as_deref() == Some(title(edge))
}

fn known(origin: &Origin) -> bool {
    origin.host.as_deref() == Some("b.example")
}

fn answer(edge: &Handle, refused: &Refused) -> Response<Body> {
    let reason = refused
        .reason()
        .map(ToString::to_string)
        .unwrap_or_default();
    Response::new(format!("{}: {reason}", title(edge)).into())
}

fn explain(_: &Parts, refused: Refused, edge: &Handle) -> Response<Body> {
    answer(edge, &refused)
}

struct Anybody;

#[socket]
impl Anybody {
    fn children(children: &mut Children) {
        children.add("teller", async |handle: Handle| {
            if let Some(app) = handle.state::<App>() {
                app.counter.next();
            }
        });
    }

    fn connect(#[param] fail: Option<bool>, #[state] _: Title) -> Result<Self, Refused> {
        if fail.is_some() {
            Err(Refused::because("no"))
        } else {
            Ok(Anybody)
        }
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

/// Answers with what it was made with.
struct Told(&'static str);

impl Transport for Told {
    const NAME: &'static str = "told";

    fn options(&self) -> TransportOptions {
        TransportOptions {
            path: "/told",
            ..TransportOptions::DEFAULT
        }
    }

    async fn answer<S: Socket>(&self, _: Attempt) -> Result<Response<Body>, Denied> {
        Ok(Response::new(self.0.into()))
    }
}

#[tokio::test(start_paused = true)]
async fn closures_of_the_declaration_reach_it() {
    let site = testing::start_with::<Web>(App::new("harbour")).await;
    let response = site.get("/title").await;
    assert_eq!(response.text(), "harbour");
    assert_eq!(response.headers()["x-title"], "harbour");
    // The socket is mounted four times. Its child has started once, and has counted once.
    assert_eq!(site.get("/count").await.text(), "2");
    assert_eq!(site.get("/d/told").await.text(), "harbour");
}

#[tokio::test(start_paused = true)]
async fn functions_of_mounts_reach_it() {
    let site = testing::start_with::<Web>(App::new("harbour")).await;
    for (mount, host, text) in [
        ("/a", "harbour", "harbour: no"),
        ("/b", "b.example", "harbour: no"),
        ("/c", "c.example", "refused"),
    ] {
        let origin = format!("https://{host}");
        site.raw(mount).origin(&origin).await.unwrap();
        assert_eq!(
            site.raw(mount)
                .origin("https://x.example")
                .await
                .unwrap_err()
                .status(),
            403
        );
        let refused = site
            .raw(mount)
            .origin(&origin)
            .param("fail", "true")
            .await
            .unwrap_err();
        assert_eq!(refused.response().text(), text);
    }
}

#[tokio::test(start_paused = true)]
async fn a_handle_knows_its_endpoint() {
    let site = testing::start_with::<Web>(App::new("a")).await;
    let other = testing::start::<Other>().await;
    assert_eq!(
        EndpointHandle::<Web>::of(site.handle())
            .unwrap()
            .state()
            .title
            .0,
        "a"
    );
    assert!(EndpointHandle::<Web>::of(other.handle()).is_none());
    assert!(site.handle().state::<Title>().is_none());
    assert!(other.handle().state::<App>().is_none());
    assert_eq!(other.handle().state::<()>(), Some(&()));
    let response = other.get("/").await;
    assert_eq!(
        (response.status().as_u16(), response.text()),
        (500, "the request did not come through this endpoint")
    );
}
