//! Who may see pages for developers.

use std::net::IpAddr;

use crate::{
    arrival,
    error_page::{DebugErrors, Head},
};

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

/// Whether the client of a request may see a page for developers. Another site may have its own
/// name resolve to this machine (DNS rebinding), so the request must use one of this machine's
/// names.
pub(in crate::error_page) fn may_see(declared: DebugErrors, head: &Head) -> bool {
    match declared {
        DebugErrors::Off => false,
        DebugErrors::Everyone => true,
        DebugErrors::Local => {
            let here = head.peer.is_some_and(|peer| is_loopback(peer.ip()));
            let forwarded = OF_PROXIES
                .iter()
                .any(|name| head.headers.contains_key(*name));
            here && !forwarded && is_own_name(arrival::named(&head.uri, &head.headers).host)
        }
    }
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

    fn sees(peer: Option<&str>, headers: &[(&str, &str)]) -> bool {
        let request = headers
            .iter()
            .fold(Request::get("/"), |request, (name, value)| {
                request.header(*name, *value)
            });
        let request = request.body(()).expect("a request");
        let head = Head {
            peer: peer.map(|peer| peer.parse().expect("an address")),
            ..Head::of(&request)
        };
        assert!(!may_see(DebugErrors::Off, &head));
        assert!(may_see(DebugErrors::Everyone, &head));
        may_see(DebugErrors::Local, &head)
    }

    #[test]
    fn only_this_machine_sees_them() {
        let host = |host| [("host", host)];
        for name in [
            "localhost",
            "localhost:4000",
            "app.localhost:4000",
            "127.0.0.1:4000",
            "[::1]:4000",
        ] {
            assert!(sees(Some("127.0.0.1:5000"), &host(name)), "{name}");
        }
        assert!(sees(Some("[::1]:5000"), &host("localhost")));
        assert!(sees(Some("[::ffff:127.0.0.1]:5000"), &host("localhost")));
    }

    #[test]
    fn others_do_not() {
        assert!(!sees(Some("10.0.0.7:5000"), &[("host", "localhost")]));
        assert!(!sees(None, &[("host", "localhost")]));
        for name in [
            "example.com",
            "localhost.example.com",
            "10.0.0.1",
            "",
            "127.0.0.1.nip.io",
        ] {
            assert!(!sees(Some("127.0.0.1:5000"), &[("host", name)]), "{name}");
        }
        for name in OF_PROXIES {
            let headers = [("host", "localhost"), (name, "x")];
            assert!(!sees(Some("127.0.0.1:5000"), &headers), "{name}");
        }
    }
}
