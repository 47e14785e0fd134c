//! The application that foreign clients of channels talk to.

use std::convert::Infallible;

use http::{HeaderValue, Request, Response, header::CONTENT_TYPE};
use landfall::{
    Body, CheckOrigin, Connect, Endpoint, EndpointDef, Error, LongPoll, Mount, Pipeline, Refused, Running,
    Secret, SocketDef, SocketOptions, WebSocket,
    channel::{
        Answer, Channel, ChannelSocket, Event, Join, JoinError, Joined, Multiplexer, Outlet, Reply, Route,
        Signal,
    },
    config::{Http, Setting, Settings},
    presence::Tracked,
};
use serde_json::{Value, json};
use tower::service_fn;

/// Rooms at `/socket`, by WebSocket and longpoll, and at `/polled`, by longpoll alone.
#[derive(Debug)]
pub struct Quay;

/// Starts it on a port of this machine; 0 lets the system choose.
///
/// # Errors
/// When the port is taken.
pub async fn start(port: u16) -> Result<Running<Quay>, Error> {
    let set = |settings: &mut Settings| {
        let ip = Setting::given([127, 0, 0, 1]);
        settings.http = Some(Http { ip, port: Setting::exact(port), ..Http::DEFAULT });
    };
    Quay::builder().settings(set).start().await
}

const fn mount(path: &'static str, websocket: Option<WebSocket>) -> Mount {
    Mount {
        path,
        socket: SocketDef::of::<Multiplexer<Visitor>>("Visitor"),
        websocket,
        longpoll: Some(LongPoll::DEFAULT),
        transport: None,
        drainer: SocketOptions::DEFAULT.drainer,
        log: None,
        location: file!(),
    }
}

impl Endpoint for Quay {
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Quay",
        mounts: &[mount("/socket", Some(WebSocket::DEFAULT)), mount("/polled", None)],
    };

    /// A page of this address, for browsers.
    fn pipeline() -> Pipeline {
        Pipeline::new(service_fn(async |_: Request<Body>| {
            let mut page = Response::new(Body::from("<!doctype html><title>Quay</title>"));
            page.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
            Ok::<_, Infallible>(page)
        }))
    }

    fn settings() -> Settings {
        let secret = "a quay for all who come by sea, whatever they speak and sail in!";
        Settings {
            secret_key_base: Setting::exact(Secret::from(secret)),
            check_origin: Setting::exact(CheckOrigin::Conn),
            ..Settings::default()
        }
    }
}

/// A client.
#[derive(Debug)]
pub struct Visitor;

impl ChannelSocket for Visitor {
    const CHANNELS: &'static [Route<Self>] = &[Route::new::<Room>("room:*", "Room")];

    async fn connect(_: Connect<Signal>) -> Result<Self, Refused> {
        Ok(Visitor)
    }
}

/// A client in a room. With a parameter `name` it is shown to all others there.
#[derive(Debug)]
pub struct Room {
    me: Option<Tracked>,
}

/// The client has joined.
#[derive(Debug)]
pub struct AfterJoin;

impl Channel for Room {
    type Socket = Visitor;
    type Info = AfterJoin;

    const INTERCEPT: &'static [&'static str] = &["secret"];

    async fn join(join: Join<Self>) -> Result<Joined<Self>, JoinError> {
        let wish: Value = join.json()?;
        if join.rest() == "closed" {
            return Err(JoinError::new("unauthorized"));
        }
        let name = wish["name"].as_str();
        let me = name.map(|name| join.track(name, json!({"away": false}))).transpose()?;
        if me.is_some() {
            join.mailbox().send(AfterJoin)?;
        }
        Ok(Joined::new(Room { me }).reply(json!({"room": join.rest(), "wish": wish})))
    }

    async fn handle_info(&mut self, AfterJoin: AfterJoin, out: &mut Outlet) -> Answer {
        out.push_presence();
        Answer::NoReply
    }

    async fn handle_in(&mut self, event: Event, out: &mut Outlet) -> Answer {
        let payload = event.payload().clone();
        match event.name() {
            "echo" => Answer::Reply(Reply::ok(payload)),
            "refuse" => Answer::Reply(Reply::error(payload)),
            "ignore" => Answer::NoReply,
            "push" => {
                out.push("pushed", payload);
                Answer::NoReply
            }
            "shout" => told(out.broadcast("shouted", payload)),
            "tell" => told(out.broadcast_from("told", payload)),
            "whisper" => told(out.broadcast("secret", payload)),
            "away" => match self.me.as_mut().map(|me| me.update(json!({"away": true}))) {
                Some(Ok(_)) => Answer::Reply(Reply::ok(json!({}))),
                Some(Err(error)) => Answer::Reply(error.into()),
                None => Answer::Reply(Reply::because("nobody")),
            },
            "stop" => Answer::stop(),
            "panic" => panic!("as asked"),
            _ => Answer::Reply(Reply::because("unknown event")),
        }
    }
}

fn told(told: Result<(), landfall::pubsub::BroadcastError>) -> Answer {
    Answer::Reply(told.map_or_else(Reply::from, |()| Reply::ok(json!({}))))
}
