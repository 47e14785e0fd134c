//! `connect` that refuses, and `connect` that fails.

use std::io;

use http::StatusCode;
use landfall::{
    prelude::*,
    testing::{self, ConnectError, Site},
};

use crate::{AppError, any, boxed, down, log::Log};

endpoint! {
    struct Doors;

    secret_key_base = env("SECRET_KEY_BASE");

    socket("/plain", Plain, longpoll);
    socket("/quiet", Plain, log = false);
    socket("/handled", Plain, websocket(error_handler = explain));
    socket("/io", OfIo);
    socket("/any", OfAny);
    socket("/alias", OfAlias);
    socket("/itself", Itself);
    socket("/app", OfApp, longpoll);
}

fn explain(_: &http::request::Parts, refused: Refused) -> http::Response<Body> {
    assert!(!refused.is_failure(), "a handler is asked about refusals");
    let mut response = http::Response::new(Body::from("explained"));
    *response.status_mut() = StatusCode::IM_A_TEAPOT;
    response
}

struct Plain;

#[socket]
impl Plain {
    fn connect(#[param] how: Option<String>) -> Result<Self, Refused> {
        match how.as_deref() {
            Some("io") => down()?,
            Some("any") => any()?,
            Some("boxed") => boxed()?,
            Some("text") => Err("out of tea")?,
            Some("because") => return Err(Refused::because("not a\nmember")),
            Some("busy") => {
                return Err(Refused::because("busy").with_status(StatusCode::SERVICE_UNAVAILABLE));
            }
            Some("new") => return Err(Refused::new()),
            _ => {}
        }
        Ok(Plain)
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

macro_rules! fails {
    ($name:ident, $result:ty, $body:block) => {
        struct $name;

        #[socket]
        impl $name {
            async fn connect(#[param] fail: bool) -> $result {
                if fail $body
                Ok($name)
            }

            fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
        }
    };
}

type Result2<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

fails!(OfIo, io::Result<Self>, {
    down()?;
});
fails!(OfAny, anyhow::Result<Self>, {
    any()?;
});
fails!(OfAlias, Result2<Self>, {
    boxed()?;
});

struct Itself;

#[socket]
impl Itself {
    fn connect() -> Self {
        Itself
    }

    fn handle_in(&mut self, _: Message, out: &mut Outbox) {
        out.push("here");
    }
}

struct OfApp;

#[socket]
impl OfApp {
    async fn connect(#[param] task: u8) -> Result<Self, AppError> {
        match task {
            0 => Err(AppError::NoSuchTask),
            1 => Ok(down().map(|()| OfApp)?),
            _ => Ok(OfApp),
        }
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

async fn refusal(site: &Site<Doors>, path: &str) -> (u16, String) {
    told(site.raw(path).await.expect_err("nobody may connect"))
}

async fn longpoll_refusal(site: &Site<Doors>, path: &str) -> (u16, String) {
    told(
        site.raw(path)
            .longpoll()
            .await
            .expect_err("nobody may connect"),
    )
}

fn told(error: ConnectError) -> (u16, String) {
    (error.status().as_u16(), error.response().text().to_owned())
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_no_refusal_is_the_servers() {
    let site = testing::start::<Doors>().await;
    let failed = (500, "Internal Server Error".to_owned());
    for how in ["io", "any", "boxed", "text"] {
        assert_eq!(
            refusal(&site, &format!("/plain?how={how}")).await,
            failed,
            "{how}"
        );
        assert_eq!(
            refusal(&site, &format!("/handled?how={how}")).await,
            failed,
            "{how}"
        );
        assert_eq!(
            longpoll_refusal(&site, &format!("/plain?how={how}")).await,
            failed,
            "{how}"
        );
    }
    for path in ["/io", "/any", "/alias"] {
        assert_eq!(
            refusal(&site, &format!("{path}?fail=true")).await,
            failed,
            "{path}"
        );
        site.raw(&format!("{path}?fail=false"))
            .await
            .expect("a connection");
    }
    let mut client = site.raw("/itself").await.expect("a connection");
    client.send("where?");
    client.expect("here").await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_a_decision_on_every_transport() {
    let site = testing::start::<Doors>().await;
    for how in ["because", "new"] {
        assert_eq!(
            refusal(&site, &format!("/plain?how={how}")).await,
            (403, String::new()),
            "{how}"
        );
        assert_eq!(
            longpoll_refusal(&site, &format!("/plain?how={how}"))
                .await
                .0,
            403,
            "{how}"
        );
    }
    assert_eq!(refusal(&site, "/plain?how=busy").await.0, 503);
    assert_eq!(longpoll_refusal(&site, "/plain?how=busy").await.0, 503);
    assert_eq!(
        refusal(&site, "/handled?how=because").await,
        (418, "explained".to_owned())
    );
    assert_eq!(
        refusal(&site, "/handled?how=new").await,
        (403, String::new())
    );
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_application_says_how_it_refuses() {
    let site = testing::start::<Doors>().await;
    assert_eq!(refusal(&site, "/app?task=0").await, (404, String::new()));
    assert_eq!(
        longpoll_refusal(&site, "/app?task=0").await,
        (404, String::new())
    );
    assert_eq!(refusal(&site, "/app?task=1").await.0, 500);
    site.raw("/app?task=2").await.expect("a connection");
}

#[tokio::test(start_paused = true)]
async fn the_log_says_why() {
    let (log, _guard) = Log::start();
    let site = testing::start::<Doors>().await;
    refusal(&site, "/plain?how=any").await;
    log.is_once(
        "ERROR FAILED CONNECTION TO Plain endpoint=Doors path=/plain socket=Plain transport=websocket params={\"how\": \"any\"} http.response.status_code=500 \
         error=cannot find the user: database down",
    );
    refusal(&site, "/quiet?how=boxed").await;
    log.is_once(
        "ERROR FAILED CONNECTION TO Plain endpoint=Doors path=/quiet socket=Plain transport=websocket http.response.status_code=500 \
         error=cannot read the store: database down",
    );
    longpoll_refusal(&site, "/plain?how=because").await;
    log.is_once(
        "INFO REFUSED CONNECTION TO Plain endpoint=Doors path=/plain socket=Plain transport=longpoll params={\"how\": \"because\"} http.response.status_code=403 \
         reason=not a\\nmember",
    );
    refusal(&site, "/plain?how=new").await;
    log.is_once(
        "INFO REFUSED CONNECTION TO Plain endpoint=Doors path=/plain socket=Plain transport=websocket params={\"how\": \"new\"} http.response.status_code=403",
    );
    refusal(&site, "/app?task=0").await;
    log.is_once(
        "INFO REFUSED CONNECTION TO OfApp endpoint=Doors path=/app socket=OfApp transport=websocket params={\"task\": \"0\"} http.response.status_code=404 \
         reason=no such task",
    );
    refusal(&site, "/app?task=1").await;
    assert_eq!(
        log.with("error=cannot read the store: database down").len(),
        2
    );
}
