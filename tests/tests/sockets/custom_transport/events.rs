//! A client: an event stream, and requests with messages.

use std::time::Duration;

use landfall::{
    Handle,
    pubsub::{Payload, Subscription},
    testing::Network,
};
use landfall_tests::{
    client::{ask, port},
    wire::{Connection, Ended, PATIENCE, Request, Response},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream},
    net::TcpStream,
};

/// An event stream.
pub(crate) struct Events<S = TcpStream> {
    pub(crate) connection: Connection<S>,
    arrived: String,
    pub(crate) name: String,
}

impl Events {
    pub(crate) async fn open(site: &Handle, room: &str) -> Self {
        let connection = Connection::open(([127, 0, 0, 1], port(site)).into())
            .await
            .expect("a listener");
        Events::over(connection, room).await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Events<S> {
    /// Opens the stream of a visitor, and waits for the welcome.
    pub(crate) async fn over(mut connection: Connection<S>, room: &str) -> Self {
        connection
            .write(&Request::get(&path(room)).to_bytes())
            .await;
        let head = connection.head().await.expect("an answer");
        assert_eq!(
            (head.status, head.header("content-type")),
            (200, Some("text/event-stream"))
        );
        assert_eq!(
            head.header("cache-control"),
            Some("max-age=0, private, must-revalidate")
        );
        let mut events = Events {
            connection,
            arrived: String::new(),
            name: String::new(),
        };
        let (kind, name) = events.event().await.expect("the stream stands");
        assert_eq!((kind.as_str(), name.len()), ("connection", 22));
        events.name = name;
        assert_eq!(events.hear().await, "welcome");
        events
    }

    /// Kind and data of the next event; `None` at the end.
    pub(crate) async fn event(&mut self) -> Option<(String, String)> {
        loop {
            let block = self.block(PATIENCE).await?;
            if let Some((kind, data)) = block.split_once("\ndata: ") {
                let kind = kind.strip_prefix("event: ").expect("an event with a kind");
                return Some((kind.to_owned(), data.to_owned()));
            }
            assert!(
                block.starts_with(':'),
                "neither an event nor a comment: {block:?}"
            );
        }
    }

    /// What comes before the next empty line; `None` at the end.
    pub(crate) async fn block(&mut self, patience: Duration) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.arrived.split_once("\n\n") {
                let block = block.to_owned();
                self.arrived = rest.to_owned();
                return Some(block);
            }
            let chunk = self
                .connection
                .chunk_within(patience)
                .await
                .expect("an event, or the end");
            if chunk.is_empty() {
                assert_eq!(self.arrived, "", "the stream ends in an event");
                return None;
            }
            self.arrived += str::from_utf8(&chunk).expect("UTF-8");
        }
    }

    /// The next message.
    pub(crate) async fn hear(&mut self) -> String {
        let (kind, data) = self.event().await.expect("the stream stands");
        assert_eq!(kind, "message", "{data}");
        serde_json::from_str(&data).expect("a JSON string")
    }

    /// The next event is the last, and has this code.
    pub(crate) async fn closes(mut self, code: &str) {
        assert_eq!(
            self.event().await,
            Some(("close".to_owned(), code.to_owned()))
        );
        assert_eq!(self.event().await, None);
    }

    /// A request that brings a message of this client.
    pub(crate) fn message(&self, room: &str, text: &str) -> Request {
        post(room, text).header("x-connection", &self.name)
    }

    pub(crate) async fn say(&self, site: &Handle, room: &str, text: &str) {
        assert_eq!(
            ask(port(site), &self.message(room, text)).await.status,
            202,
            "{text}"
        );
    }
}

pub(crate) fn path(room: &str) -> String {
    format!("/room/{room}/sse")
}

pub(crate) fn post(room: &str, text: &str) -> Request {
    let mut request = Request::get(&path(room)).header("content-length", &text.len().to_string());
    request.method = "POST".to_owned();
    request.body = text.to_owned();
    request
}

pub(crate) async fn status(site: &Handle, request: Request) -> u16 {
    ask(port(site), &request).await.status
}

/// The reason that the next visitor of a room was told at its end.
pub(crate) async fn ended(ends: &mut Subscription) -> String {
    let broadcast = tokio::time::timeout(PATIENCE, ends.recv())
        .await
        .expect("an end")
        .expect("a broadcast");
    let Payload::Text(reason) = broadcast.payload() else {
        panic!("{broadcast:?}")
    };
    reason.as_str().to_owned()
}

pub(crate) async fn answer(network: &Network, request: &Request) -> Result<Response, Ended> {
    let mut connection = Connection::through(network).await;
    connection.write(&request.to_bytes()).await;
    let mut head = connection.head().await;
    while head == Err(Ended::Silent) {
        head = connection.head().await;
    }
    head
}

pub(crate) async fn say(network: &Network, events: &Events<DuplexStream>, text: &str) {
    assert_eq!(
        answer(network, &events.message("quay", text))
            .await
            .map(|response| response.status),
        Ok(202)
    );
}
