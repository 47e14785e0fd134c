//! Nodes that reach each other by a NATS server.

mod cluster;
mod declared;
mod limits;
mod permissions;
mod secured;
mod site;
mod topics;
mod trouble;

use landfall::{
    pubsub::{
        PubSub,
        adapter::{ConnectError, Nats, NodeOptions},
    },
    testing,
};
use landfall_tests::nats::Server;
use tokio::time::{Duration, Instant};

use crate::site::PATIENCE;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server"]
async fn the_adapter_keeps_to_the_contract() -> anyhow::Result<()> {
    let server = Server::start("").await?;
    testing::conformance(|| Nats::new(server.url())).await;
    Ok(())
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_wrong_password_is_an_error_at_once() -> anyhow::Result<()> {
    let server = Server::start("authorization { user: ship, password: ahoy }").await?;
    let options = || NodeOptions::new("chat");
    let right = Nats::new(server.url()).user("ship", "ahoy");
    assert!(PubSub::connect(right, options()).await.is_ok());
    let wrong = Nats::new(server.url()).user("ship", "secret-word");
    let error = PubSub::connect(wrong, options())
        .await
        .expect_err("refused");
    assert!(matches!(error, ConnectError::Refused(_)), "{error}");
    assert!(!error.to_string().contains("secret-word"), "{error}");
    let token = Nats::new(server.url()).token("secret-word");
    assert!(!format!("{token:?}").contains("secret-word"));
    assert!(PubSub::connect(token, options()).await.is_err());
    Ok(())
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn credentials_that_are_none_are_an_error_at_once() -> anyhow::Result<()> {
    let server = Server::start("").await?;
    let nowhere = Nats::new(server.url()).credentials("no/such/file.creds");
    let nothing = Nats::new(server.url()).credentials("Cargo.toml");
    for (nats, expected) in [
        (
            nowhere,
            "cannot read the credentials in `no/such/file.creds`",
        ),
        (nothing, "`Cargo.toml` has no credentials of NATS"),
    ] {
        let error = PubSub::connect(nats, NodeOptions::new("chat")).await;
        let error = error.expect_err("refused");
        assert!(matches!(error, ConnectError::Refused(_)), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_server_that_is_not_there_is_an_error_in_time() -> anyhow::Result<()> {
    let mut server = Server::start("").await?;
    let url = server.url();
    server.kill().await?;
    let mut options = NodeOptions::new("chat");
    options.connect_timeout = Duration::from_millis(500);
    let started = Instant::now();
    let error = PubSub::connect(Nats::new(url), options)
        .await
        .expect_err("nobody is there");
    assert!(matches!(error, ConnectError::Unreachable(_)), "{error}");
    assert!(started.elapsed() < PATIENCE);
    let error = PubSub::connect(Nats::new("http://a:secret@b"), NodeOptions::new("chat")).await;
    let error = error.expect_err("no URL of NATS").to_string();
    assert!(!error.contains("secret"), "{error}");
    Ok(())
}
