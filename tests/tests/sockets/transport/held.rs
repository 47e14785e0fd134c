//! A connection that a test drives by hand.

use std::{
    any::Any,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt;
use landfall::{
    Running,
    prelude::*,
    pubsub::Subscription,
    transport::{Driver, Outgoing},
};
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::{sleep, timeout},
};
use tower_service::Service;

use crate::transport::site::{Ask, SECOND, Site, Tide};

/// Both halves of a connection, and the reasons that sockets are told at their ends.
pub(crate) struct Held {
    pub(crate) driver: Driver<Tide>,
    pub(crate) outgoing: Outgoing,
    pub(crate) ends: Subscription,
}

pub(crate) async fn start() -> Running<Site> {
    Site::start().await.unwrap()
}

pub(crate) fn get(target: &str) -> http::request::Builder {
    Request::get(target)
        .header("host", "example.com")
        .header("token", "secret")
}

pub(crate) async fn answer(site: &Running<Site>, request: Request<Body>) -> (u16, String) {
    let answer: Result<_, Infallible> = site.service().call(request).await;
    let (head, body) = answer.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (
        head.status.as_u16(),
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

pub(crate) async fn status(site: &Running<Site>, request: http::request::Builder) -> u16 {
    answer(site, request.body(Body::empty()).unwrap()).await.0
}

/// A connection whose `init` has run.
pub(crate) async fn open(site: &Running<Site>, mount: &str) -> Held {
    let (asked, mut given): (_, UnboundedReceiver<(Box<dyn Any + Send>, Outgoing)>) =
        unbounded_channel();
    let request = get(&format!("/{mount}/well/by/hand")).extension(Ask(asked));
    let ends = site.subscribe("ends");
    assert_eq!(status(site, request).await, 200);
    let (driver, outgoing) = given.recv().await.unwrap();
    let mut held = Held {
        driver: *driver.downcast().unwrap(),
        outgoing,
        ends,
    };
    assert_eq!(held.driver.init().await, Flow::Continue);
    assert_eq!(held.heard().await, "init Some(\"secret\")");
    held
}

impl Held {
    pub(crate) async fn deliver(&mut self, text: &str) -> Flow {
        self.driver.deliver(text.into()).await
    }

    /// The next bytes for the client, as text.
    pub(crate) async fn heard(&mut self) -> String {
        let bytes = timeout(SECOND, self.outgoing.next())
            .await
            .unwrap()
            .unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// The reason that the socket was told at its end.
    pub(crate) async fn ended(&mut self) -> String {
        let broadcast = timeout(SECOND, self.ends.recv()).await.unwrap().unwrap();
        let Payload::Text(reason) = broadcast.payload() else {
            panic!("{broadcast:?}")
        };
        reason.as_str().to_owned()
    }
}

/// Sends four broadcasts, one at a time. Two of them have room.
pub(crate) async fn flood(site: &Running<Site>) {
    for count in 0..4 {
        site.broadcast("news", "news", format!("{count}{}", "x".repeat(300)))
            .unwrap();
        sleep(SECOND / 10).await;
    }
}

/// The code and the reason of a stop.
pub(crate) fn stopped(flow: Flow) -> (u16, Reason) {
    let Flow::Stop { code, reason, .. } = flow else {
        panic!("it goes on")
    };
    (code, reason)
}

pub(crate) fn gone() -> Reason {
    Reason::Closed {
        code: 1006,
        text: String::new(),
    }
}

/// A request's body of unknown length.
pub(crate) enum Upload {
    Endless,
    Broken,
    Stuck,
}

impl http_body::Body for Upload {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, &'static str>>> {
        match *self {
            Upload::Endless => Poll::Ready(Some(Ok(http_body::Frame::data(Bytes::from_static(
                b"more",
            ))))),
            Upload::Broken => Poll::Ready(Some(Err("the connection is lost"))),
            Upload::Stuck => Poll::Pending,
        }
    }
}
