//! Settings of other libraries.

use super::*;

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
