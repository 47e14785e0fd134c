#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::{config::Config, pubsub::PubSub, state::AppState};

const REQUEST: OriginRequest<'static> = OriginRequest {
    scheme: "http",
    host: "localhost",
    port: 4000,
};

fn check(check: CheckOrigin<&'static [&'static str]>) -> OriginCheck {
    OriginCheck::compile(&check, Some("localhost")).unwrap()
}

fn endpoint() -> Handle {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let _entered = runtime.enter();
    Handle::new(
        "Site",
        Config::default(),
        PubSub::new(),
        AppState::default(),
    )
}

fn ask(function: OriginFunction, origin: &Origin) -> bool {
    function(origin, &endpoint())
}

fn list(patterns: &'static [&'static str]) -> OriginCheck {
    check(CheckOrigin::List(patterns))
}

fn allows(check: &OriginCheck, origin: &str) -> bool {
    check.allows(
        [&HeaderValue::from_str(origin).unwrap()].into_iter(),
        &REQUEST,
        ask,
    )
}

fn all_forms() -> [OriginCheck; 4] {
    [
        check(CheckOrigin::Host),
        list(&["//localhost"]),
        check(CheckOrigin::Conn),
        check(CheckOrigin::Function(|origin, _| origin.host.is_some())),
    ]
}

#[test]
fn a_list_compares_scheme_host_and_port() {
    let check = list(&[
        "https://example.com",
        "//another.com:888",
        "//*.other.com",
        "http://plain.com",
        "https://sec.com:8443",
        "https://*.tls.com",
        "//bare.com",
        "http://[::1]:4000",
    ]);
    let allowed = [
        "https://example.com",
        "https://example.com:443",
        "https://EXAMPLE.com",
        "HTTPS://example.com",
        "http://another.com:888",
        "https://another.com:888",
        "//another.com:888",
        "http://other.com",
        "http://a.other.com",
        "https://a.b.other.com:9999",
        "http://plain.com",
        "https://sec.com:8443",
        "https://tls.com",
        "https://x.tls.com",
        "http://bare.com:1234",
        "chrome-extension://bare.com",
        "http://[0:0::1]:4000",
    ];
    for origin in allowed {
        assert!(allows(&check, origin), "{origin}");
    }
    let refused = [
        "http://example.com",
        "https://example.com:8080",
        "https://evilexample.com",
        "https://example.com.evil.com",
        "https://another.com",
        "http://another.com:889",
        "http://aother.com",
        "http://other.com.evil.com",
        "http://.other.com",
        "http://a..other.com",
        "http://plain.com:8080",
        "https://sec.com",
        "http://x.tls.com",
        "http://bare.com.",
        "http://x.bare.com",
        "http://bare.com:abc",
        "http://bare.com:99999",
        "http://bare.com:+80",
        "http://bare.com@evil.com",
        "http://evil.com\\@bare.com",
        "http://a@b@bare.com",
        "http://[::1]",
        "http://[::1]:4000x",
        "http://[bare.com]",
        "bare.com",
        "bare.com:80",
    ];
    for origin in refused {
        assert!(!allows(&check, origin), "{origin}");
    }
}

#[test]
fn the_endpoints_host_is_compared_alone() {
    let check = check(CheckOrigin::Host);
    for origin in [
        "http://localhost",
        "https://localhost",
        "https://LocalHost:9999",
    ] {
        assert!(allows(&check, origin), "{origin}");
    }
    for origin in [
        "http://evil.com",
        "http://localhost.evil.com",
        "http://a.localhost",
        "http://127.0.0.1",
    ] {
        assert!(!allows(&check, origin), "{origin}");
    }
    let six = OriginCheck::compile(&CheckOrigin::<&[&str]>::Host, Some("::1")).unwrap();
    assert!(allows(&six, "http://[::1]:4000"));
}

#[test]
fn without_a_host_to_compare_with_any_host_will_do() {
    let check = OriginCheck::compile(&CheckOrigin::<Vec<String>>::Host, None).unwrap();
    assert!(allows(&check, "http://evil.com"));
    assert!(!allows(&check, "null"));
}

#[test]
fn conn_compares_with_the_request() {
    let check = check(CheckOrigin::Conn);
    assert!(allows(&check, "http://localhost:4000"));
    for origin in [
        "http://localhost",
        "https://localhost:4000",
        "ws://localhost:4000",
        "//localhost:4000",
    ] {
        assert!(!allows(&check, origin), "{origin}");
    }
    let plain = OriginRequest {
        scheme: "http",
        host: "Example.com",
        port: 80,
    };
    assert!(check.allows(
        [&HeaderValue::from_static("http://example.com")].into_iter(),
        &plain,
        ask
    ));
}

#[test]
fn a_function_is_asked_even_without_a_host() {
    let check = check(CheckOrigin::Function(|origin, _| origin.text == "null"));
    assert!(allows(&check, "null"));
    assert!(!allows(&check, "http://localhost"));
}

#[test]
fn requests_without_the_header_are_not_from_a_page() {
    for check in all_forms() {
        assert!(check.allows([].into_iter(), &REQUEST, ask), "{check:?}");
    }
}

#[test]
fn origins_without_host_several_and_unreadable_ones_are_refused() {
    let localhost = HeaderValue::from_static("http://localhost:4000");
    let bytes = HeaderValue::from_bytes(b"http://localhost:4000\xff").unwrap();
    for check in all_forms() {
        for origin in [
            "null",
            "",
            "file://",
            "http://",
            "http://:80",
            "example.com",
            "a b",
        ] {
            assert!(!allows(&check, origin), "{check:?} {origin}");
        }
        assert!(
            !check.allows([&bytes].into_iter(), &REQUEST, ask),
            "{check:?}"
        );
        assert!(
            check.allows([&localhost].into_iter(), &REQUEST, ask),
            "{check:?}"
        );
        assert!(
            !check.allows([&localhost, &localhost].into_iter(), &REQUEST, ask),
            "{check:?}"
        );
    }
}

#[test]
fn off_does_not_look() {
    let check = check(CheckOrigin::Off);
    assert!(allows(&check, "http://evil.com"));
    assert!(allows(&check, "null"));
    assert!(check.allows(
        [&HeaderValue::from_bytes(b"\xff").unwrap()].into_iter(),
        &REQUEST,
        ask
    ));
}

#[test]
fn all_that_is_wrong_with_a_list_is_said() {
    let empty: &[&str] = &[];
    assert!(
        OriginCheck::compile(&CheckOrigin::List(empty), None)
            .unwrap_err()
            .contains("empty list")
    );
    let both = OriginCheck::compile(&CheckOrigin::List(["a", "//b.com", "c"].as_slice()), None)
        .unwrap_err();
    assert_eq!(both.matches("has no host").count(), 2);
}

#[test]
fn apps_and_extensions_match_exactly() {
    let check = list(&["capacitor://localhost", "Ionic://LocalHost:8100", "app://-"]);
    for origin in [
        "capacitor://localhost",
        "CAPACITOR://localHOST",
        "ionic://localhost:8100",
        "app://-",
    ] {
        assert!(allows(&check, origin), "{origin}");
    }
    for origin in [
        "http://localhost",
        "capacitor://localhost:80",
        "capacitor://a.localhost",
        "capacitors://localhost",
        "ionic://localhost",
        "app://--",
        "file://localhost",
    ] {
        assert!(!allows(&check, origin), "{origin}");
    }
}

#[test]
fn a_page_from_a_file_is_nobodys() {
    for check in all_forms().into_iter().take(3) {
        for origin in [
            "file://",
            "file://localhost",
            "FILE://localhost:4000",
            "null",
        ] {
            assert!(!allows(&check, origin), "{check:?} {origin}");
        }
    }
}

#[test]
fn blanks_around_an_origin_are_no_part_of_it() {
    assert!(allows(&check(CheckOrigin::Host), "\t http://localhost "));
}

#[test]
fn an_origin_knows_how_it_is_listed() {
    for (text, entry) in [
        ("Capacitor://localhost", Some("capacitor://localhost")),
        ("https://example.com:443", Some("https://example.com")),
        ("http://[0:0::1]:4000", Some("http://[::1]:4000")),
        ("app://-:8", Some("app://-:8")),
        ("null", None),
        ("file://", None),
        ("file://localhost", None),
        ("ws://localhost", None),
    ] {
        assert_eq!(
            Origin::parse(text).unwrap().entry().as_deref(),
            entry,
            "{text}"
        );
    }
}

#[test]
fn a_constant_list_becomes_an_owned_one() {
    const CONSTANT: CheckOrigin<&[&str]> = CheckOrigin::List(&["//a.com"]);
    let owned: CheckOrigin = CONSTANT.into();
    assert_eq!(owned, CheckOrigin::List(vec!["//a.com".to_owned()]));
    assert_ne!(owned, CheckOrigin::Host);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*", pattern in "\\PC*") {
        let _ = (Origin::parse(&text).and_then(|origin| origin.entry()), Pattern::parse(&pattern));
    }

    #[test]
    fn what_an_origin_is_listed_as_matches_it_and_no_other(
        scheme in "[a-z][a-z0-9+.-]{0,6}",
        host in "[a-zA-Z0-9._~-]{1,8}",
        port in proptest::option::of(1u16..),
    ) {
        let text = port.map_or(format!("{scheme}://{host}"), |port| format!("{scheme}://{host}:{port}"));
        if let Some(entry) = Origin::parse(&text).and_then(|origin| origin.entry()) {
            let check = OriginCheck::compile(&CheckOrigin::List(vec![entry]), None).unwrap();
            prop_assert!(allows(&check, &text));
            for other in [format!("x{text}"), format!("{scheme}://x{host}"), format!("{scheme}://{host}:65535")] {
                prop_assert!(!allows(&check, &other) || other == text, "{}", other);
            }
        }
    }

    #[test]
    fn what_looks_like_an_origin_never_reaches_another_host(
        before in "[a-z.:@/?#\\[\\]*-]{0,12}",
        after in "[a-z.:@/?#\\[\\]*0-9-]{0,12}",
    ) {
        let check = list(&["https://*.example.com"]);
        let text = format!("https://{before}example.com{after}");
        if let Some(host) = Origin::parse(&text).and_then(|origin| origin.host) && allows(&check, &text) {
            prop_assert!(host == "example.com" || host.ends_with(".example.com"), "{}", text);
        }
    }

    #[test]
    fn a_plain_origin_allows_itself(
        scheme in "https?",
        host in "[a-z]([a-z0-9-]{0,7}[a-z0-9])?(\\.[a-z]{1,4}){0,2}",
        port in proptest::option::of(1u16..),
    ) {
        let text = port.map_or(format!("{scheme}://{host}"), |port| format!("{scheme}://{host}:{port}"));
        let check = OriginCheck::compile(&CheckOrigin::List(vec![text.clone()]), None).unwrap();
        prop_assert!(allows(&check, &text));
        let other = format!("https://x{host}");
        prop_assert!(!allows(&check, &other));
    }
}
