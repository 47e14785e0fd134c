//! An endpoint with every transport, which logs all that it can, and what its clients do.

use bytes::Bytes;
use http::Response;
use landfall::{
    Running,
    message::Unsupported,
    prelude::*,
    testing::Network,
    transport::{Attempt, Denied, Format, Transport, TransportOptions},
};
use landfall_tests::{
    client::Client,
    wire::{Connection, Frame, Request},
};
use tokio::io::DuplexStream;

use crate::log::Log;

const SECRET: &str = "a secret of 64 bytes for a site that is there for its tests only.";

endpoint! {
    /// Logs all that it can.
    struct Chatty;

    http(port = 4000);
    server = true;
    secret_key_base = SECRET;
    socket(
        "/plain/:room",
        Parrot,
        log = info,
        websocket(subprotocols = ["v1"], transport_log = info, auth_token = true),
        longpoll(transport_log = info, auth_token = true),
        transport = Lines,
    );
    socket("/open", Parrot, log = info, websocket(subprotocols = ["v1"], transport_log = info));
    socket("/channels", Users, log = info, websocket(transport_log = info), longpoll);
}

struct Parrot;

#[socket]
impl Parrot {
    async fn connect(
        #[param] refuse: Option<String>,
        #[param(name = "room")] _room: Option<String>,
    ) -> Result<Self, Refused> {
        match refuse {
            Some(text) => Err(Refused::because(text)),
            None => Ok(Parrot),
        }
    }

    async fn handle_in(&mut self, message: Message, _: &mut Outbox) -> Flow {
        let text = message.as_text().unwrap_or_default().to_owned();
        match text.strip_prefix("fail ") {
            Some(text) => Flow::fail(text.to_owned()),
            None => panic!("{text}"),
        }
    }
}

struct Users;

#[socket(channel("room:*", Room))]
impl Users {
    fn connect() -> Result<Self, Refused> {
        Ok(Users)
    }
}

struct Room;

#[channel(Users)]
impl Room {
    async fn join(#[payload] number: Option<u32>) -> Result<Self, JoinError> {
        let _ = number;
        Ok(Room)
    }

    #[handle_in("add")]
    async fn add(&mut self, number: u32) -> Result<(), Reply> {
        let _ = number;
        Ok(())
    }

    #[handle_in("parse")]
    async fn parse(&mut self, text: String) -> Result<(), Reply> {
        Err(std::io::Error::other(text))?
    }

    #[handle_in("panic")]
    async fn panic(&mut self, text: String) {
        panic!("{text}");
    }
}

/// A transport that hands its body to the socket, and ends.
struct Lines;

impl Transport for Lines {
    const NAME: &'static str = "lines";

    fn options(&self) -> TransportOptions {
        TransportOptions {
            path: "/lines",
            transport_log: Some(tracing::Level::INFO),
            ..TransportOptions::DEFAULT
        }
    }

    async fn answer<S: Socket>(&self, mut attempt: Attempt) -> Result<Response<Body>, Denied> {
        let params = attempt.params()?;
        attempt.check_origin()?;
        attempt.check_subprotocols(&["v1"])?;
        let body = attempt.read_body(1 << 20).await?;
        let (driver, outgoing) = attempt.connect::<S, Line>(params, None).await?;
        driver.spawn(|mut driver| async move {
            let mut flow = driver.init().await;
            if flow == Flow::Continue {
                flow = driver
                    .deliver(String::from_utf8_lossy(&body).into_owned().into())
                    .await;
            }
            if let Flow::Stop { reason, .. } = flow {
                driver.terminate(reason);
            }
        });
        Ok(Response::new(outgoing.into_body()))
    }
}

struct Line;

impl Format for Line {
    fn format(message: Message) -> Result<Bytes, Unsupported> {
        Ok(message.into_bytes())
    }
}

pub(crate) struct Site {
    pub(crate) network: Network,
    log: Log,
    chatty: Running<Chatty>,
}

impl Site {
    pub(crate) async fn start(log: &Log) -> Self {
        let (network, listener) = Network::new();
        let chatty = Chatty::builder()
            .listener(listener)
            .start()
            .await
            .expect("it starts");
        Site {
            network,
            log: log.clone(),
            chatty,
        }
    }

    /// Sends a request whose `\u{fffd}` is invalid UTF-8 on the wire, and waits for an answer, if
    /// there is one.
    pub(crate) async fn ask(&self, request: &Request) {
        let mut connection = Connection::through(&self.network).await;
        let text = String::from_utf8(request.to_bytes()).expect("a request");
        let bytes: Vec<u8> = text
            .split('\u{fffd}')
            .map(str::as_bytes)
            .collect::<Vec<_>>()
            .join(&0xff);
        connection.write(&bytes).await;
        let _ = connection.head().await;
    }

    pub(crate) async fn open(&self, target: &str) -> Client<DuplexStream> {
        Client::through(&self.network, target).await
    }

    /// Sends a message on its own socket, and waits for the socket's end.
    pub(crate) async fn say(&self, target: &str, frame: Frame) {
        let mut client = self.open(target).await;
        client.send(frame).await;
        let _ = client.hear_close_at_last().await;
    }

    pub(crate) async fn stop(self) {
        self.chatty.shutdown().await.expect("a clean end");
        self.log.is_clean();
    }
}
