//! Layers, with an environment and a file that exist only in these tests.

mod groups;
mod keys;
mod places;

use std::{env::VarError, net::IpAddr, path::Path, time::Duration};

use proptest::prelude::*;

use super::{resolve::Below, *};
use crate::origin::CheckOrigin;

/// One endpoint's layers.
#[derive(Default)]
struct Case {
    declared: Settings,
    file: Option<&'static str>,
    environment: &'static [(&'static str, &'static str)],
    options: Settings,
}

impl Case {
    fn resolve(self) -> Result<Config, ConfigErrors> {
        self.resolve_with(Ok)
    }

    fn resolve_with(
        self,
        init: impl FnOnce(Config) -> Result<Config, ConfigError>,
    ) -> Result<Config, ConfigErrors> {
        let resolved = self.resolve_after(None, init)?;
        Ok(Config::clone(&resolved.config))
    }

    /// Resolves them as a running endpoint does, whose configuration is `before`.
    fn resolve_after(
        self,
        before: Option<&Resolved>,
        init: impl FnOnce(Config) -> Result<Config, ConfigError>,
    ) -> Result<Resolved, ConfigErrors> {
        let file = self
            .file
            .map(|text| file::File::new(Path::new("landfall.toml"), text.to_owned()));
        let environment = |name: &str| {
            let found = self
                .environment
                .iter()
                .find(|(variable, _)| *variable == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        };
        let Case {
            declared, options, ..
        } = &self;
        Below {
            endpoint: "Chat",
            declared,
            file,
            environment: &environment,
            options,
            before,
            examine: &|_| Vec::new(),
        }
        .resolve(Vec::new(), Vec::new(), init)
    }

    fn config(self) -> Config {
        self.resolve().unwrap_or_else(|errors| panic!("{errors}"))
    }

    /// Each error with the source of its value, without help.
    fn findings(self) -> Vec<String> {
        let errors = self.resolve().expect_err("something should be wrong");
        errors
            .iter()
            .map(|error| error.to_string().lines().take(1).collect())
            .collect()
    }
}

fn file(text: &'static str) -> Case {
    Case {
        file: Some(text),
        ..Case::default()
    }
}

fn port(port: Setting<u16>) -> Settings {
    Settings {
        http: Group::on(Http {
            port,
            ..Http::DEFAULT
        }),
        ..Settings::default()
    }
}

fn listens_on(case: Case) -> Option<u16> {
    case.config().http.map(|http| http.port)
}

#[test]
fn later_layers_win_key_by_key() {
    let declared = || port(Setting::env_or_exact("PORT", 4000));
    let case = || Case {
        declared: declared(),
        ..Case::default()
    };
    assert_eq!(listens_on(case()), Some(4000));
    assert_eq!(
        listens_on(Case {
            file: Some("[http]\nport = 4001"),
            ..case()
        }),
        Some(4001)
    );
    let environment: &[_] = &[("PORT", "4002")];
    let with_environment = || Case {
        file: Some("[http]\nport = 4001"),
        environment,
        ..case()
    };
    assert_eq!(listens_on(with_environment()), Some(4002));
    let with_options = || Case {
        options: port(Setting::exact(4003)),
        ..with_environment()
    };
    assert_eq!(listens_on(with_options()), Some(4003));
    let config = with_options().resolve_with(|mut config| {
        config
            .http
            .as_mut()
            .into_iter()
            .for_each(|http| http.port = 4004);
        Ok(config)
    });
    assert_eq!(
        config
            .ok()
            .and_then(|config| config.http)
            .map(|http| http.port),
        Some(4004)
    );
}

#[test]
fn without_layers_the_defaults_hold() {
    let config = Case::default().config();
    assert_eq!(config.url, UrlConfig::default());
    assert_eq!((config.listens(), config.pubsub.queue), (false, 65_536));
    assert_eq!(config.check_origin, CheckOrigin::Host);
}

#[test]
fn a_listener_means_that_the_endpoint_serves() {
    assert!(file("[http]").config().listens());
    assert!(!file("server = false\n[http]").config().listens());
    assert_eq!(
        file("server = true").findings(),
        ["`server = true` but no listener is configured (`server` from landfall.toml:1)"]
    );
}

#[test]
fn a_listener_has_a_port_of_its_own() {
    let config = file("[http]\n[https]").config();
    assert_eq!(config.http.map(|http| http.port), Some(4000));
    assert_eq!(config.https.map(|https| https.port), Some(4040));
}

#[test]
fn a_file_turns_off_what_the_declaration_turns_on() {
    let listener = || Settings {
        http: Group::on(Http {
            port: Setting::env_or_exact("PORT", 4001),
            ..Http::DEFAULT
        }),
        static_url: Group::on(Url::DEFAULT),
        ..Settings::default()
    };
    let off = || Case {
        declared: listener(),
        environment: &[("PORT", "4002")],
        ..file("http = false\nstatic_url = false")
    };
    let config = off().config();
    assert!(config.http.is_none() && config.static_url.is_none() && !config.listens());
    let on_again = Case {
        options: listener(),
        ..off()
    };
    assert_eq!(on_again.config().http.map(|http| http.port), Some(4002));
    // The endpoint's own section wins in both cases.
    let section = |text| Case {
        declared: listener(),
        ..file(text)
    };
    let config = section("[http]\nport = 1\n[Chat]\nhttp = false").config();
    assert!(config.http.is_none());
    let config = section("http = false\n[Chat.http]\nport = 2").config();
    assert_eq!(config.http.map(|http| http.port), Some(2));
    for text in ["http = true", "pubsub = false"] {
        let found = file(text).findings();
        assert!(found[0].contains("is a group, not a value"), "{found:?}");
    }
}

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
fn a_missing_variable_is_forgiven_if_another_layer_has_the_key() {
    let declared = || port(Setting::env("PORT"));
    assert_eq!(
        listens_on(Case {
            declared: declared(),
            file: Some("http.port = 1"),
            ..Case::default()
        }),
        Some(1)
    );
    assert_eq!(
        listens_on(Case {
            declared: declared(),
            options: port(Setting::exact(2)),
            ..Case::default()
        }),
        Some(2)
    );
    let config = Case {
        declared: declared(),
        ..Case::default()
    }
    .resolve_with(|mut config| {
        config
            .http
            .as_mut()
            .into_iter()
            .for_each(|http| http.port = 3);
        Ok(config)
    });
    assert!(config.is_ok());
    let errors = Case {
        declared: declared(),
        ..Case::default()
    }
    .resolve()
    .expect_err("not set");
    let help = "help: set it, or say what stands in for it: `env(\"PORT\").or(..)`";
    assert!(errors.to_string().ends_with(help), "{errors}");
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

#[test]
fn trusted_proxies_come_from_every_layer() {
    let declared = |setting| Case {
        declared: Settings {
            trusted_proxies: setting,
            ..Settings::default()
        },
        environment: &[("PROXIES", " 10.0.0.1, fd00::/8,unix "), ("NOBODY", "")],
        ..Case::default()
    };
    let of = |setting| declared(setting).config().trusted_proxies;
    assert_eq!(of(Setting::UNSET), TrustedProxies::none());
    assert_eq!(
        of(Setting::given(vec!["::1".to_owned()])),
        TrustedProxies::from(["::1"])
    );
    let several = TrustedProxies::from(["10.0.0.1", "fd00::/8", "unix"]);
    assert_eq!(of(Setting::env("PROXIES")), several);
    assert_eq!(
        of(Setting::env_or("NOBODY", ["::1"])),
        TrustedProxies::none()
    );
    let changed = declared(Setting::given(["::1"])).resolve_with(|mut config| {
        config.trusted_proxies = ["nobody"].into();
        Ok(config)
    });
    let error = changed.expect_err("wrong").to_string();
    assert!(
        error.contains(
            "`\"nobody\"` is neither an address nor a network (`trusted_proxies` from init"
        ),
        "{error}"
    );
}

#[test]
fn trusted_proxies_are_addresses_and_networks() {
    for (list, text) in [
        (
            "[\"proxy\"]",
            "`\"proxy\"` is neither an address nor a network (",
        ),
        (
            "[\"10.0.0.0/33\"]",
            "the prefix of `\"10.0.0.0/33\"` must be at most 32 (",
        ),
        (
            "[\"10.0.0.1/8\"]",
            "`\"10.0.0.1/8\"` is an address inside of a network (",
        ),
        (
            "[8]",
            "`trusted_proxies` takes a list of strings, this has a number (",
        ),
        ("\"10.0.0.1\"", "`trusted_proxies` takes a list ("),
        ("true", "`trusted_proxies` takes a list, this is `true` ("),
    ] {
        let finding = file(Box::leak(
            format!("trusted_proxies = {list}").into_boxed_str(),
        ))
        .findings()
        .remove(0);
        assert!(finding.starts_with(text), "{finding}");
    }
}

#[test]
fn check_origin_has_four_forms() {
    let check = |text| file(text).config().check_origin;
    assert_eq!(check("check_origin = true"), CheckOrigin::Host);
    assert_eq!(check("check_origin = false"), CheckOrigin::Off);
    assert_eq!(check("check_origin = \"conn\""), CheckOrigin::Conn);
    let finding = |text| file(text).findings().remove(0);
    assert!(finding("check_origin = \"con\"").starts_with("unknown value `con` ("));
    assert!(
        finding("check_origin = \"https://a.com\"").starts_with("`check_origin` takes a list (")
    );
    assert!(finding("check_origin = []").starts_with("an empty list refuses every browser ("));
    assert!(
        finding("check_origin = [1]")
            .starts_with("`check_origin` takes a list of strings, this has a number (")
    );

    let declared = || Settings {
        check_origin: Setting::env("ORIGINS"),
        ..Settings::default()
    };
    let environment: &[_] = &[("ORIGINS", "//a.com, https://b.com")];
    let config = Case {
        declared: declared(),
        environment,
        ..Case::default()
    }
    .config();
    assert_eq!(
        config.check_origin,
        CheckOrigin::List(vec!["//a.com".to_owned(), "https://b.com".to_owned()])
    );
}

#[test]
fn extra_is_laid_over_table_by_table() {
    let mut declared = Settings::default();
    declared.extra(
        "a",
        Setting::given(Extra::table([("x", 1), ("y", 1), ("z", 1)])),
    );
    declared.extra("name", Setting::env_or("NAME", "none"));
    let mut options = Settings::default();
    options.extra("a", Setting::given(Extra::table([("z", 3)])));
    let environment: &[_] = &[("NAME", "some")];
    let config = Case {
        declared,
        file: Some("[extra.a]\ny = 2\nz = 2"),
        environment,
        options,
    }
    .config();
    let a: serde_json::Value = config.extra("a").expect("any");
    assert_eq!(a, serde_json::json!({"x": 1, "y": 2, "z": 3}));
    assert_eq!(
        config
            .extra::<Option<String>>("name")
            .expect("a text")
            .as_deref(),
        Some("some")
    );
    assert!(config.extra::<bool>("name").is_err());
    assert_eq!(config.extra::<Option<bool>>("other").ok(), Some(None));
    let missing = config.extra::<bool>("other").expect_err("it is not set");
    assert_eq!(
        missing.to_string(),
        "`other` is not set (`extra.other` from the defaults)\n  help: read it as an `Option` if it need not be set"
    );
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "reading it is the test")]
struct Mailer {
    port: u16,
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    tls: Option<bool>,
}

#[test]
fn a_setting_of_another_type_is_told_like_all_other_keys() {
    let told = |text| match file(text).config().extra::<Mailer>("mailer") {
        Err(error) => error.to_string(),
        other => panic!("{text}: {other:?}"),
    };
    let at = |line| format!("from landfall.toml:{line})");
    for (text, finding) in [
        (
            "[extra.mailer]\n\nport = \"hunter2\"",
            format!(
                "`port` takes a number, this is a string (`extra.mailer.port` {}",
                at(3)
            ),
        ),
        (
            "[extra.mailer]\nport = 123456",
            format!(
                "`port` does not fit: it takes u16 (`extra.mailer.port` {}",
                at(2)
            ),
        ),
        (
            "[extra]\nmailer = { port = 1, hosts = [\"a\", 5] }",
            format!(
                "`hosts[1]` takes a string, this is a number (`extra.mailer.hosts[1]` {}",
                at(2)
            ),
        ),
        (
            "[extra.mailer]\nport = 1\ntls = 1",
            format!(
                "`tls` takes `true` or `false`, this is a number (`extra.mailer.tls` {}",
                at(3)
            ),
        ),
        (
            "\n[extra.mailer]\ntls = true",
            format!("`mailer` has no `port` (`extra.mailer` {}", at(2)),
        ),
        (
            "extra.mailer = 5",
            format!(
                "`mailer` takes a table, this is a number (`extra.mailer` {}",
                at(1)
            ),
        ),
        (
            "[extra.mailer]\nprt = 1",
            format!(
                "unknown key `prt` in `mailer` (`extra.mailer` {}\n  help: did you mean `port`?",
                at(1)
            ),
        ),
    ] {
        assert_eq!(told(text), finding);
    }
}

#[test]
fn the_source_of_a_setting_is_that_of_the_layer_that_says_it() {
    let mut declared = Settings::default();
    declared.extra(
        "a",
        Setting::given(Extra::table([
            ("x", Extra::from("text")),
            ("y", "text".into()),
        ])),
    );
    declared.extra("workers", Setting::env("WORKERS"));
    declared.extra("debug", Setting::env("DEBUG"));
    let mut options = Settings::default();
    options.extra("a", Setting::given(Extra::table([("z", "text")])));
    let environment: &[_] = &[("WORKERS", "8"), ("DEBUG", "maybe")];
    let case = Case {
        declared,
        file: Some("[extra.a]\ny = \"text\""),
        environment,
        options,
    };
    let config = case
        .resolve_with(|mut config| {
            config.set_extra("b", "text");
            Ok(config)
        })
        .unwrap_or_else(|errors| panic!("{errors}"));
    let text = |error: ConfigError| error.to_string();
    macro_rules! source_of {
        ($part:ident) => {{
            #[derive(Debug, serde::Deserialize)]
            #[expect(dead_code, reason = "reading it is the test")]
            struct Part {
                $part: u8,
            }
            let error = config.extra::<Part>("a").err();
            error.and_then(|error| error.provenance().map(Provenance::to_string))
        }};
    }
    assert!(source_of!(x).is_some_and(|source| source.starts_with("macro at ")));
    assert_eq!(source_of!(y).as_deref(), Some("landfall.toml:2"));
    assert_eq!(source_of!(z).as_deref(), Some("start options"));
    assert_eq!(config.extra::<u16>("workers").ok(), Some(8));
    assert_eq!(
        config.extra::<bool>("debug").err().map(text),
        Some(
            "`debug` takes `true` or `false`, this is a string (`extra.debug` from env DEBUG)"
                .to_owned()
        )
    );
    assert_eq!(
        config.extra::<u8>("b").err().map(text),
        Some("`b` takes a number, this is a string (`extra.b` from init)".to_owned())
    );
}

#[test]
fn names_of_extra_may_have_dots() {
    let config = file("[extra]\n\"a.b\" = 1").config();
    assert_eq!(config.extra::<u8>("a.b").ok(), Some(1));
}

#[test]
fn a_listener_that_init_adds_is_served() {
    let config = Case::default().resolve_with(|mut config| {
        config.http = Some(HttpConfig::default());
        Ok(config)
    });
    assert!(config.is_ok_and(|config| config.listens()));
}

#[test]
fn what_init_says_is_checked_and_named() {
    let wrong = Case::default().resolve_with(|mut config| {
        config.url.host = "a b".to_owned();
        Ok(config)
    });
    assert!(wrong.is_err_and(|errors| {
        errors
            .to_string()
            .contains("\"a b\" is not a host name (`url.host` from init)\n  help: labels of")
    }));
    let refused =
        Case::default().resolve_with(|_| Err(ConfigError::new("no vault").help("open it")));
    assert!(refused.is_err_and(|errors| {
        errors
            .to_string()
            .ends_with("no vault (from init)\n  help: open it")
    }));
}

#[test]
fn secrets_stay_secret() {
    let secret = "correct horse battery staple, correct horse battery staple, 0123";
    let mut case = Case::default();
    case.declared.secret_key_base = Setting::given(secret);
    case.declared.extra(
        "mailer",
        Setting::given(Extra::table([("password", "staple")])),
    );
    assert!(!format!("{:?}", case.declared).contains("horse"));
    assert!(!format!("{:?}", case.declared).contains("staple"));
    let config = case.config();
    assert_eq!(
        config.secret_key_base.as_ref().map(Secret::expose),
        Some(secret.as_bytes())
    );
    assert!(!format!("{config:?}").contains("horse") && !format!("{config:?}").contains("staple"));
    for text in [
        "secret_key_base = \"hunter2",
        "secret_key_base = [\"hunter2\"]",
        "secret_key_base = hunter2",
    ] {
        let errors = file(text).resolve().expect_err("wrong");
        assert!(
            !format!("{errors} {errors:?}").contains("hunter2"),
            "{errors}"
        );
    }
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

/// A secret that only an unset variable sets.
fn secret_of_a_variable(file: Option<&'static str>) -> Case {
    Case {
        declared: Settings {
            secret_key_base: Setting::env("SECRET_KEY_BASE"),
            ..Settings::default()
        },
        file,
        ..Case::default()
    }
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
    let absent = layers.resolve(Ok).expect_err("there is no such file");
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
fn a_secret_of_one_character_is_refused_as_in_a_declaration() {
    let findings = Case {
        declared: Settings {
            secret_key_base: Setting::given("x".repeat(64)),
            ..Settings::default()
        },
        ..Case::default()
    }
    .findings();
    assert!(
        findings[0]
            .starts_with("`secret_key_base` is one character repeated: anybody can guess it"),
        "{findings:?}"
    );
}

#[test]
fn what_is_missing_is_still_told_beside_what_is_wrong_in_a_file() {
    let findings = secret_of_a_variable(Some("[http]\nport = 70000")).findings();
    assert_eq!(findings.len(), 2, "{findings:?}");
}

#[test]
fn a_missing_secret_may_stand_in_the_file_but_has_no_default() {
    let errors = secret_of_a_variable(None).resolve().expect_err("no secret");
    let text = errors.to_string();
    assert!(
        text.ends_with("help: set it, or `secret_key_base` in the configuration file"),
        "{text}"
    );
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

/// If a file has a mistake, `init` is not called, and the keys that it would set are unknown.
#[test]
fn what_init_has_said_is_not_missed_where_it_was_not_called() {
    let init = |mut config: Config| {
        config.pubsub.queue = 7;
        Ok(config)
    };
    let before = Case::default().resolve_after(None, init).expect("defaults");
    let told = |case: Case, init: fn(Config) -> Result<Config, ConfigError>| {
        let errors = case.resolve_after(Some(&before), init);
        errors
            .expect_err("a mistake")
            .iter()
            .map(|error| error.message().to_owned())
            .collect::<Vec<_>>()
    };
    let wrong = told(file("sever = true\nurl.port = 1"), Ok);
    assert_eq!(wrong, ["unknown key `sever`"]);
    assert_eq!(
        told(Case::default(), |_| Err(ConfigError::new("no vault"))),
        ["no vault"]
    );
    let refused = told(Case::default(), Ok);
    assert_eq!(
        refused,
        ["`queue` cannot change while the endpoint runs; so far it came from init"]
    );
}

#[test]
fn cipher_suites_come_from_text_and_lists() {
    let declared = || Settings {
        https: Group::on(Https {
            ciphers: Setting::env_or("CIPHERS", ["TLS_AES_128_GCM_SHA256"]),
            ..Https::DEFAULT
        }),
        ..Settings::default()
    };
    let spoken = |case: Case| {
        let https = case.config().https.expect("`https`");
        https.ciphers.iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let case = Case {
        declared: declared(),
        ..Case::default()
    };
    assert_eq!(spoken(case), ["TLS_AES_128_GCM_SHA256"]);
    let both = [
        "TLS_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    ];
    let case = Case {
        declared: declared(),
        environment: &[(
            "CIPHERS",
            "TLS_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        )],
        ..Case::default()
    };
    assert_eq!(spoken(case), both);
    let text =
        "https.ciphers = [\"TLS_AES_256_GCM_SHA384\", \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"]";
    assert_eq!(spoken(file(text)), both);
    let wrong = file("https.ciphers = [\"RC4-MD5\"]").findings();
    assert_eq!(
        wrong,
        [
            "\"RC4-MD5\" is not a cipher suite that is spoken here (`https.ciphers` from landfall.toml:1)"
        ]
    );
}

#[test]
fn only_an_ipv6_address_can_leave_ipv4_out() {
    let wrong = file("http = { ip = \"0.0.0.0\", ipv6_only = true }").findings();
    assert_eq!(
        wrong,
        [
            "`ipv6_only` has no effect without an IPv6 address (`http.ipv6_only` from landfall.toml:1)"
        ]
    );
    let http = file("http = { ip = \"::\", ipv6_only = true }")
        .config()
        .http;
    assert!(http.is_some_and(|http| http.ipv6_only));
}
