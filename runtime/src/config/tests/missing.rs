//! Variables that are not set, and secrets.

use super::*;

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
fn a_missing_secret_may_stand_in_the_file_but_has_no_default() {
    let errors = secret_of_a_variable(None).resolve().expect_err("no secret");
    let text = errors.to_string();
    assert!(
        text.ends_with("help: set it, or `secret_key_base` in the configuration file"),
        "{text}"
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
