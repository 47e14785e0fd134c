//! What a transport reads from the request that opens a connection.

use std::net::IpAddr;

use http::{HeaderMap, header::USER_AGENT, request::Parts};

use crate::{
    arrival::authority,
    handle::Handle,
    interop,
    origin::OriginRequest,
    socket::{ConnectInfo, Headers, InfoValues, PeerData, RequestUri},
};

/// The parameter by which a page proves that it is the application's own.
pub(super) const CSRF_PARAM: &str = "_csrf_token";

/// The client's address. Behind trusted proxies, it is the address that they forward.
pub(crate) fn client(handle: &Handle, parts: &Parts) -> Option<IpAddr> {
    let peer = interop::peer(&parts.extensions).map(|address| address.ip());
    handle
        .config()
        .trusted_proxies
        .client_ip(peer, &parts.headers)
}

/// What the mount grants of the request; `auth_token` and `session` are found elsewhere. `None` if
/// it grants nothing.
pub(crate) fn info(granted: &ConnectInfo, parts: &Parts) -> Option<Box<InfoValues>> {
    if granted.is_nothing_of_request() {
        return None;
    }
    let headers = &parts.headers;
    let starting_with = |prefix: &str| collect(headers, |name| name.starts_with(prefix));
    Some(Box::new(InfoValues {
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
    }))
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
    let address = interop::peer(&parts.extensions)?;
    Some(PeerData {
        ssl_cert: interop::certificate(&parts.extensions),
        ..PeerData::new(address)
    })
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
