//! Nodes that reach each other by a NATS server.

mod declared;

use std::time::{Duration, Instant};

use landfall::pubsub::{
    Payload, PubSub, RecvError, Subscription,
    adapter::{ConnectError, Nats, NodeOptions},
};
use landfall_tests::nats::Server;
use tokio::time::{sleep, timeout};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

async fn node(server: &Server) -> Result<PubSub, ConnectError> {
    PubSub::connect(Nats::new(server.url()), NodeOptions::new("chat")).await
}

async fn subscribed(pubsub: &PubSub, topic: &str) -> anyhow::Result<Subscription> {
    let subscription = pubsub.subscribe(topic);
    subscription.confirmed().await?;
    Ok(subscription)
}

async fn next(subscription: &mut Subscription) -> anyhow::Result<String> {
    let broadcast = timeout(PATIENCE, subscription.recv()).await??;
    Ok(broadcast.event().to_owned())
}

#[tokio::test]
async fn each_topic_reaches_its_subscribers_on_other_nodes() -> anyhow::Result<()> {
    let server = Server::start("").await?;
    let (here, there) = (node(&server).await?, node(&server).await?);
    let long = "long:".to_owned() + &"é".repeat(4000);
    let topics = [
        "room:1",
        "room.1",
        "room.*",
        "room.>",
        "room 1\r\n",
        "%",
        "",
        "é",
        &long,
    ];
    let mut far = Vec::new();
    for topic in topics {
        far.push(subscribed(&there, topic).await?);
    }
    let mut near = here.subscribe("room:1");
    for (at, topic) in topics.iter().enumerate() {
        here.broadcast(topic, &at.to_string(), Payload::from(vec![at as u8]))?;
    }
    for (at, subscription) in far.iter_mut().enumerate() {
        assert_eq!(next(subscription).await?, at.to_string());
        assert!(subscription.try_recv().is_none(), "{at}");
    }
    assert_eq!(next(&mut near).await?, "0");
    Ok(())
}

#[tokio::test]
async fn broadcasts_of_a_node_arrive_in_order_and_once() -> anyhow::Result<()> {
    const COUNT: usize = 1000;
    let server = Server::start("").await?;
    let (here, there) = (node(&server).await?, node(&server).await?);
    let mut far = subscribed(&there, "room:1").await?;
    let mut near = subscribed(&here, "room:1").await?;
    for at in 0..COUNT {
        here.broadcast_from(near.id(), "room:1", &at.to_string(), Payload::EMPTY)?;
    }
    for at in 0..COUNT {
        assert_eq!(next(&mut far).await?, at.to_string());
    }
    there.broadcast("room:1", "answer", Payload::EMPTY)?;
    assert_eq!(next(&mut near).await?, "answer");
    assert_eq!(next(&mut far).await?, "answer");
    assert!(near.try_recv().is_none() && far.try_recv().is_none());
    Ok(())
}

#[tokio::test]
async fn a_broadcast_may_be_for_one_node() -> anyhow::Result<()> {
    let server = Server::start("").await?;
    let nodes = [
        node(&server).await?,
        node(&server).await?,
        node(&server).await?,
    ];
    let mut first = subscribed(&nodes[1], "room:1").await?;
    let mut second = subscribed(&nodes[2], "room:1").await?;
    let name = nodes[1].node().expect("a cluster").to_owned();
    nodes[0].direct_broadcast(&name, "room:1", "direct", Payload::EMPTY)?;
    nodes[0].broadcast("room:1", "all", Payload::EMPTY)?;
    assert_eq!(next(&mut first).await?, "direct");
    assert_eq!(next(&mut first).await?, "all");
    assert_eq!(next(&mut second).await?, "all");
    Ok(())
}

#[tokio::test]
async fn a_server_that_was_away_is_found_again_and_the_gap_is_told() -> anyhow::Result<()> {
    let mut server = Server::start("").await?;
    let (here, there) = (node(&server).await?, node(&server).await?);
    let mut far = subscribed(&there, "room:1").await?;
    server.kill().await?;
    let alone = async {
        while here.broadcast("room:1", "lost", Payload::EMPTY).is_ok() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, alone).await?;
    server.restart().await?;
    // What was written when the server went may still arrive before the gap.
    let gap = async {
        loop {
            match far.recv().await {
                Ok(_) => {}
                Err(error) => break error,
            }
        }
    };
    assert_eq!(timeout(PATIENCE, gap).await?, RecvError::Gap);
    let reached = async {
        while here.broadcast("room:1", "again", Payload::EMPTY).is_err() {
            sleep(Duration::from_millis(10)).await;
        }
        loop {
            match far.recv().await {
                Ok(broadcast) if broadcast.event() == "again" => break,
                Ok(_) | Err(RecvError::Gap) => {}
                Err(error) => panic!("{error}"),
            }
        }
    };
    timeout(PATIENCE, reached).await?;
    Ok(())
}

#[tokio::test]
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

#[tokio::test]
async fn thousands_of_topics_are_confirmed_together() -> anyhow::Result<()> {
    const COUNT: usize = 10_000;
    let server = Server::start("").await?;
    let (here, there) = (node(&server).await?, node(&server).await?);
    let topics: Vec<_> = (0..COUNT)
        .map(|at| there.subscribe(&format!("room:{at}")))
        .collect();
    let started = Instant::now();
    let last = subscribed(&there, "last").await;
    // It may take longer than a join waits.
    if last.is_err() {
        for topic in &topics {
            while topic.confirmed().await.is_err() {
                assert!(started.elapsed() < PATIENCE);
            }
        }
    }
    println!("{COUNT} topics confirmed in {:?}", started.elapsed());
    for (at, mut topic) in topics.into_iter().enumerate().step_by(997) {
        topic.confirmed().await?;
        here.broadcast(&format!("room:{at}"), "said", Payload::EMPTY)?;
        assert_eq!(next(&mut topic).await?, "said");
    }
    Ok(())
}
