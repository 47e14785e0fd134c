//! An application.

use std::{convert::Infallible, time::Duration};

use http::{Method, Request, Response};
use http_body_util::BodyExt;
use landfall::{
    Body, Connect, Flow, Message, Outbox, Refused,
    channel::{
        Answer, Channel, ChannelSocket, Event, Join, JoinError, Joined, Multiplexer, Outlet, Reply, Route,
        Signal,
    },
    endpoint,
    pubsub::Payload,
    session::{Session, SessionOptions, Sessions},
    socket,
};
use serde_json::json;

const SESSION: SessionOptions = SessionOptions::new("_chat", "signing salt");

endpoint! {
    pub(crate) struct Chat;

    url(host = "chat.example", port = 443, scheme = "https");
    http(ip = [192, 0, 2, 1], port = 1);
    server = false;
    secret_key_base = env("A_SECRET_THAT_TESTS_DO_NOT_HAVE");
    check_origin = true;
    socket(
        "/socket",
        Multiplexer<UserSocket>,
        websocket(connect_info = [x_headers, peer_data], auth_token = true),
        longpoll(connect_info = [x_headers, peer_data], auth_token = true),
    );
    socket("/echo/:name", Echo, longpoll);
    socket("/elsewhere", Echo, websocket(path = "/ws"));
    plug(Sessions::new(&SESSION));
    service(tower::service_fn(page));
}

pub(crate) struct UserSocket {
    name: String,
    told: serde_json::Value,
}

impl ChannelSocket for UserSocket {
    const CHANNELS: &'static [Route<Self>] = &[Route::new::<Room>("room:*", "Room")];

    async fn connect(connect: Connect<Signal>) -> Result<Self, Refused> {
        let param = connect.params().get("token").and_then(|token| token.as_str()).map(str::to_owned);
        match param.or_else(|| connect.auth_token()) {
            Some(name) if name != "nobody" => {
                let headers = connect.x_headers().unwrap_or_default();
                let forwarded = headers.iter().find(|(name, _)| name == "x-forwarded-for");
                let told = json!({
                    "peer": connect.peer_data().map(|peer| peer.address.to_string()),
                    "forwarded": forwarded.map(|(_, value)| value.to_str().unwrap_or_default()),
                    "transport": connect.transport().to_string(),
                });
                Ok(UserSocket { name, told })
            }
            _ => Err(Refused::because("who are you?")),
        }
    }

    fn id(&self) -> Option<String> {
        Some(format!("users:{}", self.name))
    }
}

pub(crate) struct Room {
    name: String,
}

impl Channel for Room {
    type Socket = UserSocket;
    type Info = ();

    async fn join(join: Join<Self>) -> Result<Joined<Self>, JoinError> {
        match join.rest() {
            "secret" => Err(JoinError::new("unauthorized")),
            "asleep" => std::future::pending().await,
            _ => {
                let socket = join.socket();
                Ok(Joined::new(Room { name: socket.name.clone() }).reply(socket.told.clone()))
            }
        }
    }

    async fn handle_in(&mut self, event: Event, out: &mut Outlet) -> Answer {
        match event.name() {
            "ping" => Answer::Reply(Reply::ok(event.into_payload())),
            "size" => match event.payload() {
                Payload::Binary(bytes) => Answer::Reply(Reply::ok(json!(bytes.len()))),
                _ => Answer::Reply(Reply::because("no bytes")),
            },
            "fail" => Answer::Reply(Reply::because("as asked")),
            "later" => {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Answer::Reply(Reply::ok(json!({"after": 1})))
            }
            "shout" => {
                let text: String = event.json().expect("a string");
                out.broadcast("shouted", json!({"by": self.name, "text": text})).expect("room");
                Answer::NoReply
            }
            "shout_from" => {
                out.broadcast_from("shouted", json!({"by": self.name})).expect("room");
                Answer::NoReply
            }
            "count" => {
                for number in 1..=event.json().expect("a number") {
                    let number: u32 = number;
                    out.push("number", json!({ "n": number }));
                }
                Answer::Reply(Reply::ok(json!({})))
            }
            "picture" => {
                out.push("picture", b"pushed".to_vec());
                Answer::NoReply
            }
            "stop" => Answer::stop(),
            "crash" => panic!("as asked"),
            _ => Answer::NoReply,
        }
    }
}

pub(crate) struct Echo {
    name: String,
}

#[socket]
impl Echo {
    async fn connect(#[param] name: Option<String>) -> Result<Self, Refused> {
        match name.as_deref() {
            Some("nobody") => Err(Refused::because("who are you?")),
            name => Ok(Echo { name: name.unwrap_or_default().to_owned() }),
        }
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        match message.as_text() {
            Some("name") => out.push(self.name.as_str()),
            Some("bye") => return Flow::close(4001, "see you"),
            Some("many") => (0..2_000).for_each(|number| out.push(format!("[{number}]"))),
            _ => out.push(message),
        }
        Flow::Continue
    }
}

async fn page(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let session = parts.extensions.get::<Session>().expect("the plug `Sessions`").clone();
    let body = body.collect().await.expect("a body").to_bytes();
    let header = |name| parts.headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
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
        (_, "/asleep") => std::future::pending().await,
        (method, "/method") => json!(method.as_str()),
        _ => {
            let response = Response::builder().status(404).body(Body::from("no such page"));
            return Ok(response.expect("a response"));
        }
    };
    Ok(Response::new(Body::from(answer.to_string())))
}
