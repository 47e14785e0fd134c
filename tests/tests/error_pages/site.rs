//! An endpoint whose service fails in the way that the path of the request names.

use std::{error::Error, fmt};

use http::{Request, Response, StatusCode};
use landfall::{
    BoxError,
    assets::Static,
    error_page::{ErrorPage, ErrorView, Failure, FailureKind, OrStatus, ProblemJson, StatusJson},
    prelude::*,
};

/// A text that no answer and no log line may contain.
pub(crate) const CANARY: &str = "canary-4711";

/// An error that says nothing about statuses.
#[derive(Debug)]
pub(crate) struct Missing;

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such <b>record</b>")
    }
}

impl Error for Missing {}

/// An error whose source is another error.
#[derive(Debug)]
struct Wrapped(Missing);

impl fmt::Display for Wrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot show it")
    }
}

impl Error for Wrapped {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// Renders everything that a view is told.
pub(crate) struct Telling;

impl ErrorView for Telling {
    fn render(&self, page: &ErrorPage<'_>) -> Result<Body, BoxError> {
        match page.path() {
            "/view/fails" => return Err("the view failed".into()),
            "/view/panics" => panic!("the view panicked"),
            _ => {}
        }
        let state = EndpointHandle::<Web>::of(page.handle()).map(|edge| edge.state().0);
        let text = format!(
            "{} {} kind={} error={:?} panic={:?} format={} {} {}?{} agent={:?} cookie={:?} state={state:?}",
            page.status().as_u16(),
            page.reason(),
            page.kind(),
            page.error().map(ToString::to_string),
            page.panic(),
            page.format(),
            page.method(),
            page.path(),
            page.query().unwrap_or_default(),
            page.headers().get("user-agent"),
            page.headers().get("cookie"),
        );
        Ok(text.into())
    }
}

#[derive(Debug)]
pub(crate) struct App(pub(crate) &'static str);

endpoint! {
    pub(crate) struct Web;

    state = App;
    secret_key_base = format!("{CANARY}{}", "x".repeat(64));
    render_errors(
        formats(
            html = Telling,
            json = StatusJson,
            problem("application/vnd.problem") = ProblemJson,
            text = |page| Ok(format!("{} in words", page.reason()).into()),
        ),
        status = |error| error.is::<Missing>().then_some(StatusCode::NOT_FOUND),
        log = info,
    );
    socket("/s/:id", Picky, longpoll);
    plug(Static::new("src").at("/files"));
    plug(Replacing);
    service(tower::service_fn(answer));
}

/// A socket whose parameter says how `connect` fails.
pub(crate) struct Picky;

#[socket]
impl Picky {
    async fn connect(#[param] id: String) -> Result<Self, Refused> {
        match &*id {
            "fails" => Err(std::io::Error::other("the database is down"))?,
            "panics" => panic!("connect panicked"),
            _ => Err(Refused::because("not you")),
        }
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

/// Replaces answers with status 410 by a page of its own, as plugs of many applications do.
#[derive(Clone)]
pub(crate) struct Replacing;

impl<S: Clone> tower::Layer<S> for Replacing {
    type Service = tower::util::MapResponse<S, fn(Response<Body>) -> Response<Body>>;

    fn layer(&self, inner: S) -> Self::Service {
        let replace = |response: Response<Body>| {
            if response.status() != StatusCode::GONE {
                return response;
            }
            let (mut parts, _) = response.into_parts();
            let kind = http::HeaderValue::from_static("text/html");
            parts.headers.insert("content-type", kind);
            Response::from_parts(parts, "a page of its own".into())
        };
        tower::util::MapResponse::new(inner, replace)
    }
}

pub(crate) async fn answer(request: Request<Body>) -> Result<Response<Body>, BoxError> {
    let path = request.uri().path();
    match path {
        "/fine" => Ok(Response::new("fine".into())),
        "/error" => Err("the service failed".into()),
        "/panic" => panic!("the service <panicked>"),
        "/missing" => Err(Missing.into()),
        "/wrapped" => Err(Wrapped(Missing).into()),
        "/teapot" => Err(Failure::new(StatusCode::IM_A_TEAPOT).into()),
        "/deep" => Err(Outer(deep()).into()),
        "/gone" => Ok(Failure::new(StatusCode::GONE).into_response()),
        "/returned" => Ok(returned().unwrap_or_else(Failure::into_response)),
        "/own" => {
            let mut response = Response::new("the application's own".into());
            *response.status_mut() = StatusCode::NOT_FOUND;
            Ok(response)
        }
        _ => Err(Failure::new(StatusCode::NOT_FOUND).into()),
    }
}

fn deep() -> Failure {
    let nothing: Result<(), Missing> = Err(Missing);
    nothing
        .or_status(StatusCode::CONFLICT)
        .expect_err("there is nothing")
}

fn returned() -> Result<Response<Body>, Failure> {
    let nothing: Option<Response<Body>> = None;
    nothing.or_status(StatusCode::NOT_FOUND)
}

/// An error around a failure.
#[derive(Debug)]
struct Outer(Failure);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("outer")
    }
}

impl Error for Outer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn a_failure_says_what_its_cause_does() {
    let failure = deep();
    assert_eq!(failure.to_string(), "no such <b>record</b>");
    assert!(failure.error().is_some_and(|error| error.is::<Missing>()));
    assert_eq!(Failure::new(StatusCode::NOT_FOUND).to_string(), "not found");
    assert_eq!(FailureKind::NoRoute.to_string(), "no route");
}
