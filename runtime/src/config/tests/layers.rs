//! How layers lie over one another, and `init` over all of them.

use super::*;

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
