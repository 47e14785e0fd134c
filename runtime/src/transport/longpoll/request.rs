//! The steps that decide about a request, in order, and the HTTP answers.

use std::{net::IpAddr, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Response, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, RETRY_AFTER,
    },
};
use percent_encoding::percent_decode_str;

use super::{
    context::Context,
    drive::{Connect, connect},
    ledger::Bookmark,
    limit::{Full, SessionLimit},
    receipted::Receipted,
    registry::Registry,
    remote::{self, RemotePosted},
    session::{PollSession, Polled, Posted, window},
    task,
    token::{self, Ticket},
    wire::{self, Malformed, Messages},
};
use crate::{
    address::Client,
    body::{Body, respond},
    failure, header,
    socket::{LongPoll, Params, Socket},
    transport::{Attempt, Denied, TransportOptions, unguessable_name},
};

/// The header in which clients of Phoenix 1.9 send their token. It wins over the parameter.
const TOKEN_HEADER: &str = "x-phoenix-longpoll-token";
/// The header in which clients send credentials for connect_info `auth_token`.
const AUTH_HEADER: &str = "x-phoenix-authtoken";

/// The longpoll transport of a mount.
pub(in crate::transport) struct LongPollTransport {
    options: &'static LongPoll,
    connect: Connect,
    sessions: Arc<Registry>,
    limit: Arc<SessionLimit>,
}

/// A request to a session, or to the transport itself.
enum RequestKind {
    Poll,
    Post,
    Preflight,
}

impl LongPollTransport {
    pub(in crate::transport) fn new<S: Socket>(options: &'static LongPoll) -> Self {
        LongPollTransport {
            options,
            connect: connect::<S>,
            sessions: Arc::default(),
            limit: Arc::default(),
        }
    }

    pub(super) fn options(&self) -> TransportOptions {
        self.options.into()
    }

    pub(super) async fn answer(&self, attempt: Attempt) -> Result<Response<Body>, Denied> {
        let mut response = self.decide(attempt).await.unwrap_or_else(Response::from);
        // The JavaScript client would crash on JSON that is not its own.
        failure::keep_bare(response.extensions_mut());
        response
            .headers_mut()
            .insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        Ok(response)
    }

    async fn decide(&self, attempt: Attempt) -> Result<Response<Body>, Denied> {
        let kind = match attempt.parts().method {
            Method::GET => RequestKind::Poll,
            Method::POST => RequestKind::Post,
            Method::OPTIONS => RequestKind::Preflight,
            _ => return Err(respond(StatusCode::BAD_REQUEST, "").into()),
        };
        let params = attempt.params()?;
        attempt.check_origin().map_err(|denied| match denied {
            Denied::Origin => wire::status(403).into(),
            other => other,
        })?;
        match kind {
            RequestKind::Poll => self.get(attempt, params).await,
            RequestKind::Post => self.post(attempt, params).await,
            RequestKind::Preflight => Ok(preflight(&attempt)),
        }
    }

    /// Waits for messages, or opens a session if there is none.
    async fn get(&self, attempt: Attempt, params: Params) -> Result<Response<Body>, Denied> {
        let ticket = self.ticket(&attempt, &params);
        let params = own_params(&attempt, params, ticket.is_some())?;
        if let Some(ticket) = ticket {
            let answer = match self.find(&attempt, &ticket) {
                Found::Here(session) => self.poll(&attempt, session, ticket).await?,
                Found::Elsewhere => self.poll_elsewhere(&attempt, ticket).await?,
                Found::Nowhere => None,
            };
            if let Some(answer) = answer {
                return Ok(wire::json(answer));
            }
        }
        self.open(attempt, params).await
    }

    /// `None` if the session has ended.
    async fn poll(
        &self,
        attempt: &Attempt,
        session: Arc<PollSession>,
        mut ticket: Ticket,
    ) -> Result<Option<Body>, Denied> {
        let mut window = pin!(window(attempt.handle(), self.window()));
        let polled = match session.poll(ticket.mark, window.as_mut()).await {
            Polled::Superseded => session.sit_out(window).await,
            polled => polled,
        };
        let Polled::Answer(elements, receipt) = polled else {
            return Ok(None);
        };
        ticket.mark = receipt.mark();
        let bytes = self.page(attempt, &ticket, &elements)?;
        Ok(Some(Body::new(Receipted::new(bytes, receipt))))
    }

    /// `None` if there is no such session.
    async fn poll_elsewhere(
        &self,
        attempt: &Attempt,
        mut ticket: Ticket,
    ) -> Result<Option<Body>, Denied> {
        let polled = remote::poll(attempt.handle(), &ticket, self.window(), self.patience()).await;
        let Some(polled) = polled else {
            return Ok(None);
        };
        ticket.mark = polled.mark;
        self.page(attempt, &ticket, &polled.elements)
            .map(|bytes| Some(bytes.into()))
    }

    /// Hands the body's messages to the session.
    async fn post(&self, mut attempt: Attempt, params: Params) -> Result<Response<Body>, Denied> {
        let gone = || wire::status(410);
        let ticket = self.ticket(&attempt, &params).ok_or_else(gone)?;
        let found = self.find(&attempt, &ticket);
        if matches!(found, Found::Nowhere) {
            return Err(gone().into());
        }
        let most = self.options.max_body_size;
        let length = attempt.body_length(most)?;
        // Until there is room for the body, it is not read and stays with the client.
        let room = match &found {
            Found::Here(session) => {
                let room = session.room(ticket.mark, length, self.window()).await;
                Some(room.ok_or_else(|| wire::status(408))?)
            }
            _ => None,
        };
        let body = attempt.read_body(most).await?;
        let messages = Messages::read(&attempt.parts().headers, body, self.options.max_batch)
            .map_err(|wrong| malformed(&attempt, wrong))?;
        let posted = match (found, room) {
            (Found::Here(session), Some(room)) => session.post(room, messages, self.window()).await,
            _ => self.post_elsewhere(&attempt, &ticket, messages).await?,
        };
        Ok(wire::status(match posted {
            Posted::Handled => 200,
            Posted::Late => 408,
        }))
    }

    async fn post_elsewhere(
        &self,
        attempt: &Attempt,
        ticket: &Ticket,
        messages: Messages,
    ) -> Result<Posted, Denied> {
        let (window, patience) = (self.window(), self.patience());
        match remote::post(attempt.handle(), ticket, messages, window, patience).await {
            RemotePosted::There(posted) => Ok(posted),
            RemotePosted::Gone => Err(wire::status(410).into()),
            RemotePosted::TooLarge => {
                let text = "the body is too large to be sent to the session's node";
                Err(respond(StatusCode::PAYLOAD_TOO_LARGE, text).into())
            }
        }
    }

    async fn open(&self, attempt: Attempt, params: Params) -> Result<Response<Body>, Denied> {
        let client = attempt.client_ip();
        let place = self.limit.take(self.options, client.map(Client::from));
        let place = place.map_err(|full| self.full(&attempt, full, client))?;
        let auth_token = header::values(&attempt.parts().headers, AUTH_HEADER)
            .next()
            .map(str::to_owned);
        let connected = (self.connect)(&attempt, params, auth_token).await;
        let (driver, outgoing) = connected.map_err(|denied| match denied {
            // The JavaScript client knows this status. It would crash on an unknown status in JSON.
            Denied::Refused(refused) if refused.status() == StatusCode::FORBIDDEN => {
                wire::status(403).into()
            }
            other => other,
        })?;
        let name = unguessable_name();
        let ticket = Ticket {
            context: Context::of(&attempt),
            node: attempt.handle().node().unwrap_or_default().to_owned(),
            endpoint: attempt.handle().endpoint_id().to_owned(),
            session: name.clone(),
            opened: token::now(),
            mark: Bookmark::default(),
        };
        let answer = wire::answer(410, &self.token(&attempt, &ticket)?, &[]);
        let (session, batches) = PollSession::new(
            name.into(),
            outgoing.into_replay(),
            self.options.max_body_size,
        );
        let listed = self.sessions.list(session.clone());
        let listening = remote::listen(&session);
        let patience = self.options.silence();
        driver.touch();
        let kept = (place, listed, listening);
        driver.spawn(Box::new(move |driver| {
            Box::pin(task::run(driver, batches, patience, kept))
        }));
        Ok(wire::json(answer.into()))
    }

    /// The answer to a client for which there is no place. It is not JSON: the JavaScript client
    /// treats that like any other failure, and comes back. It would crash on a status in JSON that
    /// it does not know.
    fn full(&self, attempt: &Attempt, full: Full, client: Option<IpAddr>) -> Response<Body> {
        let (status, text) = match full {
            Full::Client => (
                StatusCode::TOO_MANY_REQUESTS,
                "too many longpoll sessions of one client",
            ),
            Full::Mount => (
                StatusCode::SERVICE_UNAVAILABLE,
                "too many longpoll sessions",
            ),
        };
        let client = client.map(tracing::field::display);
        tracing::warn!(
            socket = attempt.socket(),
            client,
            "refused a longpoll session: {text}"
        );
        let mut response = respond(status, text);
        // By then the sessions of clients that have disconnected are over.
        let seconds = self.options.silence().as_millis().div_ceil(1000) as u64;
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
        response
    }

    /// The content of the request's token, if the token is valid.
    fn ticket(&self, attempt: &Attempt, params: &Params) -> Option<Ticket> {
        let header = header::values(&attempt.parts().headers, TOKEN_HEADER).next();
        let token = header.or_else(|| params.as_str("token").filter(|token| !token.is_empty()))?;
        Ticket::read(
            attempt.handle(),
            self.options.crypto,
            Context::of(attempt),
            token,
        )
        .ok()
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

    /// The text of an answer to a poll.
    fn page(
        &self,
        attempt: &Attempt,
        ticket: &Ticket,
        elements: &[Bytes],
    ) -> Result<Bytes, Denied> {
        let status = if elements.iter().all(Bytes::is_empty) {
            204
        } else {
            200
        };
        Ok(wire::answer(
            status,
            &self.token(attempt, ticket)?,
            elements,
        ))
    }

    fn token(&self, attempt: &Attempt, ticket: &Ticket) -> Result<String, Denied> {
        ticket
            .write(attempt.handle(), self.options.crypto)
            .ok_or(Denied::Crashed)
    }

    fn window(&self) -> Duration {
        self.options.window
    }

    fn patience(&self) -> Duration {
        self.options.pubsub_timeout
    }
}

/// Where a session is.
enum Found {
    Here(Arc<PollSession>),
    /// On another node, or nowhere. PubSub is asked.
    Elsewhere,
    Nowhere,
}

/// The application's parameters. Clients append the session's token to them, and it hides an
/// application's parameter of the same name. That parameter is needed again when a session is
/// opened in place of one that has ended.
fn own_params(attempt: &Attempt, params: Params, named: bool) -> Result<Params, Denied> {
    let mut pieces: Vec<&str> = attempt
        .parts()
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .collect();
    let tokens = pieces.iter().filter(|piece| is_token(piece)).count();
    let by_header = header::values(&attempt.parts().headers, TOKEN_HEADER)
        .next()
        .is_some();
    let session_token = if by_header || !(named || tokens > 1) {
        None
    } else {
        pieces.iter().rposition(|piece| is_token(piece))
    };
    match session_token {
        Some(place) => {
            pieces.remove(place);
            attempt.params_with(&pieces.join("&"))
        }
        None => Ok(params),
    }
}

/// Whether a piece of a query is the parameter `token`, however its name is escaped.
fn is_token(piece: &str) -> bool {
    let name = piece.split('=').next().unwrap_or_default();
    percent_decode_str(name).eq(b"token".iter().copied())
}

/// Tells the client what is wrong with its body, and the log too.
fn malformed(attempt: &Attempt, malformed: Malformed) -> Response<Body> {
    let (status, text) = match malformed {
        Malformed::TooMany => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body has too many messages",
        ),
        Malformed::NotUtf8 => (StatusCode::BAD_REQUEST, "a text message is not UTF-8"),
        Malformed::NotBase64 => (
            StatusCode::BAD_REQUEST,
            "a line is neither a JSON list nor a binary message in base64",
        ),
    };
    attempt.log_violation(text);
    respond(status, text)
}

/// The answer to a browser's preflight request.
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
    // Header values that were received are valid to send.
    if let Ok(asked) = HeaderValue::from_bytes(&asked.join(&b", "[..])) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked);
    }
    headers.insert(
        ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("get, post, options"),
    );
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    response
}
