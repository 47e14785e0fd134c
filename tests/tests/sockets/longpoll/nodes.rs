//! Two endpoints that share their topics: a request finds its session from either of them.

use std::time::Duration;

use landfall::{
    pubsub::{Payload, PubSub},
    socket::Reason,
};
use landfall_tests::{
    longpoll::{Poller, batch, post},
    wait::until,
    wire::Connection,
};
use serde_json::json;
use tokio::{
    io::DuplexStream,
    time::{Instant, sleep},
};

use super::site::{Harbour, WINDOW, start_with};

const TARGET: &str = "/talk/longpoll";
/// How long a session elsewhere may take to answer.
const PATIENCE: Duration = Duration::from_millis(700);

/// Two nodes, and what they share.
async fn nodes() -> (Harbour, Harbour, PubSub) {
    let pubsub = PubSub::new();
    let here = start_with(&pubsub).await;
    let there = start_with(&pubsub).await;
    (here, there, pubsub)
}

/// A client that opened its session here and goes on there.
async fn moved(here: &Harbour, there: &Harbour, target: &str) -> Poller<DuplexStream> {
    here.open(target)
        .await
        .beside(Connection::through(&there.network).await)
}

#[tokio::test(start_paused = true)]
async fn a_session_is_served_by_another_node() {
    let (here, there, _) = nodes().await;
    let mut client = moved(&here, &there, TARGET).await;
    let began = Instant::now();
    assert_eq!(client.say("say hello \u{2603} \"there\"").await, 200);
    assert_eq!(client.poll().await.messages, ["hello \u{2603} \"there\""]);
    assert_eq!(client.say_all("[1]\nAQID\n[\"say three\"]\n").await, 200);
    assert_eq!(
        client.messages(3).await,
        ["[1]", "binary [1, 2, 3]", "three"]
    );
    assert!(began.elapsed().is_zero());
    assert_eq!(client.poll().await.status, 204);
    assert_eq!(began.elapsed(), WINDOW);
    assert_eq!(
        (
            here.site.stats().connections,
            there.site.stats().connections
        ),
        (1, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_poll_there_waits_for_what_happens_here() {
    let (here, there, _) = nodes().await;
    let mut client = moved(&here, &there, TARGET).await;
    client.begin().await;
    assert!(client.waits(WINDOW / 2).await);
    assert_eq!(
        client
            .beside(Connection::through(&here.network).await)
            .say("say now")
            .await,
        200
    );
    assert_eq!(client.answer().await.messages, ["now"]);
    // Then its requests go to either node.
    for round in 0..20 {
        let node = if round % 3 == 0 { &here } else { &there };
        let mut client_there = client.beside(Connection::through(&node.network).await);
        assert_eq!(client_there.say(&format!("say {round}")).await, 200);
        let node = if round % 2 == 0 { &here } else { &there };
        let mut polls = client.beside(Connection::through(&node.network).await);
        assert_eq!(polls.poll().await.messages, [round.to_string()]);
        client.token = polls.token;
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_abandoned_poll_there_was_answered_comes_again() {
    let (here, there, _) = nodes().await;
    let mut client = moved(&here, &there, TARGET).await;
    assert_eq!(client.poll().await.status, 204);
    // These are more polls than a session serves at a time. Each supersedes the one before.
    for _ in 0..30 {
        let mut abandoned = client.beside(Connection::through(&there.network).await);
        abandoned.begin().await;
        assert!(abandoned.waits(Duration::from_millis(1)).await);
    }
    assert_eq!(client.say("say hello").await, 200);
    assert_eq!(client.poll().await.messages, ["hello"]);
    assert_eq!(client.poll().await.status, 204);
}

/// The client keeps its token. It would not get again what was handed to a poll.
#[tokio::test(start_paused = true)]
async fn an_abandoned_poll_there_takes_no_message() {
    let (here, there, _) = nodes().await;
    let mut client = moved(&here, &there, TARGET).await;
    let resting = here.site.stats().tasks;
    for round in 0..20 {
        let mut abandoned = client.beside(Connection::through(&there.network).await);
        abandoned.begin().await;
        assert!(abandoned.waits(Duration::from_millis(1)).await);
        drop(abandoned);
        until("nobody waits any more", || {
            here.site.stats().tasks == resting
        })
        .await;
        assert_eq!(client.say(&format!("say {round}")).await, 200);
        let began = Instant::now();
        assert_eq!(client.poll().await.messages, [round.to_string()]);
        assert!(began.elapsed().is_zero());
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_polls_there_the_earlier_one_waits_in_vain() {
    let (here, there, _) = nodes().await;
    let client = moved(&here, &there, TARGET).await;
    let (mut first, mut second) = (
        client.beside(Connection::through(&there.network).await),
        client.beside(Connection::through(&there.network).await),
    );
    let began = Instant::now();
    first.begin().await;
    assert!(first.waits(WINDOW / 2).await);
    second.begin().await;
    assert!(second.waits(Duration::from_millis(1)).await);
    assert_eq!(
        client
            .beside(Connection::through(&here.network).await)
            .say("say hello")
            .await,
        200
    );
    assert_eq!(second.answer().await.messages, ["hello"]);
    let answer = first.answer().await;
    assert_eq!(
        (answer.status, answer.token),
        (204, Some(client.token.clone()))
    );
    assert!(
        (WINDOW..=WINDOW + PATIENCE).contains(&began.elapsed()),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ends_here_is_learned_there_at_once() {
    let (here, there, _) = nodes().await;
    let mut client = moved(&here, &there, TARGET).await;
    client.begin().await;
    assert!(client.waits(WINDOW / 2).await);
    let began = Instant::now();
    client
        .beside(Connection::through(&here.network).await)
        .say("stop")
        .await;
    assert_eq!(client.answer().await.messages, ["last words"]);
    client.begin().await;
    assert_eq!(client.answer().await.status, 410);
    assert!(began.elapsed() <= PATIENCE, "{:?}", began.elapsed());
    assert_eq!(
        there.site.stats().connections,
        1,
        "the new session is there"
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_not_handled_in_time_is_408_there_too() {
    let (here, there, _) = nodes().await;
    let mut client = moved(&here, &there, TARGET).await;
    assert_eq!(client.say("sleep 1500").await, 408);
    assert_eq!(client.say("panic").await, 408);
}

/// A dead node cannot say that its sessions have ended. The missing answer says it.
#[tokio::test(start_paused = true)]
async fn a_dead_nodes_session_costs_the_time_that_it_may_take_to_answer() {
    let (here, there, pubsub) = nodes().await;
    let mut client = moved(&here, &there, "/talk/longpoll?name=dead-node").await;
    let old = client.token.clone();
    here.stop().await;
    assert_eq!(here.ended("dead-node"), Some(Reason::Shutdown));
    let began = Instant::now();
    assert_eq!(client.say("say anything").await, 410);
    assert_eq!(began.elapsed(), PATIENCE);
    let answer = client.poll().await;
    assert_eq!((answer.status, began.elapsed()), (410, 2 * PATIENCE));
    assert_ne!(client.token, old);
    // The new session is on this node.
    let began = Instant::now();
    assert_eq!(client.say("say hello").await, 200);
    assert_eq!(client.poll().await.messages, ["hello"]);
    assert!(began.elapsed().is_zero());
    there.stop().await;
    assert_eq!(pubsub.subscribers("news"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_poll_there_is_answered_when_either_node_stops() {
    for stops_here in [true, false] {
        let (here, there, _) = nodes().await;
        let mut client = moved(&here, &there, "/wide/longpoll").await;
        client.begin().await;
        assert!(client.waits(Duration::from_millis(10)).await);
        let began = Instant::now();
        let answer = async {
            let answer = client.answer().await;
            assert_eq!((answer.status, answer.messages.len()), (204, 0));
            assert!(
                began.elapsed() <= Duration::from_secs(1),
                "{:?}",
                began.elapsed()
            );
        };
        let stopping = if stops_here { &here } else { &there };
        tokio::join!(answer, stopping.stop());
        if !stops_here {
            // The session is not affected.
            let mut client = client.beside(Connection::through(&here.network).await);
            assert_eq!(client.say("say hello").await, 200);
            assert_eq!(client.poll().await.messages, ["hello"]);
            here.stop().await;
        } else {
            there.stop().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn requests_from_elsewhere_leave_nothing() {
    let (here, there, pubsub) = nodes().await;
    let mut names = Vec::new();
    for round in 0..20 {
        let mut client = moved(&here, &there, &format!("/talk/longpoll?name=trace-{round}")).await;
        client.say("say hello").await;
        client.poll().await;
        client.begin().await;
        assert!(client.waits(Duration::from_millis(1)).await);
        names.push(session_topic(&here, &client.token));
        assert_eq!(pubsub.subscribers(names.last().expect("one")), 1);
        // Some sessions are left alone, and some are told to end.
        if round % 2 == 0 {
            client
                .beside(Connection::through(&there.network).await)
                .say("leave")
                .await;
        }
    }
    until("the sessions have ended", || {
        here.site.stats().connections == 0
    })
    .await;
    until("those that took their place have ended", || {
        there.site.stats().connections == 0
    })
    .await;
    sleep(WINDOW * 2).await;
    for harbour in [&here, &there] {
        until("no task is left", || {
            harbour.site.stats().tasks == harbour.tasks
        })
        .await;
    }
    names
        .iter()
        .for_each(|name| assert_eq!(pubsub.subscribers(name), 0, "{name}"));
    here.stop().await;
    there.stop().await;
}

/// The topic on which other nodes reach a session.
fn session_topic(harbour: &Harbour, token: &str) -> String {
    let tokens = harbour.site.tokens("landfall longpoll").expect("a secret");
    let said: (String, String, String, String, String, u64, u64, u64) =
        tokens.verify(token).expect("a token of the site");
    format!("phx:lp:{}", said.4)
}

/// Messages that no node could have sent do no harm.
#[tokio::test(start_paused = true)]
async fn strange_requests_from_elsewhere_are_ignored() {
    let (here, _there, pubsub) = nodes().await;
    let mut client = here.open(TARGET).await;
    let topic = session_topic(&here, &client.token);
    let request = |wants: &str| {
        let reply = r#"{"node":null,"topic":"r"}"#;
        let head = format!(
            r#"{{"reply":{reply},"upto":0,"answer":0,"window_ms":18446744073709551615,"wants":{wants}}}"#
        );
        [&(head.len() as u32).to_be_bytes(), head.as_bytes()].concat()
    };
    let payloads: [Payload; 8] = [
        "".into(),
        "{}".into(),
        json!({"reply": 1}).into(),
        vec![].into(),
        vec![255; 4].into(),
        request("\"Poll\"")[..40].to_vec().into(),
        request(r#"{"Other":1}"#).into(),
        [request(r#"{"Post":{"lines":true}}"#), b"!\n".to_vec()]
            .concat()
            .into(),
    ];
    for payload in payloads {
        pubsub.broadcast(&topic, "request", payload).expect("room");
    }
    assert_eq!(client.say("say unharmed").await, 200);
    assert_eq!(client.messages(1).await, ["unharmed"]);
}

/// The limits of the node that receives the request apply.
#[tokio::test(start_paused = true)]
async fn bodies_are_limited_there_too() {
    let (here, there, _) = nodes().await;
    let client = here.open("/narrow/longpoll").await;
    let mut there = Connection::through(&there.network).await;
    for (request, status) in [
        (
            post("/narrow/longpoll", &client.token, &"x".repeat(1001)),
            413,
        ),
        (
            batch("/narrow/longpoll", &client.token, "[1]\n[2]\n[3]\n[4]"),
            413,
        ),
        (batch("/narrow/longpoll", &client.token, "!"), 400),
    ] {
        let answer = there.request(&request).await.expect("an answer");
        assert_eq!(answer.status, status);
        if answer.header("connection") == Some("close") {
            break;
        }
    }
}
