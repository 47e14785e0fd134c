//! The application that foreign clients of channels talk to.

use std::convert::Infallible;

use http::{HeaderValue, Request, Response, header::CONTENT_TYPE};
use landfall::{
    Body, Error, Running,
    config::{Group, Http, Https, Secret, Setting, Settings},
    prelude::*,
    presence::Tracked,
    pubsub::{BroadcastError, Payload},
};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};
use tower::service_fn;

const SECRET: &str = "a quay for all who come by network, whatever they speak and sail in!";

endpoint! {
    /// Rooms at `/socket` (WebSocket and longpoll) and `/polled` (longpoll). An echo at `/raw`, and
    /// by impatient longpoll at `/slow`. At `/members`, who has a token that begins with `pass-`.
    #[derive(Debug)]
    pub struct Quay;

    http(http2 = true);
    secret_key_base = insecure(SECRET, reason = "it is reached from this machine alone");
    check_origin = conn;
    socket("/socket", Visitor, websocket(transport_log = info), longpoll(transport_log = info));
    socket("/polled", Visitor, websocket = false, longpoll);
    socket("/raw", Raw, websocket(compress = true), longpoll);
    socket("/slow", Raw, websocket = false, longpoll(window = secs(1), callback_timeout = secs(2)));
    socket("/members", Member, websocket(auth_token = true), longpoll(auth_token = true));
    service(service_fn(page));
}

/// Starts it on a port of this machine; 0 lets the system choose.
///
/// # Errors
/// When the port is taken.
pub async fn start(port: u16) -> Result<Running<Quay>, Error> {
    let set = |settings: &mut Settings| {
        let ip = Setting::given([127, 0, 0, 1]);
        settings.http = Group::on(Http {
            ip,
            port: Setting::exact(port),
            ..Http::DEFAULT
        });
    };
    Quay::builder().settings(set).server(true).start().await
}

/// Starts it on a port of the system's choice, over TLS alone. Its certificate is its own, for
/// `localhost`.
///
/// # Errors
/// When the certificate cannot be made, or nothing can listen.
pub async fn start_secured() -> Result<Running<Quay>, Box<dyn std::error::Error>> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()])?;
    let https = Https {
        ip: Setting::given([127, 0, 0, 1]),
        port: Setting::given(0_u16),
        cert: Setting::given(cert.pem()),
        key: Setting::given(Secret::from(signing_key.serialize_pem())),
        ..Https::DEFAULT
    };
    let set = |settings: &mut Settings| {
        settings.http = Group::OFF;
        settings.https = Group::on(https);
    };
    Ok(Quay::builder().settings(set).server(true).start().await?)
}

/// A page of this address, for browsers.
async fn page(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    let mut page = Response::new(Body::from("<!doctype html><title>Quay</title>"));
    page.headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    Ok(page)
}

/// A client.
#[derive(Debug)]
pub struct Visitor;

#[socket(channel("room:*", Room))]
impl Visitor {
    fn connect() -> Result<Self, Refused> {
        Ok(Visitor)
    }
}

/// A client with a token.
#[derive(Debug)]
pub struct Member {
    token: String,
}

#[socket(channel("card", Card))]
impl Member {
    fn connect(#[info] auth_token: Option<String>) -> Result<Self, Refused> {
        match auth_token {
            Some(token) if token.starts_with("pass-") => Ok(Member { token }),
            _ => Err(Refused::new()),
        }
    }
}

/// Shows a client the token that it came with.
#[derive(Debug)]
pub struct Card;

#[channel(Member)]
impl Card {
    fn join(member: &Member) -> (Self, Value) {
        (Card, json!({"token": member.token}))
    }
}

/// Echoes. The callback for the text `hang`, and for a message of that event, does not return.
#[derive(Debug)]
pub struct Raw;

#[socket]
impl Raw {
    fn connect() -> Result<Self, Refused> {
        Ok(Raw)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        let hangs = |text: &str| text == "hang" || text.contains(r#""hang""#);
        if message.as_text().is_some_and(hangs) {
            std::future::pending().await
        }
        out.push(message);
        Flow::Continue
    }
}

/// A client in a room. With a parameter `name` it is shown to all others there.
#[derive(Debug)]
pub struct Room {
    me: Option<Tracked>,
}

#[channel(Visitor)]
impl Room {
    async fn join(
        #[rest] room: &str,
        #[payload] wish: Value,
        join: Join<Self>,
    ) -> Result<(Self, Value), JoinError> {
        match room {
            "closed" => return Err(JoinError::because("unauthorized")),
            "never" => std::future::pending().await,
            _ => {}
        }
        let me = wish["name"]
            .as_str()
            .map(|name| join.track(name, json!({"away": false})))
            .transpose()?;
        Ok((Room { me }, json!({"room": room, "wish": wish})))
    }

    async fn joined(&mut self, out: &mut Outlet) {
        if self.me.is_some() {
            out.push_presence().await;
        }
    }

    #[handle_in("echo")]
    fn echo(&mut self, payload: Payload) -> Reply {
        Reply::ok(payload)
    }

    #[handle_in("refuse")]
    fn refuse(&mut self, payload: Payload) -> Reply {
        Reply::error(payload)
    }

    #[handle_in("push")]
    fn push(&mut self, payload: Payload, out: &mut Outlet) {
        out.push("pushed", payload);
    }

    #[handle_in("shout")]
    fn shout(&mut self, payload: Payload, out: &mut Outlet) -> Result<Reply, BroadcastError> {
        out.broadcast("shouted", payload)?;
        Ok(Reply::ok(json!({})))
    }

    #[handle_in("tell")]
    fn tell(&mut self, payload: Payload, out: &mut Outlet) -> Result<Reply, BroadcastError> {
        out.broadcast_from("told", payload)?;
        Ok(Reply::ok(json!({})))
    }

    #[handle_in("whisper")]
    fn whisper(&mut self, payload: Payload, out: &mut Outlet) -> Result<Reply, BroadcastError> {
        out.broadcast("secret", payload)?;
        Ok(Reply::ok(json!({})))
    }

    #[handle_out("secret")]
    fn overhear(&mut self, payload: Payload, out: &mut Outlet) {
        out.push("secret", payload);
    }

    #[handle_in("away")]
    fn away(&mut self) -> Result<Reply, Reply> {
        let me = self.me.as_mut().ok_or_else(|| Reply::because("nobody"))?;
        me.update(json!({"away": true}))?;
        Ok(Reply::ok(json!({})))
    }

    #[handle_in("hang")]
    async fn hang(&mut self) {
        std::future::pending().await
    }

    #[handle_in("stop")]
    fn stop(&mut self) -> Answer {
        Answer::stop()
    }

    #[handle_in("panic")]
    fn panic(&mut self) {
        panic!("as asked");
    }
}
