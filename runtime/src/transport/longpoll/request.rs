//! What is asked of the transport, in order of the decisions, and the HTTP answers.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::{
    HeaderValue, Method, Response, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    },
};
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::{
    ledger::Bookmark,
    remote,
    seats::Seats,
    session::{Polled, Posted, Session},
    sessions::Sessions,
    task,
    token::{self, Ticket},
    wire::{self, Element, Malformed},
};
use crate::{
    body::Body,
    error::BoxError,
    interop,
    socket::{LongPoll, Param, Params, Socket},
    transport::{
        attempt::{Attempt, Denied},
        driver::Driver,
        entrance::Transport,
        name::unguessable_name,
        options::TransportOptions,
    },
};

/// Where clients of Phoenix 1.9 put their token; it wins over the parameter.
const TOKEN_HEADER: &str = "x-phoenix-longpoll-token";
/// Where clients put their credentials for connect_info `auth_token`.
const AUTH_HEADER: &str = "x-phoenix-authtoken";

/// The longpoll transport of a mount.
pub(in crate::transport) struct LongPollTransport {
    options: &'static LongPoll,
    sessions: Arc<Sessions>,
    seats: Arc<Seats>,
}

impl Transport for LongPollTransport {
    const NAME: &'static str = "longpoll";

    fn options(&self) -> TransportOptions {
        self.options.into()
    }

    async fn answer<S: Socket>(&self, attempt: Attempt) -> Result<Response<Body>, Response<Body>> {
        let mut response = self.decide::<S>(attempt).await.unwrap_or_else(|refusal| refusal);
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        Ok(response)
    }
}

impl LongPollTransport {
    pub(in crate::transport) fn new(options: &'static LongPoll, sessions: Arc<Sessions>) -> Self {
        LongPollTransport { options, sessions, seats: Arc::default() }
    }

    async fn decide<S: Socket>(&self, attempt: Attempt) -> Result<Response<Body>, Response<Body>> {
        let params = attempt.params()?;
        attempt.check_origin().map_err(|denied| match denied {
            Denied::Origin => wire::status(403),
            other => other.into(),
        })?;
        match attempt.parts.method {
            Method::GET => self.get::<S>(attempt, params).await,
            Method::POST => self.post(attempt, params).await,
            Method::OPTIONS => Ok(preflight(&attempt)),
            _ => Err(plain(StatusCode::BAD_REQUEST, "")),
        }
    }

    /// Waits for messages, or opens a session if there is none.
    async fn get<S: Socket>(
        &self,
        attempt: Attempt,
        params: Params,
    ) -> Result<Response<Body>, Response<Body>> {
        let window = Duration::from_millis(self.options.window_ms);
        if let Some(mut ticket) = self.ticket(&attempt, &params) {
            match self.find(&attempt, &ticket) {
                Found::Here(session) => {
                    if let Some(answer) = self.poll(&attempt, session, ticket, window).await {
                        return Ok(answer);
                    }
                }
                Found::Elsewhere => {
                    let timeout = Duration::from_millis(self.options.pubsub_timeout_ms);
                    if let Some(polled) = remote::poll(attempt.handle(), &ticket, window, timeout).await {
                        ticket.mark = polled.mark;
                        let status = if polled.elements.is_empty() { 204 } else { 200 };
                        return self
                            .answer(&attempt, status, &ticket, polled.elements.as_bytes())
                            .map(Body::from)
                            .map(wire::json);
                    }
                }
                Found::Nowhere => {}
            }
        }
        self.open::<S>(attempt, params).await
    }

    async fn poll(
        &self,
        attempt: &Attempt,
        session: Arc<Session>,
        mut ticket: Ticket,
        window: Duration,
    ) -> Option<Response<Body>> {
        let (status, elements, after, mark) = match session.poll(ticket.mark, window).await {
            Polled::Messages { elements, after, mark } => (200, elements, after, mark),
            Polled::Nothing { after, mark } => (204, BytesMut::new(), after, mark),
            Polled::Gone => return None,
        };
        let receipt = Receipt { session, after, mark };
        ticket.mark = mark;
        let bytes = self.answer(attempt, status, &ticket, &elements).ok()?;
        Some(wire::json(Body::new(Receipted { bytes, receipt: Some(receipt) })))
    }

    /// Hands the body's messages to the session.
    async fn post(&self, mut attempt: Attempt, params: Params) -> Result<Response<Body>, Response<Body>> {
        let gone = || wire::status(410);
        let ticket = self.ticket(&attempt, &params).ok_or_else(gone)?;
        let found = self.find(&attempt, &ticket);
        if matches!(found, Found::Nowhere) {
            return Err(gone());
        }
        let body = attempt.read_body(self.options.max_body_size).await?;
        let messages =
            wire::messages(&attempt.parts.headers, body, self.options.max_batch).map_err(malformed)?;
        let window = Duration::from_millis(self.options.window_ms);
        let posted = match found {
            Found::Here(session) => session.post(ticket.mark, messages, window).await,
            _ => {
                let timeout = Duration::from_millis(self.options.pubsub_timeout_ms);
                remote::post(attempt.handle(), &ticket, messages, window, timeout).await.ok_or_else(gone)?
            }
        };
        Ok(wire::status(match posted {
            Posted::Handled => 200,
            Posted::Late => 408,
        }))
    }

    async fn open<S: Socket>(
        &self,
        attempt: Attempt,
        params: Params,
    ) -> Result<Response<Body>, Response<Body>> {
        let ip = interop::peer(&attempt.parts.extensions).map(|address| address.ip());
        let seat = self.seats.take(self.options, ip).ok_or_else(|| {
            tracing::warn!(
                socket = attempt.mounted.socket(),
                "refused a longpoll session: there are too many"
            );
            plain(StatusCode::SERVICE_UNAVAILABLE, "too many longpoll sessions")
        })?;
        let header = attempt.parts.headers.get(AUTH_HEADER);
        let auth_token = header.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let connected = attempt.ask::<S>(params, auth_token).await.map_err(|denied| match denied {
            Denied::Refused(_) => wire::status(403),
            other => other.into(),
        })?;
        let driver = Driver::new::<Element>(connected, attempt.mounted.clone());
        let name = unguessable_name();
        let ticket = Ticket {
            endpoint: attempt.handle().endpoint_id().to_owned(),
            session: name.clone(),
            opened: token::now(),
            mark: Bookmark::default(),
        };
        let answer = self.answer(&attempt, 410, &ticket, b"")?;
        let (session, batches) = Session::new(name.into(), driver.line().clone());
        let listed = self.sessions.list(session.clone());
        let ear = remote::listen(&session);
        let patience = Duration::from_millis(self.options.window_ms.saturating_mul(3) / 2);
        driver.hear();
        driver.spawn(|driver| async move {
            let _kept = (seat, listed, ear);
            task::run(driver, batches, patience).await;
        });
        Ok(wire::json(answer.into()))
    }

    /// What the request's token says, if it is good.
    fn ticket(&self, attempt: &Attempt, params: &Params) -> Option<Ticket> {
        let header = attempt.parts.headers.get(TOKEN_HEADER);
        let token = match header {
            Some(header) => header.to_str().ok(),
            None => params.get("token").and_then(Param::as_str),
        };
        let token = token.filter(|token| !token.is_empty())?;
        Ticket::read(attempt.handle(), self.options.crypto, token).ok()
    }

    fn find(&self, attempt: &Attempt, ticket: &Ticket) -> Found {
        if ticket.endpoint != attempt.handle().endpoint_id() {
            return Found::Elsewhere;
        }
        match self.sessions.find(&ticket.session) {
            Some(session) => Found::Here(session),
            None => Found::Nowhere,
        }
    }

    fn answer(
        &self,
        attempt: &Attempt,
        status: u16,
        ticket: &Ticket,
        elements: &[u8],
    ) -> Result<Bytes, Response<Body>> {
        let token = ticket.write(attempt.handle(), self.options.crypto).ok_or(Denied::Crashed)?;
        Ok(wire::answer(status, &token, elements))
    }
}

/// Where a session is.
enum Found {
    Here(Arc<Session>),
    /// On another node, or nowhere: it is asked.
    Elsewhere,
    Nowhere,
}

fn malformed(malformed: Malformed) -> Response<Body> {
    match malformed {
        Malformed::TooMany => plain(StatusCode::PAYLOAD_TOO_LARGE, "the body has too many messages"),
        Malformed::NotUtf8 => plain(StatusCode::BAD_REQUEST, "a text message is not UTF-8"),
        Malformed::NotBase64 => {
            plain(StatusCode::BAD_REQUEST, "a line is neither a JSON list nor a binary message in base64")
        }
    }
}

/// The answer to a browser that asks what a page of another origin may send.
fn preflight(attempt: &Attempt) -> Response<Body> {
    let asked: Vec<&[u8]> = attempt
        .parts
        .headers
        .get_all(ACCESS_CONTROL_REQUEST_HEADERS)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    // Header values that came in can go out again.
    if let Ok(asked) = HeaderValue::from_bytes(&asked.join(&b", "[..])) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked);
    }
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("get, post, options"));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

/// What an answer to a poll brings: if it is not written, the session gets it back.
struct Receipt {
    session: Arc<Session>,
    after: u64,
    mark: Bookmark,
}

/// An answer to a poll, which knows whether it was written.
struct Receipted {
    bytes: Bytes,
    receipt: Option<Receipt>,
}

impl HttpBody for Receipted {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let written = self.receipt.take().is_some();
        Poll::Ready(written.then(|| Ok(Frame::data(std::mem::take(&mut self.bytes)))))
    }

    fn is_end_stream(&self) -> bool {
        self.receipt.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}

impl Drop for Receipted {
    fn drop(&mut self) {
        if let Some(Receipt { session, after, mark }) = self.receipt.take() {
            session.tear(after, mark);
        }
    }
}
