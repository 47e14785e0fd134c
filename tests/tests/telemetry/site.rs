//! An endpoint in which everything happens that has an event.

use std::{convert::Infallible, io, time::Duration};

use http::{Request, Response};
use landfall::{
    plug::{Log, RequestId},
    prelude::*,
    pubsub::adapter::InProcess,
    testing::{self, Site},
};
use tower::service_fn;

/// What no event may show.
pub(crate) const CANARY: &str = "canary-4711";

endpoint! {
    pub(crate) struct Web;

    secret_key_base = CANARY.repeat(8);
    pubsub(node = "here");
    filter_parameters(contains = ["iban", "password"]);
    render_errors(log = info);
    socket("/socket", UserSocket, longpoll(window = secs(1)), drainer(batch_size = 1, batch_interval = millis(1)));
    plug(RequestId::new());
    plug(Log::new());
    service(service_fn(answer));
}

async fn answer(request: Request<Body>) -> Result<Response<Body>, BoxedError> {
    match request.uri().path() {
        "/fails" => Err("as asked".into()),
        _ => Ok(Response::new(Body::from("ahoy"))),
    }
}

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

pub(crate) struct UserSocket;

#[socket(channel("room:*", Room))]
impl UserSocket {
    async fn connect(params: Params) -> Result<Self, Refused> {
        match params.as_str("as") {
            Some("stranger") => Err(Refused::because("strangers stay outside")),
            Some("broken") => Err(io::Error::other("the store is gone").into()),
            _ => Ok(UserSocket),
        }
    }
}

pub(crate) struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join(#[rest] name: &str) -> Result<Self, JoinError> {
        match name {
            "secret" => Err(JoinError::because("unauthorized")),
            "broken" => Err(io::Error::other("the store is gone").into()),
            _ => Ok(Room),
        }
    }

    #[handle_in("say")]
    async fn say(&mut self, said: Payload) -> Reply {
        // A duration that can be told from none.
        tokio::time::sleep(Duration::from_millis(1)).await;
        Reply::ok(said)
    }

    #[handle_in("crash")]
    async fn crash(&mut self) -> Result<Reply, Infallible> {
        panic!("as asked")
    }
}

pub(crate) async fn start(broker: &InProcess) -> Site<Web> {
    testing::start_builder(Web::builder().adapter(broker.clone())).await
}
