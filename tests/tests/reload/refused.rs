//! A configuration that is wrong changes nothing.

use landfall::{
    Error,
    config::{Group, Provenance, PubSubSettings, Secret, Setting},
    origin::CheckOrigin,
    prelude::*,
    testing,
};

use crate::{Echo, File, Web};

fn told(error: &Error, file: &File) -> Vec<String> {
    assert!(error.is_config(), "{error}");
    let path = file.path().to_str().unwrap();
    let findings = error.config_errors().unwrap().iter();
    findings
        .map(|finding| finding.to_string().replace(path, "FILE"))
        .collect()
}

#[tokio::test]
async fn a_key_of_the_start_is_refused_with_both_sources() {
    let file = File::new("refuse.toml", "[pubsub]\nqueue = 7\n");
    let site = testing::start::<Web>().file(file.path()).await;
    let before = site.config();
    file.write(
        "url.host = \"b.com\"\nserver = false\n[http]\nmax_headers = 60\nmax_connections = 7\n",
    );
    let error = site.reload().await.unwrap_err();
    let mut lines = include_str!("main.rs").lines();
    let line = 1 + lines.position(|line| line.contains("max_headers")).unwrap();
    let help = "help: take the change back, or start the endpoint again";
    let from = "cannot change while the endpoint runs; so far it came from";
    assert_eq!(
        told(&error, &file),
        [
            format!(
                "`max_headers` {from} macro at tests/tests/reload/main.rs:{line} (`http.max_headers` from FILE:4)\n  {help}"
            ),
            format!("`queue` {from} FILE:2 (`pubsub.queue` from the defaults)\n  {help}"),
        ]
    );
    let refused = error.config_errors().unwrap().iter().next().unwrap();
    assert_eq!(refused.key(), Some("http.max_headers"));
    assert!(matches!(
        refused.provenance(),
        Some(Provenance::File { line: 4, .. })
    ));
    assert_eq!(site.host(), "a.com");
    assert!(std::sync::Arc::ptr_eq(&before, &site.config()));
}

/// A group that is added or removed is one finding.
#[tokio::test]
async fn a_listener_neither_comes_nor_goes() {
    let site = testing::start::<Web>().await;
    let https = |settings: &mut landfall::config::Settings| {
        settings.https = Group::on(landfall::config::Https::DEFAULT);
    };
    let error = site.reload_with(https).await.unwrap_err();
    let keys: Vec<_> = error
        .config_errors()
        .unwrap()
        .iter()
        .filter_map(|error| error.key())
        .collect();
    assert_eq!(keys, ["https"]);
    site.reload().await.unwrap();
}

#[tokio::test]
async fn all_findings_come_at_once() {
    let file = File::new("findings.toml", "");
    let site = testing::start::<Web>().file(file.path()).await;
    file.write(
        "sever = true\ncheck_origin = [\"b.com\"]\nurl.port = \"x\"\nhttp.max_headers = 60\n",
    );
    let error = site.reload().await.unwrap_err();
    let first_words = |text: &String| text.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let told: Vec<_> = told(&error, &file).iter().map(first_words).collect();
    assert_eq!(told.len(), 4, "{error}");
    assert_eq!(told[0], "unknown key", "{error}");
    site.reload().await.unwrap_err();
    file.write("");
    site.reload().await.unwrap();

    std::fs::remove_file(file.path()).unwrap();
    let error = site.reload().await.unwrap_err();
    let told = error.config_errors().unwrap().iter().count();
    assert_eq!(told, 1, "only that the file is gone: {error}");
}

#[tokio::test]
async fn what_init_says_counts() {
    let site = testing::start::<Web>().await;
    let told = |text: &'static str| {
        site.reload_with(move |settings| {
            settings.url.host = Setting::given("b.com");
            settings.extra("init", Setting::given(text));
        })
    };
    let error = told("the vault is shut").await.unwrap_err().to_string();
    assert!(error.ends_with("the vault is shut (from init)"), "{error}");
    let error = told("panic").await.unwrap_err().to_string();
    assert!(
        error.ends_with("perhaps in `init`: init was told to"),
        "{error}"
    );
    assert_eq!(site.host(), "a.com");
    site.reload().await.unwrap();
}

endpoint! {
    struct Loose;
    socket("/loose", Echo, websocket(check_csrf = false));
}

#[tokio::test]
async fn a_mount_is_looked_at_again() {
    let site = testing::start::<Loose>().await;
    let off = site.reload_with(|settings| settings.check_origin = Setting::exact(CheckOrigin::Off));
    let error = off.await.unwrap_err().to_string();
    assert!(
        error.contains("one of `check_origin` and `check_csrf` must be on (`check_csrf of /loose`"),
        "{error}"
    );
    assert_eq!(site.config().check_origin, CheckOrigin::Host);
}

const CANARY: &str = "canary-canary-canary-canary-canary-canary-canary-canary-canary-canary";

#[tokio::test]
async fn secrets_are_compared_and_never_told() {
    let secret = |text: &str| format!("secret_key_base = \"{text}\"\nextra.token = \"{text}\"\n");
    let file = File::new("canary.toml", &secret(CANARY));
    let web = Web::builder()
        .file(file.path())
        .server(false)
        .start()
        .await
        .unwrap();
    let token = web.tokens("salt").unwrap().sign(&1).unwrap();
    web.reload().await.unwrap();
    assert!(
        web.tokens("salt")
            .unwrap()
            .verify::<u32>(token.as_str())
            .is_ok()
    );

    let changed = CANARY.replace("canary-canary", "canary-CANARY");
    file.write(&secret(&changed));
    let error = web.reload().await.unwrap_err();
    assert_eq!(
        error.config_errors().unwrap().iter().next().unwrap().key(),
        Some("secret_key_base")
    );
    file.write(&format!("{}pubsub.queue = \"{CANARY}\"", secret("canary")));
    let short = web.reload().await.unwrap_err();
    let options = PubSubSettings::DEFAULT;
    let builder = Web::builder().settings(|settings| {
        settings.pubsub = options;
        settings.secret_key_base = Setting::given(Secret::from(CANARY));
        settings.extra("token", Setting::given(CANARY));
    });
    let (changes, extra) = (web.changes(), web.changes().extra::<String>("token"));
    let all = format!(
        "{error} {error:?} {:?} {web:?} {:?} {:?} {builder:?} {changes:?} {extra:?} {:?}",
        error.config_errors(),
        web.handle(),
        web.config(),
        short.config_errors().map(|errors| errors
            .iter()
            .filter(|error| error.key() != Some("pubsub.queue"))
            .collect::<Vec<_>>()),
    );
    assert!(!all.to_lowercase().contains("canary-"), "{all}");
    assert!(!all.contains("`canary"), "{all}");
    web.shutdown().await.unwrap();
}
