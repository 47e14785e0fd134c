//! Longpoll, as Phoenix's JavaScript client does it: a poll is always on its way, and at most one
//! POST beside it.

use std::{
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE};
use http_body_util::Full;
use serde::Deserialize;
use tokio::{sync::mpsc, time::timeout};

use super::{
    connect_error::ConnectError,
    pipe::{Closed, Order, Sink},
    request::set,
    response::Response,
    visitor::Visitor,
};
use crate::{error::BoxError, message::Message};

/// How long a response may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Most messages in a POST.
const BATCH: usize = 100;

/// The target, the headers and the token of a session's requests.
pub(super) struct PollSession {
    pub(super) visitor: Visitor,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) peer: Option<SocketAddr>,
    /// The token of the latest response.
    pub(super) token: Mutex<String>,
}

/// The body of a response.
#[derive(Deserialize)]
struct PollAnswer {
    status: u16,
    #[serde(default)]
    token: String,
    #[serde(default)]
    messages: Vec<String>,
}

impl PollSession {
    /// Opens the session.
    pub(super) async fn open(&self) -> Result<Result<Response, ConnectError>, BoxError> {
        let (answer, response) = match self.ask(Method::GET, None, Bytes::new()).await {
            Ok(answered) => answered,
            Err(Failed::Refused(response)) => {
                return Ok(Err(ConnectError::new(response.status(), response)));
            }
            Err(Failed::Lost(error)) => return Err(error),
        };
        match answer.status {
            410 if !answer.token.is_empty() => {
                self.renew(answer.token);
                Ok(Ok(response))
            }
            status => {
                let status =
                    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                Ok(Err(ConnectError::new(status, response)))
            }
        }
    }

    /// Runs the session to its end.
    pub(super) async fn run(self, orders: mpsc::Receiver<Order>, sink: &dyn Sink) -> Closed {
        tokio::select! {
            closed = self.poll(sink) => closed,
            closed = self.post(orders) => closed,
        }
    }

    async fn poll(&self, sink: &dyn Sink) -> Closed {
        loop {
            let answer = match timeout(PATIENCE, self.ask(Method::GET, None, Bytes::new())).await {
                Ok(Ok((answer, _))) => answer,
                Ok(Err(failed)) => return failed.into(),
                Err(_) => return Closed::new(1005, "a poll was not answered in time"),
            };
            match answer.status {
                200 | 204 => self.renew(answer.token),
                403 => return Closed::new(1008, "a poll was refused"),
                410 => return Closed::new(3410, "the session is gone"),
                status => {
                    return Closed::new(
                        1011,
                        format!("a poll was answered with the status {status}"),
                    );
                }
            }
            for message in answer.messages {
                if let Err(error) = sink.message(message.into()) {
                    return Closed::new(1006, error);
                }
            }
        }
    }

    async fn post(&self, mut orders: mpsc::Receiver<Order>) -> Closed {
        let mut next = None;
        loop {
            let order = match next.take() {
                Some(order) => Some(order),
                None => orders.recv().await,
            };
            // The server is not told: the session ends when nobody has asked for its messages for
            // long.
            let Some(Order::Send(message)) = order else {
                return Closed::new(1000, "");
            };
            let (content_type, body) = match line(&message) {
                None => ("text/plain", message.into_bytes()),
                Some(first) => {
                    let (lines, other) = batch(first, &mut orders);
                    next = other;
                    ("application/x-ndjson", lines.into())
                }
            };
            match timeout(PATIENCE, self.ask(Method::POST, Some(content_type), body)).await {
                Ok(Ok((PollAnswer { status: 200, .. }, _))) => {}
                Ok(Ok((PollAnswer { status, .. }, _))) => {
                    return Closed::new(
                        1011,
                        format!("a POST was answered with the status {status}"),
                    );
                }
                Ok(Err(failed)) => return failed.into(),
                Err(_) => return Closed::new(1005, "a POST was not answered in time"),
            }
        }
    }

    async fn ask(
        &self,
        method: Method,
        content_type: Option<&'static str>,
        body: Bytes,
    ) -> Result<(PollAnswer, Response), Failed> {
        let mut request = http::Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = self.target().parse().map_err(BoxError::from)?;
        request.headers_mut().clone_from(&self.headers);
        set(
            request.headers_mut(),
            http::header::ACCEPT,
            "application/json",
        );
        if let Some(content_type) = content_type {
            set(request.headers_mut(), CONTENT_TYPE, content_type);
        }
        let response = self.visitor.send(request, self.peer).await?;
        let response = Response::read(response).await.map_err(BoxError::from)?;
        if response.status() != StatusCode::OK {
            return Err(Failed::Refused(response));
        }
        let answer = serde_json::from_slice(response.body())
            .map_err(|error| format!("an answer is malformed: {error}: {}", response.shown()))?;
        Ok((answer, response))
    }

    fn target(&self) -> String {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let token = if token.is_empty() {
            String::new()
        } else {
            format!("token={token}")
        };
        format!("{}?{}&{token}", self.path, self.query)
    }

    fn renew(&self, token: String) {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }
}

/// Why a request failed.
enum Failed {
    /// Answered by HTTP, not by the session.
    Refused(Response),
    Lost(BoxError),
}

impl<E: Into<BoxError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Failed::Lost(error.into())
    }
}

impl From<Failed> for Closed {
    fn from(failed: Failed) -> Self {
        Closed::new(
            1011,
            match failed {
                Failed::Refused(response) => {
                    format!("a request was answered with {}", response.status())
                }
                Failed::Lost(error) => format!("a request failed: {error}"),
            },
        )
    }
}

/// A message as a line of a body; `None` for text that would not be read back as such.
fn line(message: &Message) -> Option<String> {
    match message {
        Message::Text(text) => {
            (text.starts_with('[') && !text.contains(['\r', '\n'])).then(|| text.to_string())
        }
        Message::Binary(bytes) => Some(data_encoding::BASE64.encode(bytes)),
    }
}

/// What can go with a first line now, and what comes after that.
fn batch(first: String, orders: &mut mpsc::Receiver<Order>) -> (String, Option<Order>) {
    let mut lines = first;
    for _ in 1..BATCH {
        let Ok(order) = orders.try_recv() else { break };
        let next = match &order {
            Order::Send(message) => line(message),
            Order::Close => None,
        };
        let Some(next) = next else {
            return (lines, Some(order));
        };
        lines.push('\n');
        lines.push_str(&next);
    }
    (lines, None)
}
