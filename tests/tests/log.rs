//! What a start logs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use landfall::{
    Endpoint,
    config::{Group, Http, Scheme, Setting, Settings, Url},
    endpoint::EndpointDef,
    origin::CheckOrigin,
};
use landfall_tests::logged::Log;

fn lines(log: &Log) -> Vec<String> {
    log.text()
        .lines()
        .map(|line| line.trim_start().to_owned())
        .collect()
}

struct Web;

impl Endpoint for Web {
    type State = ();
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Web",
        mounts: &[],
        ..EndpointDef::DEFAULT
    };

    fn settings() -> Settings {
        Settings {
            url: Url {
                host: Setting::given("Example.com"),
                scheme: Setting::given("https"),
                ..Url::DEFAULT
            },
            http: Group::on(Http {
                ip: Setting::given([127, 0, 0, 1]),
                port: Setting::exact(0),
                ..Http::DEFAULT
            }),
            secret_key_base: Setting::given("xy".repeat(32)),
            check_origin: Setting::exact(CheckOrigin::Off),
            ..Settings::default()
        }
    }
}

#[tokio::test]
async fn a_start_says_what_is_doubtful_and_where_it_listens() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .without_time()
        .with_target(false)
        .with_ansi(false)
        .with_writer(move || writer.clone());
    let _logging = tracing::subscriber::set_default(subscriber.finish());

    let web = Web::start().await.unwrap();
    let address = web.server_info(Scheme::Http).unwrap();
    let (said, version) = (lines(&log), env!("CARGO_PKG_VERSION"));
    let expected = [
        "WARN browsers send origins in lower case, `Example.com` will never equal one (`url.host` from macro at ",
        "WARN the port of `url()` would be the one that the system chooses, inferred from `http`, under scheme \
         `https` (`url.port` from the defaults)",
        "WARN any web site could open a socket in a visitor's name (`check_origin` from macro at ",
        &format!("INFO running Web with landfall {version} at {address} (http)"),
        &format!("INFO access Web at {}", web.url()),
    ];
    for line in expected {
        assert!(
            said.iter().any(|logged| logged.starts_with(line)),
            "{line} in {said:#?}"
        );
    }
    assert!(!said.concat().contains(&"xy".repeat(32)));
    web.shutdown().await.unwrap();
    assert!(
        lines(&log)
            .iter()
            .any(|line| line.starts_with("INFO stopped Web"))
    );
}

#[tokio::test]
async fn an_endpoint_that_never_ran_does_not_stop() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let set = |settings: &mut Settings| {
        let port = Setting::env_or_exact("A_PORT_THAT_NOBODY_SETS", port);
        settings.http = Group::on(Http {
            ip: Setting::given([127, 0, 0, 1]),
            port,
            ..Http::DEFAULT
        });
    };
    let error = Web::builder()
        .settings(set)
        .server(true)
        .start()
        .await
        .unwrap_err();
    drop(guard);
    let text = format!("{error:?}");
    let help = "help: choose another port: set the environment variable `A_PORT_THAT_NOBODY_SETS`, or `port` of `http`";
    assert!(text.ends_with(help), "{text}");
    assert!(
        !lines(&log).iter().any(|line| line.contains("stop")),
        "{:#?}",
        lines(&log)
    );
}

#[tokio::test]
async fn a_start_may_leave_out_where_it_is_reached() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let quiet = |settings: &mut Settings| settings.log_access_url = Setting::exact(false);
    let web = Web::builder().settings(quiet).start().await.unwrap();
    let said = log.text();
    assert!(said.contains("running Web"), "{said}");
    assert!(!said.contains("access Web"), "{said}");
    web.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_start_may_leave_out_where_it_listens() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let quiet = |settings: &mut Settings| settings.startup_log = Setting::exact(false);
    let web = Web::builder().settings(quiet).start().await.unwrap();
    let said = log.text();
    assert!(!said.contains("running Web"), "{said}");
    assert!(said.contains("access Web"), "{said}");
    web.shutdown().await.unwrap();
}

/// `resolve` says whether a start would listen. Nothing listens yet.
#[tokio::test]
async fn whether_it_listens_is_known_before_the_start() {
    let set = |settings: &mut Settings| settings.url.host = Setting::given("example.com");
    let config = Web::builder().settings(set).resolve().unwrap();
    assert!(config.listens());
    assert_eq!(config.url.host, "example.com");
    assert!(!Web::builder().server(false).resolve().unwrap().listens());
    let wrong = |settings: &mut Settings| settings.url.host = Setting::given("a b");
    let errors = Web::builder().settings(wrong).resolve().unwrap_err();
    assert!(errors.to_string().contains("`url.host`"), "{errors}");
}
