//! What a file can say, and what is told of one that cannot be read.

use super::*;

#[test]
fn a_file_can_say_every_key() {
    let config = file(
        r#"
        secret_key_base = "correct horse battery staple, correct horse battery staple, 0123"
        check_origin = ["https://example.com", "//*.example.org"]
        trusted_proxies = ["10.0.0.0/8", "::1", "unix"]
        server = false
        url = { host = "a.com", port = "8443", scheme = "https", path = "/chat" }
        static_url.host = "cdn.com"
        [http]
        ip = [127, 0, 0, 1]
        port = 0
        header_timeout = "500ms"
        idle_timeout = "5m"
        max_headers = 0x20
        max_head_bytes = 10_000
        max_connections = 7
        max_connections_per_ip = 5
        [drainer]
        shutdown = "1h"
        [pubsub]
        queue = 9
        queue_bytes = 1_000_000
        [extra]
        live_view = { signing_salt = "x", sizes = [1, 2.5], on = true }
        "#,
    )
    .config();
    let http = config.http.clone().expect("a listener");
    assert_eq!(
        (config.url.host.as_str(), config.url.port),
        ("a.com", Some(8443))
    );
    assert_eq!(
        (config.url.scheme, config.url.path.as_str()),
        (Some(Scheme::Https), "/chat")
    );
    assert_eq!(
        config.static_url.as_ref().map(|url| url.host.as_str()),
        Some("cdn.com")
    );
    assert_eq!(
        (http.ip.clone(), http.port),
        (Ips::from(IpAddr::from([127, 0, 0, 1])), 0)
    );
    assert_eq!(http.header_timeout, Duration::from_millis(500));
    assert_eq!(http.idle_timeout, Duration::from_secs(300));
    assert_eq!(
        config.drainer.as_ref().map(|drainer| drainer.shutdown),
        Some(Duration::from_secs(3600))
    );
    assert_eq!(
        (http.max_headers, http.max_head_bytes, http.max_connections),
        (32, 10_000, Some(7))
    );
    assert_eq!(http.max_connections_per_ip, Some(5));
    assert_eq!(
        config.trusted_proxies,
        TrustedProxies::from(["10.0.0.0/8", "::1", "unix"])
    );
    assert_eq!(
        (config.pubsub.queue, config.pubsub.queue_bytes),
        (9, 1_000_000)
    );
    let origins = ["https://example.com", "//*.example.org"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(config.check_origin, CheckOrigin::List(origins));
    let extra: serde_json::Value = config.extra("live_view").expect("a table");
    assert_eq!(
        extra,
        serde_json::json!({"signing_salt": "x", "sizes": [1, 2.5], "on": true})
    );
}

#[test]
fn a_file_that_is_not_toml_is_reported_by_line() {
    let findings = file("[url]\nhost = \n[http]\nport = = 1").findings();
    assert!(
        findings
            .iter()
            .any(|finding| finding.ends_with("(from landfall.toml:2)")),
        "{findings:?}"
    );
    assert!(
        findings
            .iter()
            .any(|finding| finding.ends_with("(from landfall.toml:4)")),
        "{findings:?}"
    );
}

proptest! {
    #[test]
    fn no_file_makes_it_panic(text in ".{0,200}") {
        let _ = parse(text);
    }

    #[test]
    fn no_file_that_looks_like_one_makes_it_panic(
        lines in proptest::collection::vec(
            "(\\[(url|http|extra|pubsub)\\]|(host|port|url|http\\.ip|server|check_origin|queue) ?= ?[\\[\\]{}\"a-z0-9.,:*/é'-]{0,12})",
            0..8,
        )
    ) {
        let _ = parse(lines.join("\n"));
    }
}

fn parse(text: String) -> Result<Config, ConfigErrors> {
    let file = file::File::new(Path::new("landfall.toml"), text);
    let nothing = Settings::default();
    let environment = &|_: &str| Err(VarError::NotPresent);
    let below = Below {
        endpoint: "Chat",
        declared: &nothing,
        file: Some(file),
        environment,
        options: &nothing,
        before: None,
        examine: &|_| Vec::new(),
    };
    let resolved = below.resolve(Vec::new(), Vec::new(), Ok)?;
    Ok(Config::clone(&resolved.config))
}

#[test]
fn nothing_is_missed_that_may_stand_in_a_file_that_cannot_be_read() {
    let malformed = secret_of_a_variable(Some("[http\nport = 1")).findings();
    assert_eq!(malformed.len(), 1, "{malformed:?}");
    assert!(malformed[0].ends_with("(from landfall.toml:1)"));

    let layers = Layers {
        endpoint: "Chat",
        declared: &secret_of_a_variable(None).declared,
        file: Some(Path::new("/nowhere/landfall.toml")),
        options: &Settings::default(),
        found: Vec::new(),
        before: None,
        examine: &|_| Vec::new(),
    };
    let absent = layers.resolve(&Ok).expect_err("there is no such file");
    let absent: Vec<_> = absent.iter().map(ConfigError::message).collect();
    assert_eq!(absent.len(), 1, "{absent:?}");
    assert!(absent[0].starts_with("cannot read the configuration file"));
}

#[test]
fn nothing_is_said_of_what_an_unreadable_part_of_the_file_may_say() {
    let case = || Case {
        declared: Settings {
            server: Setting::exact(true),
            ..Settings::default()
        },
        ..Case::default()
    };
    assert_eq!(case().findings().len(), 1);
    let file = Some("[http\nport = 4000");
    let findings = Case { file, ..case() }.findings();
    assert!(
        findings.len() == 1 && findings[0].ends_with("(from landfall.toml:1)"),
        "{findings:?}"
    );

    let mut wrong = case();
    wrong.file = file;
    wrong.declared.url.host = Setting::given("a b");
    let findings = wrong.findings();
    assert!(
        findings.len() == 2 && findings[1].starts_with("\"a b\" is not a host name"),
        "{findings:?}"
    );
}

#[test]
fn what_is_missing_is_still_told_beside_what_is_wrong_in_a_file() {
    let findings = secret_of_a_variable(Some("[http]\nport = 70000")).findings();
    assert_eq!(findings.len(), 2, "{findings:?}");
}

#[test]
fn the_cause_of_an_unreadable_file_is_kept() {
    use std::error::Error;

    let error = file::File::read(Path::new("/nowhere/landfall.toml")).expect_err("no such file");
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<std::io::Error>());
    assert_eq!(
        cause.map(std::io::Error::kind),
        Some(std::io::ErrorKind::NotFound)
    );
}
