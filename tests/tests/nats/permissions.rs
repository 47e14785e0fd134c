//! What a server lets a node do, and who the node is to it.

use std::{fs, path::PathBuf};

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use landfall::{
    Endpoint, channel, endpoint,
    pubsub::{
        PubSub,
        adapter::{ConnectError, Nats, NodeOptions},
    },
    socket, testing,
};
use landfall_tests::nats::Server;
use nkeys::KeyPair;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, timeout};

use crate::site::{PATIENCE, expect_delivery, subscribed};

/// A user who may not hear of one room.
const LIMITED: &str = r#"authorization { users = [{
    user: ship, password: ahoy,
    permissions: { publish: ">", subscribe: { deny: ["chat.topic.room:secret"] } },
}] }"#;

endpoint! {
    struct Web;

    pubsub(name = "chat");
    socket("/socket", Rooms);
}

struct Rooms;

#[socket(channel("room:*", Room))]
impl Rooms {
    fn connect() -> Self {
        Rooms
    }
}

struct Room;

#[channel(Rooms)]
impl Room {
    fn join() -> Self {
        Room
    }
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_topic_that_the_server_forbids_is_not_confirmed() -> anyhow::Result<()> {
    let server = Server::start(LIMITED).await?;
    let connect = || {
        let nats = Nats::new(server.url()).user("ship", "ahoy");
        let mut options = NodeOptions::new("chat");
        options.confirm_timeout = PATIENCE * 10;
        PubSub::connect(nats, options)
    };
    let (here, there) = (connect().await?, connect().await?);
    let secret = there.subscribe("room:secret");
    // It is told at once.
    assert!(timeout(PATIENCE, secret.confirmed()).await?.is_err());
    assert!(timeout(PATIENCE, secret.confirmed()).await?.is_err());
    assert_eq!(there.node_stats().refused, 1, "it is asked for once");
    // The others stand.
    let mut far = subscribed(&there, "room:1").await?;
    expect_delivery(&here, &there, &mut far).await?;
    Ok(())
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_join_that_the_server_forbids_is_refused() -> anyhow::Result<()> {
    let server = Server::start(LIMITED).await?;
    let nats = Nats::new(server.url()).user("ship", "ahoy");
    let site = testing::start_builder(Web::builder().adapter(nats)).await;
    let client = site.connect("/socket").await.expect("a connection");
    let begun = Instant::now();
    let refused = client.join("room:secret", json!({})).await;
    let refused = refused.expect_err("nobody hears of that room");
    assert_eq!(refused.parse::<Value>(), json!({ "reason": "unavailable" }));
    assert!(begun.elapsed() < PATIENCE);
    client.join("room:1", json!({})).await.expect("a channel");
    site.shutdown().await?;
    Ok(())
}

/// A token as NATS has it: claims, signed by the one who makes them.
fn token(issuer: &KeyPair, subject: &KeyPair, name: &str, nats: Value) -> anyhow::Result<String> {
    let mut claims = json!({
        "iss": issuer.public_key(),
        "sub": subject.public_key(),
        "name": name,
        "iat": 1_700_000_000,
        "nats": nats,
    });
    let id = BASE32_NOPAD.encode(&Sha256::digest(claims.to_string()));
    claims["jti"] = id.into();
    let head = json!({ "typ": "JWT", "alg": "ed25519-nkey" });
    let [head, claims] =
        [head, claims].map(|part| BASE64URL_NOPAD.encode(part.to_string().as_bytes()));
    let signed = format!("{head}.{claims}");
    let signature = BASE64URL_NOPAD.encode(&issuer.sign(signed.as_bytes())?);
    Ok(format!("{signed}.{signature}"))
}

/// A server's configuration, and an account that it trusts.
fn operator() -> anyhow::Result<(String, KeyPair)> {
    let (operator, account) = (KeyPair::new_operator(), KeyPair::new_account());
    let trusted = json!({ "type": "operator", "version": 2 });
    let any = json!({
        "type": "account", "version": 2, "default_permissions": { "pub": {}, "sub": {} },
        "limits": {
            "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1,
            "wildcards": true, "conn": -1, "leaf": -1,
        },
    });
    let trusted = token(&operator, &operator, "operator", trusted)?;
    let any = token(&operator, &account, "account", any)?;
    let config = format!(
        "operator: {trusted}\nresolver: MEMORY\nresolver_preload: {{ {}: {any} }}\n",
        account.public_key()
    );
    Ok((config, account))
}

/// The file that NATS' own tools write for a user.
fn credentials(name: &str, account: &KeyPair, user: &KeyPair) -> anyhow::Result<PathBuf> {
    let claims = json!({
        "type": "user", "version": 2, "pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1,
    });
    let (token, seed) = (token(account, user, "user", claims)?, user.seed()?);
    let text = format!(
        "-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n\
         ************************* IMPORTANT *************************\n\
         NKEY Seed printed below can be used to sign and prove identity.\n\n\
         -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    );
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, text)?;
    Ok(file)
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_node_logs_in_by_a_token_and_a_key() -> anyhow::Result<()> {
    let (config, account) = operator()?;
    let server = Server::start(&config).await?;
    let connect = |file: PathBuf| {
        let nats = Nats::new(server.url()).credentials(file);
        PubSub::connect(nats, NodeOptions::new("chat"))
    };
    let file = credentials("right.creds", &account, &KeyPair::new_user())?;
    let (here, there) = (connect(file.clone()).await?, connect(file).await?);
    let mut far = subscribed(&there, "room:1").await?;
    expect_delivery(&here, &there, &mut far).await?;

    // Of an account that the server does not know.
    let user = KeyPair::new_user();
    let wrong = credentials("wrong.creds", &KeyPair::new_account(), &user)?;
    let error = connect(wrong).await.expect_err("it is refused");
    assert!(matches!(error, ConnectError::Refused(_)), "{error}");
    assert!(!error.to_string().contains(&user.seed()?), "{error}");
    let nobody = PubSub::connect(Nats::new(server.url()), NodeOptions::new("chat")).await;
    assert!(matches!(nobody, Err(ConnectError::Refused(_))));
    Ok(())
}
