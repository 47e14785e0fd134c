//! `init` that refuses, and `init` that fails.

use std::error::Error as _;

use landfall::{
    Error,
    config::{Config, ConfigError, Extra, Provenance, Setting},
    prelude::*,
};

use crate::{AppError, any, boxed, down};

macro_rules! starts {
    ($name:ident, $result:ty, $body:expr) => {
        endpoint! {
            struct $name;

            fn init(config: Config) -> $result {
                let inner: fn(Config) -> $result = $body;
                inner(config)
            }
        }
    };
}

type Alias<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

starts!(OfItself, Config, |mut config| {
    config.set_extra("seen", true);
    config
});
starts!(OfConfig, Result<Config, ConfigError>, |config| {
    config.extra::<Option<u16>>("workers")?;
    Err(ConfigError::new("the vault has no key").help("run `vault unseal`"))
});
starts!(OfIo, std::io::Result<Config>, |config| {
    down()?;
    Ok(config)
});
starts!(OfAny, anyhow::Result<Config>, |config| {
    any()?;
    Ok(config)
});
starts!(OfAlias, Alias<Config>, |config| {
    config.extra::<Option<u16>>("workers")?;
    boxed()?;
    Ok(config)
});
starts!(OfApp, Result<Config, AppError>, |config| {
    down()?;
    Ok(config)
});

/// The findings of a start that fails, and the text of its error.
async fn findings<E: Endpoint<State = ()>>(workers: Option<Extra>) -> (Vec<ConfigError>, String) {
    let started = E::builder().settings(|settings| {
        if let Some(workers) = workers {
            settings.extra("workers", Setting::exact(workers));
        }
    });
    let error: Error = started.start().await.expect_err("`init` fails");
    let text = format!("{error:?}");
    let findings = error.config_errors().expect("a finding of `init`");
    (findings.iter().cloned().collect(), text)
}

async fn one<E: Endpoint<State = ()>>() -> (String, String) {
    let (findings, text) = findings::<E>(None).await;
    let [finding] = &findings[..] else {
        panic!("{text}")
    };
    assert!(text.contains(E::DEF.name), "{text}");
    assert!(text.ends_with(&finding.to_string()), "{text}");
    assert_eq!(finding.key(), None);
    let cause = finding.source().expect("its cause is kept").to_string();
    (finding.to_string(), cause)
}

#[tokio::test]
async fn any_error_in_init_is_told_with_its_causes() {
    assert_eq!(
        one::<OfIo>().await,
        (
            "database down (from init)".to_owned(),
            "database down".to_owned()
        )
    );
    assert_eq!(
        one::<OfAny>().await,
        (
            "cannot find the user: database down (from init)".to_owned(),
            "cannot find the user".to_owned()
        )
    );
    for (told, cause) in [one::<OfAlias>().await, one::<OfApp>().await] {
        assert_eq!(told, "cannot read the store: database down (from init)");
        assert_eq!(cause, "cannot read the store");
    }
}

#[tokio::test]
async fn a_finding_of_init_keeps_its_key_its_source_and_its_help() {
    let (refused, text) = findings::<OfConfig>(None).await;
    assert!(
        text.ends_with("the vault has no key (from init)\n  help: run `vault unseal`"),
        "{text}"
    );
    assert!(refused[0].source().is_none());

    for (findings, text) in [
        findings::<OfConfig>(Some("many".into())).await,
        findings::<OfAlias>(Some("many".into())).await,
    ] {
        assert_eq!(findings[0].key(), Some("extra.workers"), "{text}");
        assert_eq!(
            findings[0].provenance(),
            Some(&Provenance::Options),
            "{text}"
        );
    }
}

#[tokio::test]
async fn init_may_return_the_configuration_itself() {
    let running = OfItself::start().await.expect("it starts");
    let seen = running.config().extra::<bool>("seen");
    assert_eq!(seen.ok(), Some(true));
    running.shutdown().await.expect("it stops");
}
