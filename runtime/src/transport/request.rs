//! What a transport reads from the request that opens a connection.

use std::net::IpAddr;

use http::{
    HeaderMap,
    header::{HOST, USER_AGENT},
    request::Parts,
};

use crate::{
    crypto::{Keys, cookie},
    handle::Handle,
    header, interop,
    origin::OriginRequest,
    session::{Session, SessionOptions},
    socket::{ConnectInfo, Headers, InfoValues, Param, Params, PeerData, RequestUri},
};

/// The parameter by which a page shows that it is the application's own.
const CSRF_PARAM: &str = "_csrf_token";

/// Scheme, host and port, as the client named them. Who names several hosts has none.
pub(crate) fn authority(parts: &Parts) -> OriginRequest<'_> {
    let scheme = parts.uri.scheme_str().unwrap_or("http");
    let named = match parts.uri.authority() {
        Some(authority) => authority.as_str().rsplit('@').next().unwrap_or_default(),
        None => header::one(&parts.headers, HOST)
            .and_then(|host| str::from_utf8(host).ok())
            .unwrap_or_default(),
    };
    let (host, port) = header::host_and_port(named);
    let default = if scheme == "https" { 443 } else { 80 };
    OriginRequest {
        scheme,
        host,
        port: port.and_then(|port| port.parse().ok()).unwrap_or(default),
    }
}

/// The address of who asks: behind proxies that are trusted, the one that they forward.
pub(crate) fn client(handle: &Handle, parts: &Parts) -> Option<IpAddr> {
    let peer = interop::peer(&parts.extensions).map(|address| address.ip());
    handle
        .config()
        .trusted_proxies
        .client_ip(peer, &parts.headers)
}

/// What the mount grants of the request; `auth_token` and `session` are found elsewhere.
pub(crate) fn info(granted: &ConnectInfo, parts: &Parts) -> InfoValues {
    let headers = &parts.headers;
    let starting_with = |prefix: &str| collect(headers, |name| name.starts_with(prefix));
    InfoValues {
        peer_data: granted.peer_data.then(|| peer_data(parts)).flatten(),
        x_headers: granted.x_headers.then(|| starting_with("x-")),
        trace_context_headers: granted.trace_context_headers.then(|| {
            collect(headers, |name| {
                name == "traceparent" || name == "tracestate"
            })
        }),
        uri: granted.uri.then(|| uri(parts)),
        user_agent: granted.user_agent.then(|| text(headers)).flatten(),
        sec_websocket_headers: granted
            .sec_websocket_headers
            .then(|| starting_with("sec-websocket-")),
        auth_token: None,
        session: None,
        custom: granted.custom,
    }
}

/// The session that the mount grants; `None` whatever the reason is: who may not have it is told nothing.
pub(crate) fn session(
    options: &'static SessionOptions,
    check_csrf: bool,
    keys: &Keys,
    headers: &HeaderMap,
    params: &Params,
) -> Option<Session> {
    let token = params.get(CSRF_PARAM).and_then(Param::as_str);
    if check_csrf && token.is_none() {
        return None;
    }
    let mut cookies = cookie::all(headers, options.key).peekable();
    cookies.peek()?;
    let session = Session::read(options, keys, cookies);
    let allowed = !check_csrf || token.is_some_and(|token| session.is_csrf_token(token));
    allowed.then_some(session)
}

fn collect(headers: &HeaderMap, wanted: impl Fn(&str) -> bool) -> Headers {
    let wanted = headers.iter().filter(|(name, _)| wanted(name.as_str()));
    wanted
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn text(headers: &HeaderMap) -> Option<String> {
    headers
        .get(USER_AGENT)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn peer_data(parts: &Parts) -> Option<PeerData> {
    interop::peer(&parts.extensions).map(PeerData::new)
}

/// The path is the whole one, with what a nesting router has stripped.
fn uri(parts: &Parts) -> RequestUri {
    let OriginRequest { scheme, host, port } = authority(parts);
    RequestUri {
        scheme: if scheme == "https" { "https" } else { "http" },
        host: host.to_owned(),
        port,
        path: interop::full_uri(parts).path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
    }
}
