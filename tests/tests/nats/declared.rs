//! An endpoint whose declaration names the servers.

use std::path::PathBuf;

use landfall::{
    Endpoint, Running,
    config::{NatsSettings, ServerUrls, Setting},
    endpoint,
    pubsub::{
        Payload, PubSub,
        adapter::{Nats, NodeOptions},
    },
};
use landfall_tests::nats::Server;
use tokio::time::{Instant, timeout};

use crate::site::PATIENCE;

endpoint! {
    struct Web;

    pubsub(
        name = "declared",
        nats(
            url = env("LANDFALL_TEST_NATS").or(["nats://127.0.0.1:1", "nats://127.0.0.1:2"]),
            user = "ship",
            password = env("LANDFALL_TEST_NATS_PASSWORD"),
        ),
    );
}

endpoint! {
    struct Local;

    pubsub(required = false, nats(tls));
}

const LOGIN: &str = "authorization { user: ship, password: ahoy }";

async fn start(keys: impl FnOnce(&mut NatsSettings)) -> Result<Running<Web>, landfall::Error> {
    let builder = Web::builder().settings(|settings| {
        keys(settings.pubsub.nats.get_or_insert(NatsSettings::DEFAULT));
    });
    builder.start().await
}

fn at(server: &Server, password: &str) -> impl FnOnce(&mut NatsSettings) {
    let (url, password) = (server.url(), password.to_owned());
    move |nats| {
        nats.url = Setting::given(url);
        nats.password = Setting::given(password);
    }
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_declaration_names_the_servers() -> anyhow::Result<()> {
    let server = Server::start(LOGIN).await?;
    let (here, there) = (
        start(at(&server, "ahoy")).await?,
        start(at(&server, "ahoy")).await?,
    );
    let mut far = there.subscribe("room:1");
    far.confirmed().await?;
    here.broadcast("room:1", "said", Payload::EMPTY)?;
    assert_eq!(timeout(PATIENCE, far.recv()).await??.event(), "said");
    here.shutdown().await?;
    there.shutdown().await?;
    Ok(())
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn any_of_several_servers_will_do() -> anyhow::Result<()> {
    let server = Server::start(LOGIN).await?;
    let urls = ["nats://127.0.0.1:1".to_owned(), server.url()];
    let node = start(|nats| {
        nats.url = Setting::exact(ServerUrls::from(urls));
        nats.password = Setting::given("ahoy");
    });
    node.await?.shutdown().await?;
    Ok(())
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_wrong_password_ends_the_start_at_once_also_if_the_broker_is_not_required()
-> anyhow::Result<()> {
    let server = Server::start(LOGIN).await?;
    for required in [true, false] {
        let (builder, keys) = (Web::builder(), at(&server, "secret-word"));
        let builder = builder.settings(|settings| {
            settings.pubsub.required = Setting::exact(required);
            keys(settings.pubsub.nats.get_or_insert(NatsSettings::DEFAULT));
        });
        let started = Instant::now();
        let error = builder.start().await.expect_err("it is refused");
        assert!(error.is_broker(), "{error:?}");
        let told = format!("{error:?}");
        assert!(
            told.contains("the password or the token is wrong"),
            "{told}"
        );
        assert!(!told.contains("secret-word"), "{told}");
        assert!(started.elapsed() < PATIENCE);
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn the_url_may_say_who_the_node_is() -> anyhow::Result<()> {
    let server = Server::start(LOGIN).await?;
    let with_user = |password: &str| format!("nats://ship:{password}@{}", server.address());
    let at = |url: String| {
        start(|nats| {
            nats.url = Setting::given(url);
            nats.password = Setting::given("ahoy");
        })
    };
    let twice = at(with_user("ahoy")).await.expect_err("two users");
    let told = format!("{twice:?}");
    assert!(told.contains("more than one of"), "{told}");

    let connect = |url: String| PubSub::connect(Nats::new(url), NodeOptions::new("declared"));
    connect(with_user("%61hoy")).await?;
    let error = connect(with_user("secret-word")).await;
    let told = format!("{:?}", error.expect_err("a wrong password"));
    assert!(
        told.contains("is wrong") && !told.contains("secret-word"),
        "{told}"
    );
    Ok(())
}

#[tokio::test]
async fn a_node_that_does_not_require_its_broker_starts_alone() -> anyhow::Result<()> {
    let builder = Local::builder().settings(|settings| {
        let nats = settings.pubsub.nats.get_or_insert(NatsSettings::DEFAULT);
        nats.url = Setting::given("nats://127.0.0.1:1");
    });
    let node = builder.start().await?;
    assert!(node.node().is_some() && node.nodes().is_empty());
    let config = node.config();
    let nats = config.pubsub.nats.as_ref().expect("it is declared");
    assert!(nats.tls.is_some() && nats.user.is_none());
    node.shutdown().await?;
    Ok(())
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_file_names_the_servers() -> anyhow::Result<()> {
    let server = Server::start("authorization { token: ahoy }").await?;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("nats_servers.toml");
    let url = server.url();
    let keys = "[pubsub]\nrequired = true\n[pubsub.nats]\ntls = false\ntoken = \"ahoy\"\n";
    std::fs::write(
        &file,
        format!("{keys}url = [\"nats://127.0.0.1:1\", {url:?}]\n"),
    )?;
    let node = Local::builder().file(&file).start().await?;
    node.shutdown().await?;

    std::fs::write(&file, format!("{keys}user = \"ship\"\nurl = {url:?}\n"))?;
    let error = Local::builder().file(&file).start().await;
    let told = format!("{:?}", error.expect_err("a user without a password"));
    assert!(told.contains("`user` has no `password`"), "{told}");

    std::fs::write(&file, format!("{keys}url = \"http://ship:canary@host\"\n"))?;
    let error = Local::builder().file(&file).start().await;
    let error = error.expect_err("no URL of NATS");
    let told = format!("{error:?}");
    assert!(
        error.is_config() && told.contains("nats_servers.toml"),
        "{told}"
    );
    assert!(!told.contains("canary"), "{told}");
    Ok(())
}
