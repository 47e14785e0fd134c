//! A request for a socket, and the steps that every transport takes with it.

use std::{
    fmt,
    future::Future,
    net::IpAddr,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use http::{
    HeaderValue, Request,
    header::{ORIGIN, SEC_WEBSOCKET_PROTOCOL},
    request::Parts,
};
use tracing::Instrument;

use super::{
    connecting,
    connection::{connected::Connected, driver::Driver, format::Format, outgoing::Outgoing},
    context::MountContext,
    denied::{Denied, LARGE_BODY},
    log::{self, Asked, LoggedRequest},
    pattern::NotUtf8,
    request, request_body,
};
use crate::{
    arrival,
    body::Body,
    force_ssl::{ForceSsl, Passage},
    handle::Handle,
    header,
    instrumenter::Mark,
    origin::{Origin, OriginFunction},
    pubsub::SubscriberId,
    session::{Chosen, Session, SessionSource},
    socket::{Brought, Connect, Inbox, Param, Params, QueryError, Socket, TransportOptions},
    telemetry::Timed,
    watchdog::Callback,
};

/// A request for a socket.
///
/// WebSocket and longpoll check the method first. They then take these steps in this order:
/// [`params`](Attempt::params), [`check_origin`](Attempt::check_origin), and for a new client
/// [`connect`](Attempt::connect), which reads connect_info and calls the application. A step that
/// refuses says why, and `?` turns the reason into the usual response. [All
/// steps](crate::transport#steps) stand in one place, with an example.
pub struct Attempt {
    pub(super) context: Arc<MountContext>,
    pub(super) parts: Parts,
    variables: Result<Params, NotUtf8>,
    /// Behind a lock only so that an attempt can be lent to a future.
    body: Mutex<Body>,
}

impl Attempt {
    pub(super) fn new(
        context: Arc<MountContext>,
        variables: Result<Params, NotUtf8>,
        request: Request<Body>,
    ) -> Self {
        let (parts, body) = request.into_parts();
        Attempt {
            context,
            parts,
            variables,
            body: Mutex::new(body),
        }
    }

    /// Method, path, headers and extensions of the request.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Reads the request's body, at most `most` bytes. A second call returns an empty body.
    ///
    /// # Errors
    /// If the body is larger (refused unread if its announced length says so), takes longer than a
    /// minute, or breaks off.
    pub async fn read_body(&mut self, most: usize) -> Result<Bytes, Denied> {
        let read = request_body::read(self.take_body(), most).await;
        read.inspect_err(|denied| self.log_large_body(denied))
    }

    /// How many bytes [`read_body`](Attempt::read_body) may bring, for those who make room before
    /// they read.
    ///
    /// # Errors
    /// When it would refuse the body unread.
    pub fn body_length(&mut self, most: usize) -> Result<usize, Denied> {
        let body = self.body.get_mut().unwrap_or_else(PoisonError::into_inner);
        let length = request_body::length(body, most);
        length.inspect_err(|denied| self.log_large_body(denied))
    }

    /// Logs that the client broke the protocol or a limit. `text` says how, without quoting the
    /// client.
    pub fn log_violation(&self, text: &str) {
        log::broke(self.socket(), text);
    }

    fn log_large_body(&self, denied: &Denied) {
        if matches!(denied, Denied::LargeBody) {
            self.log_violation(LARGE_BODY);
        }
    }

    /// Takes the request's body, to be read piece by piece. A second call returns an empty body.
    /// Its size is not limited.
    pub fn take_body(&mut self) -> Body {
        std::mem::take(self.body.get_mut().unwrap_or_else(PoisonError::into_inner))
    }

    /// The endpoint that the client came to.
    pub fn handle(&self) -> &Handle {
        &self.context.handle
    }

    /// The path of the mount as it is declared, such as `"/room/:name"`.
    pub fn mount_path(&self) -> &'static str {
        self.context.path
    }

    /// The options of this transport at this mount.
    pub fn options(&self) -> &TransportOptions {
        &self.context.options
    }

    /// The name of the socket's type, for logs.
    pub fn socket(&self) -> &'static str {
        self.context.socket
    }

    /// The client's address. Behind trusted proxies, it is the address that they forward. `None` if
    /// it is not known.
    pub fn client_ip(&self) -> Option<IpAddr> {
        request::client(&self.context.handle, &self.parts)
    }

    /// Query and path parameters; a path parameter wins over a query parameter of the same name.
    ///
    /// # Errors
    /// If they are not UTF-8, or too long.
    pub fn params(&self) -> Result<Params, Denied> {
        self.params_with(self.parts.uri.query().unwrap_or_default())
    }

    /// [`params`](Attempt::params) as if the request had this query, for transports that add
    /// parameters of their own to it.
    ///
    /// # Errors
    /// As for [`params`](Attempt::params).
    pub fn params_with(&self, query: &str) -> Result<Params, Denied> {
        let mut params = Params::from_query(query).map_err(|error| match error {
            QueryError::NotUtf8 => Denied::NotUtf8,
            QueryError::TooLong => Denied::TooLong,
        })?;
        let variables = self.variables.as_ref().map_err(|_| Denied::NotUtf8)?;
        for (name, value) in variables.iter() {
            params.insert(name, value.clone());
        }
        Ok(params)
    }

    /// The variables of the path. Empty if they are not UTF-8, which [`params`](Attempt::params)
    /// refuses.
    pub fn path_params(&self) -> &Params {
        const NONE: &Params = &Params::EMPTY;
        self.variables.as_ref().unwrap_or(NONE)
    }

    /// Refuses web pages of foreign origins: see `check_origin`. A request without an `Origin`
    /// header does not come from a web page.
    ///
    /// # Errors
    /// If the origin is not allowed.
    pub fn check_origin(&self) -> Result<(), Denied> {
        let origins = self.parts.headers.get_all(ORIGIN);
        if origins.iter().next().is_none() {
            return Ok(());
        }
        let authority = arrival::authority(&self.parts);
        // The check may be a function of the application.
        let ask =
            |function: OriginFunction, origin: &Origin| function(origin, &self.context.handle);
        let configured = self.context.handle.origins();
        let check = self.context.origin.now(&configured);
        let allows = || check.allows(origins.iter(), &authority, ask);
        match self.context.watched.call(Callback::CheckOrigin, allows) {
            Ok(true) => Ok(()),
            Ok(false) => {
                let conn = check.is_conn().then_some(&authority);
                log::origin_refused(&self.context, origins.iter(), conn);
                Err(Denied::Origin)
            }
            Err(panic) => {
                tracing::error!(
                    socket = self.context.socket,
                    "check_origin panicked: {panic}"
                );
                Err(Denied::Crashed)
            }
        }
    }

    /// Redirects a request that did not come over TLS, as the directive `force_ssl` does for all
    /// requests of an endpoint: for a transport whose endpoint does not declare it. Headers of
    /// [`rewrite_on`](ForceSsl::rewrite_on) are believed first, so this comes before all other
    /// steps.
    ///
    /// Returns the value of the header `strict-transport-security` for the response, if it is to
    /// have one.
    ///
    /// # Errors
    /// With the redirect.
    pub fn force_ssl(&mut self, force: &ForceSsl) -> Result<Option<HeaderValue>, Denied> {
        let handle = &self.context.handle;
        if !force.rewrite_on.is_empty() {
            let proxies = &handle.config().trusted_proxies;
            arrival::rewrite(&mut self.parts, force.rewrite_on, proxies);
        }
        match force.pass(&self.parts, handle) {
            Passage::Free => Ok(None),
            Passage::Secure => Ok(force.header()),
            Passage::Redirected(response) => Err(response.into()),
        }
    }

    /// The first of the server's subprotocols that the client offers (RFC 6455 §1.9), or `None` if
    /// the request has no such header.
    ///
    /// # Errors
    /// If the client offers subprotocols, and none of them is supported.
    pub fn check_subprotocols(
        &self,
        supported: &[&'static str],
    ) -> Result<Option<&'static str>, Denied> {
        let Some(offered) = header::texts(&self.parts.headers, &SEC_WEBSOCKET_PROTOCOL) else {
            return Ok(None);
        };
        match supported.iter().find(|own| offered.contains(own)) {
            Some(own) => Ok(Some(own)),
            None => {
                log::no_subprotocol(&self.context, &offered, supported);
                Err(Denied::Subprotocol)
            }
        }
    }

    /// Reads connect_info, calls the application's `connect`, and opens a connection whose messages
    /// are formatted by `F`.
    ///
    /// `auth_token` is the token that the client gave. It is used only if
    /// [`TransportOptions::auth_token`](super::TransportOptions::auth_token) is on. The caller runs
    /// the driver in a task of its own ([`Driver::spawn`]), and calls [`Driver::init`] first. What
    /// the socket sends is read from the other half.
    ///
    /// # Errors
    /// If the endpoint is stopping, or if `connect` refuses, fails or panics.
    pub async fn connect<S: Socket, F: Format>(
        &self,
        params: Params,
        auth_token: Option<String>,
    ) -> Result<(Driver<S>, Outgoing), Denied> {
        let connected = self.ask::<S>(params, auth_token).await?;
        Ok(Driver::new::<F>(connected, self.context.clone()))
    }

    /// Calls the application's `connect`.
    #[expect(
        clippy::manual_async_fn,
        reason = "an `async fn` has room for its arguments twice"
    )]
    pub(super) fn ask<S: Socket>(
        &self,
        params: Params,
        auth_token: Option<String>,
    ) -> impl Future<Output = Result<Connected<S>, Denied>> + Send {
        async move {
            let context = &*self.context;
            if context.is_stopping() {
                return Err(Denied::Stopping);
            }
            let id = SubscriberId::new();
            let inbox = match S::HANDLES_INFO {
                true => Inbox::new(
                    id,
                    context.handle.pubsub().clone(),
                    context.meters.mailbox(),
                ),
                false => Inbox::NONE,
            };
            let mut info = request::info(&context.options.connect_info, &self.parts);
            if let Some(token) = auth_token.filter(|_| context.options.auth_token) {
                info.get_or_insert_default().auth_token = Some(token);
            }
            if let Some(source) = context.options.connect_info.session
                && let Some(keys) = context.handle.keys()
            {
                let options = self.session(source)?;
                let token = params.get(request::CSRF_PARAM).and_then(Param::as_str);
                let (check, headers) = (context.options.check_csrf, &self.parts.headers);
                if let Some(session) = Session::granted(options, check, &keys, headers, token) {
                    info.get_or_insert_default().session = Some(session);
                }
            }
            let mut connect = Connect {
                mailbox: inbox.mailbox(),
                brought: Box::new(Brought {
                    params,
                    info,
                    handle: context.handle.clone(),
                    transport: context.kind,
                    mounted: context.mounted.clone(),
                    options: context.shared_options.clone(),
                    speaks: None,
                }),
            };
            // Without instrumenters, it is not moved.
            let mut mark = Mark::NONE;
            if context.handle.instrumenters().any() {
                (connect, mark) = connecting::begin(context, connect);
            }
            let asked = Asked::begin(context, &connect.brought.params, &self.parts.headers);
            let span = log::connecting(context, &self.parts.headers);
            let connecting = async {
                match connect.given() {
                    Some(socket) => Ok(socket),
                    None => S::connect(connect).await,
                }
            };
            let connecting = connecting.instrument(span);
            let connecting = pin!(Some(connecting));
            let timed = Timed::begin();
            let connected = context.watched.run(Callback::Connect, connecting).await;
            context.called(Callback::Connect, timed);
            mark.end(connected.is_ok());
            match connected {
                Ok(Ok(socket)) => {
                    if let Some(asked) = asked {
                        asked.connected(socket.serializer());
                    }
                    Ok(Connected {
                        socket,
                        id,
                        peer: self.client_ip(),
                        inbox,
                    })
                }
                Ok(Err(refused)) => {
                    let failed = refused.is_failure();
                    context
                        .meters
                        .refused(if failed { "failed" } else { "refused" });
                    if let Some(asked) = asked {
                        asked.refused(&refused);
                    }
                    Err(Denied::Refused(refused))
                }
                Err(panic) => {
                    tracing::error!(socket = context.socket, "connect panicked: {panic}");
                    Err(Denied::Crashed)
                }
            }
        }
    }

    /// The options of the session. They may be what a function of the application computes.
    fn session(&self, source: SessionSource) -> Result<Chosen, Denied> {
        let choose = || source.choose(&self.parts, &self.context.handle);
        match self.context.watched.call(Callback::Session, choose) {
            Ok(chosen) => chosen.ok_or(Denied::Crashed),
            Err(panic) => {
                tracing::error!(
                    socket = self.socket(),
                    "the function of `session` panicked: {panic}"
                );
                Err(Denied::Crashed)
            }
        }
    }

    /// What `transport_log` wants to be logged of this request.
    pub(super) fn log_line(&self) -> Option<LoggedRequest> {
        self.context
            .options
            .transport_log
            .map(|level| LoggedRequest::new(&self.context, level, &self.parts))
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The query and the headers may hold credentials.
        f.debug_struct("Attempt")
            .field("method", &self.parts.method)
            .field("path", &self.parts.uri.path())
            .field("transport", &self.context.kind)
            .finish_non_exhaustive()
    }
}
