//! What is found, and how it is told.

use super::*;

#[test]
fn all_findings_come_together_with_their_origins() {
    let case = Case {
        declared: Settings {
            url: Url {
                host: Setting::given("a.com:4000"),
                port: Setting::env("URL_PORT"),
                ..Url::DEFAULT
            },
            http: Group::on(Http {
                port: Setting::env("PORT"),
                ip: Setting::given("nowhere"),
                ..Http::DEFAULT
            }),
            secret_key_base: Setting::env("SECRET"),
            ..Settings::default()
        },
        file: Some(
            "check_orgin = true\nserver = \"yes\"\n[url]\nscheme = \"htps\"\npath = 5\n[http]\nhots = 1",
        ),
        environment: &[("URL_PORT", "80a"), ("SECRET", "hunter2")],
        options: Settings {
            pubsub: PubSubSettings {
                queue: Setting::exact(0),
                queue_bytes: Setting::exact(0),
                ..PubSubSettings::DEFAULT
            },
            check_origin: Setting::exact(CheckOrigin::List(vec!["example.com".to_owned()])),
            ..Settings::default()
        },
    };
    let line = |message: &str, line: u32| format!("{message} macro at {}:{line})", file!());
    let host = line!() - 27;
    assert_eq!(
        case.findings(),
        [
            "unknown key `check_orgin` (from landfall.toml:1)".to_owned(),
            "unknown key `hots` in `http` (from landfall.toml:7)".to_owned(),
            line("`host` contains a port (`url.host` from", host),
            "`port` is a number, not `\"80a\"` (`url.port` from env URL_PORT)".to_owned(),
            "`scheme` is `\"http\"` or `\"https\"`, not `\"htps\"` (`url.scheme` from landfall.toml:4)".to_owned(),
            "`path` takes a string, this is a number (`url.path` from landfall.toml:5)".to_owned(),
            line(
                "this is not an IPv4 address (4 numbers 0-255) or IPv6 address (8 numbers 0-65535) (`http.ip` from",
                host + 6
            ),
            line("the environment variable `PORT` is not set (`http.port` from", host + 5),
            "`secret_key_base` has 7 bytes, sessions need at least 64 (`secret_key_base` from env SECRET)".to_owned(),
            "\"example.com\" has no host: an origin starts with `//` or a scheme (`check_origin` from start options)"
                .to_owned(),
            "`queue` must be positive (`pubsub.queue` from start options)".to_owned(),
            "`queue_bytes` must be positive (`pubsub.queue_bytes` from start options)".to_owned(),
            "`server` takes `true` or `false`, this is a string (`server` from landfall.toml:2)".to_owned(),
        ]
    );
}

#[test]
fn findings_help() {
    let errors = file("urll = 1\nsocket = \"/x\"\ncolour = 2\nurl = \"https://a.com\"")
        .resolve()
        .expect_err("wrong");
    let text = errors.to_string();
    assert!(
        text.starts_with("the configuration of `Chat` is wrong\n\n"),
        "{text}"
    );
    assert!(
        text.contains("unknown key `urll` (from landfall.toml:1)\n  help: did you mean `url`?"),
        "{text}"
    );
    assert!(
        text.contains("`socket` is fixed at compile time (from landfall.toml:2)"),
        "{text}"
    );
    assert!(
        text.contains("help: own settings go into `[extra]`"),
        "{text}"
    );
    assert!(
        text.contains("`url` is a group, not a value (from landfall.toml:4)"),
        "{text}"
    );
}

#[test]
fn numbers_have_their_ranges() {
    let range = |text| file(text).findings().remove(0);
    assert!(range("url.port = 0").starts_with("`port` must be between 1 and 65535 ("));
    assert!(range("url.port = 65536").starts_with("`port` must be between 1 and 65535 ("));
    assert!(range("url.port = -1").starts_with("`port` must be between 1 and 65535 ("));
    assert!(
        range("url.port = 99999999999999999999999")
            .starts_with("`port` must be between 1 and 65535 (")
    );
    assert!(range("http.port = 70000").starts_with("`port` must be between 0 and 65535 ("));
    assert!(range("http.port = \"80a\"").starts_with("`port` is a number, not `\"80a\"` ("));
    assert!(
        range("http.port = 1.5")
            .starts_with("`port` takes a number, this is a number with a fraction (")
    );
    assert!(range("http.max_headers = -3").starts_with("`max_headers` must be positive ("));
    assert!(
        range("http.max_head_bytes = 1").starts_with("`max_head_bytes` must be at least 8192 (")
    );
    assert!(range("http.max_connections = 0").starts_with("`max_connections` must be positive ("));
    assert!(
        range("http.max_connections_per_ip = 0")
            .starts_with("`max_connections_per_ip` must be positive (")
    );
    let both = range("http = { max_connections = 7, max_connections_per_ip = 8 }");
    assert!(
        both.starts_with(
            "`max_connections_per_ip` is more than `max_connections`: it limits nobody ("
        ),
        "{both}"
    );
    assert!(range("http.idle_timeout = \"0s\"").starts_with("`idle_timeout` must be positive ("));
    assert!(
        range("http.idle_timeout = \"999999h\"")
            .starts_with("`idle_timeout` must be at most a year (")
    );
    assert!(range("http.idle_timeout = 5").starts_with("`idle_timeout` needs a unit ("));
    assert!(
        range("http.idle_timeout = \"5 parsec\"")
            .starts_with("`idle_timeout` takes a time, not `\"5 parsec\"` (")
    );
    assert!(range("http.ip = [0, 0, 0, 256]").starts_with("this is not an IPv4 address"));
    assert!(range("http.ip = [0, 0, 0]").starts_with("this is not an IPv4 address"));
}

#[test]
fn paths_are_plain() {
    let finding = |text| file(text).findings().remove(0);
    assert!(finding("url.path = \"api\"").starts_with("`path` must start with `/` ("));
    assert!(finding("url.path = \"/api/\"").starts_with("`path` must not end with `/`: "));
    for path in [
        "url.path = \"/a//b\"",
        "url.path = \"/a?b\"",
        "url.path = \"/a/../b\"",
        "url.path = \"/a b\"",
    ] {
        assert!(
            finding(path).starts_with("`path` is not a plain absolute path ("),
            "{path}"
        );
    }
}
