//! An application.

use std::{convert::Infallible, time::Duration};

use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use landfall::{
    error_page::Failure,
    prelude::*,
    session::{Session, SessionOptions, Sessions},
    socket::{Headers, TransportKind},
};
use serde_json::{Value, json};

pub(crate) const SESSION: SessionOptions = SessionOptions::new("_chat", "signing salt");

endpoint! {
    pub(crate) struct Chat;

    url(host = "chat.example", port = 443, scheme = "https");
    http(ip = [192, 0, 2, 1], port = 1);
    server = false;
    secret_key_base = env("A_SECRET_THAT_TESTS_DO_NOT_HAVE");
    check_origin = true;
    socket(
        "/socket",
        UserSocket,
        websocket(connect_info = [x_headers, peer_data], auth_token = true),
        longpoll(connect_info = [x_headers, peer_data], auth_token = true),
    );
    socket("/echo/:name", Echo, longpoll);
    socket("/elsewhere", Echo, websocket(path = "/ws"));
    socket("/pinged", Echo, websocket(ping = secs(10), timeout = secs(25)));
    plug(Sessions::new(&SESSION));
    service(tower::service_fn(page));
}

pub(crate) struct UserSocket {
    pub(crate) name: String,
    /// The reply to a join of its channels.
    pub(crate) told: Value,
}

#[socket(channel("room:*", Room))]
impl UserSocket {
    async fn connect(
        #[param] token: Option<String>,
        #[info] auth_token: Option<String>,
        #[info] x_headers: Headers,
        #[info] peer_data: PeerData,
        transport: TransportKind,
    ) -> Result<Self, Refused> {
        let name = token.or(auth_token).filter(|name| name != "nobody");
        let name = name.ok_or_else(|| Refused::because("who are you?"))?;
        let forwarded = x_headers.iter().find(|(name, _)| name == "x-forwarded-for");
        let forwarded = forwarded.and_then(|(_, value)| value.to_str().ok());
        let (peer, transport) = (peer_data.address.to_string(), transport.to_string());
        Ok(UserSocket {
            name,
            told: json!({"peer": peer, "forwarded": forwarded, "transport": transport}),
        })
    }

    fn id(&self) -> Option<String> {
        Some(format!("users:{}", self.name))
    }
}

pub(crate) struct Room {
    name: String,
}

#[channel(UserSocket)]
impl Room {
    async fn join(#[rest] id: &str, socket: &UserSocket) -> Result<(Self, Value), JoinError> {
        match id {
            "secret" => Err(JoinError::because("unauthorized")),
            "asleep" => std::future::pending().await,
            _ => Ok((
                Room {
                    name: socket.name.clone(),
                },
                socket.told.clone(),
            )),
        }
    }

    #[handle_in("ping")]
    fn ping(&mut self, payload: Payload) -> Reply {
        Reply::ok(payload)
    }

    #[handle_in("by")]
    fn by(&mut self, out: &mut Outlet) -> Reply {
        let (transport, spoken) = (out.transport().to_string(), out.serializer());
        Reply::ok(json!({ "transport": transport, "serializer": spoken.serializer.name() }))
    }

    #[handle_in("size")]
    fn size(&mut self, Binary(bytes): Binary) -> Reply {
        Reply::ok(json!(bytes.len()))
    }

    #[handle_in("fail")]
    fn fail(&mut self) -> Reply {
        Reply::because("as asked")
    }

    #[handle_in("later")]
    async fn later(&mut self) -> Reply {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Reply::ok(json!({"after": 1}))
    }

    #[handle_in("shout")]
    fn shout(&mut self, text: String, out: &mut Outlet) -> Result<(), Reply> {
        Ok(out.broadcast("shouted", json!({"by": self.name, "text": text}))?)
    }

    #[handle_in("shout_from")]
    fn shout_from(&mut self, out: &mut Outlet) -> Result<(), Reply> {
        Ok(out.broadcast_from("shouted", json!({"by": self.name}))?)
    }

    #[handle_in("count")]
    fn count(&mut self, to: u32, out: &mut Outlet) -> Reply {
        (1..=to).for_each(|number| out.push("number", json!({ "n": number })));
        Reply::ok(json!({}))
    }

    #[handle_in("picture")]
    fn picture(&mut self, out: &mut Outlet) {
        out.push("picture", b"pushed".to_vec());
    }

    #[handle_in("stop")]
    fn stop(&mut self) -> Answer {
        Answer::stop()
    }

    #[handle_in("crash")]
    fn crash(&mut self) {
        panic!("as asked")
    }

    #[handle_in("nothing")]
    fn nothing(&mut self) {}
}

pub(crate) struct Echo {
    name: String,
}

#[socket]
impl Echo {
    async fn connect(#[param] name: Option<String>) -> Result<Self, Refused> {
        match name.as_deref() {
            Some("nobody") => Err(Refused::because("who are you?")),
            name => Ok(Echo {
                name: name.unwrap_or_default().to_owned(),
            }),
        }
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        match message.as_text() {
            Some("name") => out.push(self.name.as_str()),
            Some("hang") => std::future::pending().await,
            Some("bye") => return Flow::close(4001, "see you"),
            Some("many") => (0..2_000).for_each(|number| out.push(format!("[{number}]"))),
            _ => out.push(message),
        }
        Flow::Continue
    }
}

async fn page(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let session = parts
        .extensions
        .get::<Session>()
        .expect("the plug `Sessions`")
        .clone();
    let body = body.collect().await.expect("a body").to_bytes();
    let header = |name| {
        parts
            .headers
            .get(name)
            .and_then(|value: &http::HeaderValue| value.to_str().ok())
    };
    let answer = match (&parts.method, parts.uri.path()) {
        (&Method::POST, "/login") => {
            let name = String::from_utf8_lossy(&body).into_owned();
            session.insert("name", &name).expect("a string");
            json!({"type": header("content-type"), "body": name})
        }
        (_, "/logout") => {
            session.delete();
            json!({})
        }
        (_, "/me") => json!(session.get::<String>("name")),
        (_, "/host") => {
            json!({"host": header("host"), "accept": header("accept"), "query": parts.uri.query()})
        }
        (_, "/gone") => {
            let failure = Failure::new(StatusCode::GONE).because("it has moved");
            return Ok(failure.into_response());
        }
        (_, "/panics") => panic!("as asked by {:?}", parts.uri.query()),
        (_, "/asleep") => std::future::pending().await,
        (method, "/method") => json!(method.as_str()),
        _ => {
            let response = Response::builder()
                .status(404)
                .body(Body::from("no such page"));
            return Ok(response.expect("a response"));
        }
    };
    Ok(Response::new(Body::from(answer.to_string())))
}
