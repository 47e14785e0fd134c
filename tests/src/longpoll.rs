//! A longpoll client for tests. It sends requests one by one, as Phoenix's JavaScript client does.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::wire::{Connection, Ended, PATIENCE, Request, Response};

/// A response of the transport.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The protocol's status; HTTP's is 200.
    pub status: u64,
    /// The token, if there is one.
    pub token: Option<String>,
    /// The messages; empty without a list.
    pub messages: Vec<String>,
    /// The whole body.
    pub response: Response,
}

impl Answer {
    /// Reads a response. Panics if it is not the transport's.
    pub fn of(response: Response) -> Self {
        assert_eq!(response.status, 200, "{response:?}");
        let body: Value = serde_json::from_str(&response.body).expect("an answer in JSON");
        let text = |value: &Value| value.as_str().expect("a string").to_owned();
        let messages = body["messages"]
            .as_array()
            .map(|messages| messages.iter().map(text).collect());
        Answer {
            status: body["status"].as_u64().expect("a status"),
            token: body.get("token").map(text),
            messages: messages.unwrap_or_default(),
            response,
        }
    }
}

/// A request that polls, or opens a session if the token is empty.
pub fn poll(target: &str, token: &str) -> Request {
    Request::get(&format!(
        "{target}{}token={token}",
        if target.contains('?') { '&' } else { '?' }
    ))
}

/// A request that brings one text message.
pub fn post(target: &str, token: &str, text: &str) -> Request {
    let request = Request {
        method: "POST".to_owned(),
        body: text.to_owned(),
        ..poll(target, token)
    };
    request.header("content-length", &text.len().to_string())
}

/// A request that brings messages, one a line.
pub fn batch(target: &str, token: &str, lines: &str) -> Request {
    post(target, token, lines).header("content-type", "application/x-ndjson")
}

/// A client with a connection of its own. It sends the token of the latest answer.
#[derive(Debug)]
pub struct Poller<S> {
    connection: Connection<S>,
    target: String,
    /// The token that it sends next.
    pub token: String,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Poller<S> {
    /// A client that has a token already.
    pub fn with(connection: Connection<S>, target: &str, token: &str) -> Self {
        Poller {
            connection,
            target: target.to_owned(),
            token: token.to_owned(),
        }
    }

    /// Opens a session.
    pub async fn open(connection: Connection<S>, target: &str) -> Self {
        let mut poller = Poller::with(connection, target, "");
        let answer = poller.poll().await;
        assert_eq!(
            (answer.status, answer.messages.len()),
            (410, 0),
            "{answer:?}"
        );
        poller
    }

    /// Another client of the same session, on a connection of its own.
    pub fn beside<T: AsyncRead + AsyncWrite + Unpin>(
        &self,
        connection: Connection<T>,
    ) -> Poller<T> {
        Poller::with(connection, &self.target, &self.token)
    }

    /// Polls.
    pub async fn poll(&mut self) -> Answer {
        self.begin().await;
        self.answer().await
    }

    /// Sends a poll, and does not wait for its answer.
    pub async fn begin(&mut self) {
        self.connection
            .write(&poll(&self.target, &self.token).to_bytes())
            .await;
    }

    /// The answer to a poll that was sent.
    pub async fn answer(&mut self) -> Answer {
        let answer = Answer::of(
            self.connection
                .response(false)
                .await
                .expect("an answer to a poll"),
        );
        if let Some(token) = &answer.token {
            self.token.clone_from(token);
        }
        answer
    }

    /// Polls until at least N messages have come.
    pub async fn messages(&mut self, count: usize) -> Vec<String> {
        let mut messages = Vec::new();
        while messages.len() < count {
            let answer = self.poll().await;
            assert!(matches!(answer.status, 200 | 204), "{answer:?}");
            messages.extend(answer.messages);
        }
        messages
    }

    /// Sends a text message, and returns the protocol's status.
    pub async fn say(&mut self, text: &str) -> u64 {
        self.ask(&post(&self.target, &self.token, text))
            .await
            .status
    }

    /// Sends messages, one a line, and returns the protocol's status.
    pub async fn say_all(&mut self, lines: &str) -> u64 {
        self.ask(&batch(&self.target, &self.token, lines))
            .await
            .status
    }

    /// Sends any request. The response's token is ignored.
    pub async fn ask(&mut self, request: &Request) -> Answer {
        Answer::of(self.send(request).await.expect("an answer"))
    }

    /// Sends any request.
    ///
    /// # Errors
    /// When no response comes.
    pub async fn send(&mut self, request: &Request) -> Result<Response, Ended> {
        self.connection.request(request).await
    }

    /// The connection, for tests of misbehaving clients.
    pub fn into_connection(self) -> Connection<S> {
        self.connection
    }

    /// True if no answer has come, and none comes within this time.
    pub async fn waits(&mut self, time: Duration) -> bool {
        assert!(time < PATIENCE, "a connection is not more patient");
        tokio::time::timeout(time, self.connection.arrival())
            .await
            .is_err()
    }
}
