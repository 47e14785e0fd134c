//! Requests that come from this machine, and not through a proxy.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, Uri};

use super::named;

/// Headers that only proxies add. Behind a proxy, every client has the proxy's address.
const OF_PROXIES: [&str; 8] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
    "cf-connecting-ip",
];

/// Whether a request comes from this machine. Another site may have its own name resolve to this
/// machine (DNS rebinding), so the request must use one of this machine's names.
pub(crate) fn is_local(peer: Option<SocketAddr>, uri: &Uri, headers: &HeaderMap) -> bool {
    let here = peer.is_some_and(|peer| is_loopback(peer.ip()));
    let forwarded = OF_PROXIES.iter().any(|name| headers.contains_key(*name));
    here && !forwarded && is_own_name(named(uri, headers).host)
}

fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

fn is_own_name(host: &str) -> bool {
    let address = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    let name = host.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || address.parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn is_local_from(peer: Option<&str>, headers: &[(&str, &str)]) -> bool {
        let request = headers
            .iter()
            .fold(Request::get("/"), |request, (name, value)| {
                request.header(*name, *value)
            });
        let request = request.body(()).expect("a request");
        let peer = peer.map(|peer| peer.parse().expect("an address"));
        is_local(peer, request.uri(), request.headers())
    }

    #[test]
    fn requests_of_this_machine_are() {
        let host = |host| [("host", host)];
        for name in [
            "localhost",
            "localhost:4000",
            "app.localhost:4000",
            "127.0.0.1:4000",
            "[::1]:4000",
        ] {
            assert!(is_local_from(Some("127.0.0.1:5000"), &host(name)), "{name}");
        }
        assert!(is_local_from(Some("[::1]:5000"), &host("localhost")));
        assert!(is_local_from(
            Some("[::ffff:127.0.0.1]:5000"),
            &host("localhost")
        ));
    }

    #[test]
    fn others_are_not() {
        assert!(!is_local_from(
            Some("10.0.0.7:5000"),
            &[("host", "localhost")]
        ));
        assert!(!is_local_from(None, &[("host", "localhost")]));
        for name in [
            "example.com",
            "localhost.example.com",
            "10.0.0.1",
            "",
            "127.0.0.1.nip.io",
        ] {
            assert!(
                !is_local_from(Some("127.0.0.1:5000"), &[("host", name)]),
                "{name}"
            );
        }
        for name in OF_PROXIES {
            let headers = [("host", "localhost"), (name, "x")];
            assert!(!is_local_from(Some("127.0.0.1:5000"), &headers), "{name}");
        }
    }
}
