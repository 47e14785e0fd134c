use http::{HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().expect(text)
}

fn headers(lines: &[&str]) -> HeaderMap {
    lines
        .iter()
        .map(|line| {
            (
                HeaderName::from_static(FORWARDED_FOR),
                HeaderValue::from_bytes(line.as_bytes()).expect("a value"),
            )
        })
        .collect()
}

/// The client of a request from `10.0.0.1`, which is believed as all of `10.0.0.0/8` is.
#[track_caller]
fn assert_client(lines: &[&str], client: &str) {
    let proxies = TrustedProxies::from(["10.0.0.0/8", "fd00::/8"]);
    assert_eq!(
        proxies.client_ip(Some(ip("10.0.0.1")), &headers(lines)),
        Some(ip(client)),
        "{lines:?}"
    );
    assert_eq!(
        proxies.client_ip(Some(ip("::ffff:10.0.0.1")), &headers(lines)),
        Some(ip(client)),
        "{lines:?}"
    );
}

#[test]
fn the_first_from_the_right_that_is_no_proxy_is_the_client() {
    assert_client(&[], "10.0.0.1");
    assert_client(&["192.0.2.1"], "192.0.2.1");
    assert_client(&["6.6.6.6, 192.0.2.1"], "192.0.2.1");
    assert_client(&["6.6.6.6, 192.0.2.1 ,10.0.0.2,\tfd00::7"], "192.0.2.1");
    assert_client(&["6.6.6.6", "192.0.2.1", "10.0.0.2"], "192.0.2.1");
    assert_client(&["192.0.2.1, , 10.0.0.2,"], "192.0.2.1");
    assert_client(&["::ffff:192.0.2.1"], "192.0.2.1");
    assert_client(&["192.0.2.1, ::ffff:10.0.0.2"], "192.0.2.1");
    assert_client(&["192.0.2.1:4711"], "192.0.2.1");
    assert_client(&["[2001:db8::1]:4711"], "2001:db8::1");
    assert_client(&["[2001:db8::1]"], "2001:db8::1");
    assert_client(&["2001:db8::1"], "2001:db8::1");
}

/// A client inside the network of the proxies.
#[test]
fn among_proxies_alone_the_farthest_is_the_client() {
    assert_client(&["10.9.9.9, 10.0.0.2"], "10.9.9.9");
}

#[test]
fn what_is_no_address_is_not_passed() {
    for line in [
        "unknown",
        "_hidden",
        "192.0.2.1, unknown",
        "192.0.2.1, x, 10.0.0.2",
        "192.0.2",
        "é",
        "\"192.0.2.1\"",
    ] {
        assert_client(&[line], "10.0.0.1");
    }
    assert_client(&["garbage, 192.0.2.1"], "192.0.2.1");
}

#[test]
fn who_is_not_trusted_is_not_believed() {
    let lines = headers(&["192.0.2.1"]);
    for proxies in [
        TrustedProxies::none(),
        TrustedProxies::from(["10.0.0.1", "unix", "2001:db8::/32"]),
    ] {
        for peer in ["10.0.0.2", "2001:db9::1"] {
            assert_eq!(
                proxies.client_ip(Some(ip(peer)), &lines),
                Some(ip(peer)),
                "{proxies:?}"
            );
        }
    }
    assert_eq!(
        TrustedProxies::from(["0.0.0.0/0"]).client_ip(None, &lines),
        None
    );
    assert_eq!(
        TrustedProxies::from(["unix"]).client_ip(None, &lines),
        Some(ip("192.0.2.1"))
    );
    assert_eq!(
        TrustedProxies::from(["unix"]).client_ip(None, &headers(&["x"])),
        None
    );
}

#[test]
fn networks_are_compared_by_their_prefix() {
    let trusts = |entry: &str, peer: &str| TrustedProxies::from([entry]).trusts(Some(ip(peer)));
    assert!(trusts("10.0.0.0/9", "10.127.255.255") && !trusts("10.0.0.0/9", "10.128.0.0"));
    assert!(trusts("0.0.0.0/0", "1.2.3.4") && !trusts("0.0.0.0/0", "::1"));
    assert!(trusts("::/0", "2001:db8::1") && !trusts("::/0", "1.2.3.4"));
    assert!(trusts("::ffff:10.0.0.0/104", "10.1.2.3") && trusts("10.0.0.0/8", "::ffff:10.1.2.3"));
    assert!(trusts("::1", "::1") && !trusts("::1", "::2") && trusts("1.2.3.4/32", "1.2.3.4"));
}

proptest! {
    #[test]
    fn never_panics(entry in "[0-9a-f.:/\\[\\]]{0,24}", line in "[0-9a-f.:/\\[\\], ]{0,40}") {
        let _ = TrustedProxies::from([entry.as_str(), "unix"]).client_ip(None, &headers(&[&line]));
    }
}
