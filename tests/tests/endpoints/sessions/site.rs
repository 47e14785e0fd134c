//! An endpoint with pages and sockets.

use std::{collections::BTreeMap, convert::Infallible, time::Duration};

use http::{Method, Request, Response};
use landfall::{
    Body, Endpoint, Handle, Message, Running,
    config::Scheme,
    endpoint,
    endpoint::Address,
    session::{ProtectFromForgery, SameSite, Session, SessionOptions, Sessions},
    socket,
    socket::{Flow, Outbox, Refused},
};
use landfall_tests::{
    client::Client,
    wire::{Connection, Request as Wire, Response as Answer},
};
use serde_json::{Value, json};

pub(crate) const SECRET: &str = "a secret of 64 bytes for a site that is there for its tests only.";

pub(crate) const SESSION: SessionOptions = SessionOptions {
    same_site: Some(SameSite::Lax),
    max_age: Some(Duration::from_secs(60)),
    ..SessionOptions::new("_site", "signing salt")
};

const SEALED: SessionOptions = SessionOptions {
    encryption_salt: Some("encryption salt"),
    ..SessionOptions::new("_sealed", "signing salt")
};

endpoint! {
    pub(crate) struct Site;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    secret_key_base = SECRET;
    socket("/plain", Who, websocket(connect_info = [session(SESSION)]));
    socket("/sealed", Who, websocket(connect_info = [session(SEALED)]));
    socket("/unchecked", Who, websocket(check_csrf = false, connect_info = [session(SESSION)]));
    plug(Sessions::new(&SESSION));
    plug(ProtectFromForgery::new());
    service(tower::service_fn(page));
}

endpoint! {
    /// Its pages have the encrypted session.
    pub(crate) struct SealedSite;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    secret_key_base = SECRET;
    plug(Sessions::new(&SEALED));
    service(tower::service_fn(page));
}

pub(crate) async fn page(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let session = request.extensions().get::<Session>().unwrap();
    let _: &Handle = request.extensions().get().unwrap();
    let body = match (request.method(), request.uri().path()) {
        (&Method::GET, "/login") => {
            session.insert("user", "ann").unwrap();
            session.insert("roles", &["reader", "writer"]).unwrap();
            json!(session.csrf_token())
        }
        (_, "/logout") => {
            session.delete();
            json!(null)
        }
        (_, "/long") => {
            session.insert("text", &"x".repeat(5000)).unwrap();
            json!(null)
        }
        (_, "/same") => {
            session.insert("user", "ann").unwrap();
            json!(session.remove("nothing"))
        }
        (_, "/renew") => {
            session.renew();
            json!(session.csrf_token())
        }
        (_, "/script.js") => {
            let response =
                Response::builder().header("content-type", "text/javascript; charset=utf-8");
            return Ok(response.body(Body::from("secret()")).unwrap());
        }
        _ => json!(session.parse::<BTreeMap<String, Value>>()),
    };
    Ok(Response::new(Body::from(body.to_string())))
}

pub(crate) struct Who(Option<Session>);

#[socket]
impl Who {
    async fn connect(#[info] session: Option<Session>) -> Result<Self, Refused> {
        Ok(Who(session))
    }

    async fn handle_in(&mut self, _: Message, out: &mut Outbox) -> Flow {
        let user: Option<String> = self.0.as_ref().and_then(|session| session.get("user"));
        out.push(json!({ "session": self.0.is_some(), "user": user }).to_string());
        Flow::Continue
    }
}

/// A running endpoint.
pub(crate) struct Started<E: Endpoint> {
    pub(crate) running: Running<E>,
    pub(crate) port: u16,
}

/// What a login gave.
pub(crate) struct Visitor {
    pub(crate) cookie: String,
    pub(crate) token: String,
}

pub(crate) async fn start<E: Endpoint<State = ()>>() -> Started<E> {
    started(E::start().await.unwrap())
}

pub(crate) fn started<E: Endpoint>(running: Running<E>) -> Started<E> {
    let Ok(Address::Tcp(address)) = running.server_info(Scheme::Http) else {
        panic!("does not listen")
    };
    Started {
        running,
        port: address.port(),
    }
}

impl<E: Endpoint> Started<E> {
    pub(crate) async fn request(&self, request: &Wire) -> Answer {
        let mut connection = Connection::open(([127, 0, 0, 1], self.port).into())
            .await
            .unwrap();
        connection.request(request).await.unwrap()
    }

    pub(crate) async fn get(&self, target: &str, cookie: &str) -> Answer {
        self.request(&Wire::get(target).header("cookie", cookie))
            .await
    }

    pub(crate) async fn log_in(&self) -> Visitor {
        let answer = self.get("/login", "").await;
        Visitor {
            cookie: cookie(&answer),
            token: serde_json::from_str(&answer.body).unwrap(),
        }
    }

    /// What the socket at that path sees of a visitor.
    pub(crate) async fn seen(&self, path: &str, token: &str, cookie: &str) -> Value {
        let target = format!("{path}/websocket{token}");
        self.seen_by(&Wire::upgrade(&target).header("cookie", cookie))
            .await
    }

    /// What the socket sees that this request opens.
    pub(crate) async fn seen_by(&self, request: &Wire) -> Value {
        let mut client = Client::open_by(self.port, request).await;
        client.text("who?").await;
        serde_json::from_str(&client.hear_text().await).unwrap()
    }
}

/// `name=value` of the cookie that an answer sets.
pub(crate) fn cookie(answer: &Answer) -> String {
    answer
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}
