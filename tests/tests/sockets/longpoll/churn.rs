//! Sessions that come and go over TCP, in good and in bad ways. Nothing is left of them.

use std::time::Duration;

use landfall::{Running, prelude::*};
use landfall_tests::{
    client,
    longpoll::Poller,
    wait::until,
    wire::{Connection, Request},
};
use tokio::{net::TcpStream, task::JoinSet, time::timeout};
use tower::ServiceExt;

use super::site::SECRET;

endpoint! {
    struct Shore;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    secret_key_base = SECRET;
    socket("/brief", Member, longpoll(window = millis(1500), max_sessions_per_ip = 10_000));
}

/// Forwards `news`, echoes, and ends as it is told to.
struct Member;

#[socket]
impl Member {
    async fn connect(#[param] name: String, mailbox: Mailbox<Broadcast>) -> Result<Self, Refused> {
        mailbox.deliver("letters");
        if name == "refused" {
            Err(Refused::new())
        } else {
            Ok(Member)
        }
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward("news");
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        match message.as_text() {
            Some("stop") => return Flow::stop(),
            Some("panic") => panic!("as asked"),
            _ => out.push(message),
        }
        Flow::Continue
    }

    async fn handle_info(&mut self, _: Broadcast, _: &mut Outbox) {}
}

async fn connect(port: u16) -> Connection {
    Connection::open(([127, 0, 0, 1], port).into())
        .await
        .expect("a listener")
}

async fn open(port: u16) -> Poller<TcpStream> {
    Poller::open(connect(port).await, "/brief/longpoll?name=guest").await
}

/// Opens a session, and leaves it in one of several ways.
async fn visit(port: u16, way: usize) {
    let mut client = open(port).await;
    assert_eq!(client.say("hello").await, 200);
    match way % 7 {
        // It never polls.
        0 => {}
        1 => assert_eq!(client.poll().await.messages, ["hello"]),
        // It resets the connection of a poll that waits.
        2 => {
            assert_eq!(client.poll().await.messages, ["hello"]);
            client.begin().await;
            let _ = timeout(Duration::from_millis(5), client.answer()).await;
            client.into_connection().reset();
        }
        3 => assert_eq!(client.say("stop").await, 200),
        4 => assert_eq!(client.say("panic").await, 408),
        // Two polls at once. Nobody waits for their answers.
        5 => {
            let mut other = client.beside(connect(port).await);
            client.begin().await;
            other.begin().await;
        }
        _ => {
            let refused = landfall_tests::longpoll::poll("/brief/longpoll?name=refused", "");
            assert_eq!(client.ask(&refused).await.status, 403);
        }
    }
}

/// Nothing is left of any session.
async fn is_as_at_first(shore: &Running<Shore>, tasks: usize) {
    until("all sessions have ended", || shore.stats().connections == 0).await;
    until("no task is left", || shore.stats().tasks == tasks).await;
    for topic in ["news", "letters"] {
        assert_eq!(shore.pubsub().subscribers(topic), 0, "{topic}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threat_9_fourteen_hundred_sessions_leave_nothing_however_they_end() {
    let shore = Shore::start().await.expect("it starts");
    let (port, tasks) = (client::port(&shore), shore.stats().tasks);
    let mut visits = JoinSet::new();
    for visitor in 0..14 {
        visits.spawn(async move {
            for round in 0..100 {
                visit(port, visitor + round).await;
            }
        });
    }
    while let Some(visit) = visits.join_next().await {
        visit.expect("a visit as planned");
    }
    is_as_at_first(&shore, tasks).await;
    shore.shutdown().await.expect("a clean end");
    assert_eq!(shore.stats().tasks, 0);
}

/// The server notices that a client is gone. Messages that come then are for the next poll.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_that_is_abandoned_over_tcp_takes_no_message() {
    let shore = Shore::start().await.expect("it starts");
    let port = client::port(&shore);
    let mut client = open(port).await;
    let resting = shore.stats().tasks;
    for round in 0..20 {
        let mut abandoned = client.beside(connect(port).await);
        abandoned.begin().await;
        until("it waits", || shore.stats().tasks == resting + 1).await;
        assert!(abandoned.waits(Duration::from_millis(2)).await);
        if round % 2 == 0 {
            abandoned.into_connection().reset();
        } else {
            drop(abandoned);
        }
        until("nobody waits any more", || shore.stats().tasks == resting).await;
        let text = format!("message {round}");
        assert_eq!(client.say(&text).await, 200);
        assert_eq!(client.poll().await.messages, [text]);
    }
    drop(client);
    shore.shutdown().await.expect("a clean end");
}

/// Its mailbox had subscribed before the refusal.
#[tokio::test(start_paused = true)]
async fn a_client_that_is_refused_leaves_no_subscription() {
    let shore = Shore::builder()
        .server(false)
        .start()
        .await
        .expect("it starts");
    for path in ["longpoll", "websocket"] {
        let request = Request::upgrade(&format!("/brief/{path}?name=refused"));
        let uri = format!("http://localhost{}", request.target);
        let mut builder = http::Request::builder().uri(uri);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let request = builder.body(Body::empty()).expect("a request");
        shore.service().oneshot(request).await.expect("an answer");
        assert_eq!(shore.pubsub().subscribers("letters"), 0, "{path}");
    }
    shore.shutdown().await.expect("a clean end");
}

/// An endpoint that is stopped in the middle of visits leaves nothing, either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_stops_under_load_leaves_nothing() {
    let shore = Shore::start().await.expect("it starts");
    let port = client::port(&shore);
    let mut clients = JoinSet::new();
    for _ in 0..100 {
        clients.spawn(async move {
            let mut client = open(port).await;
            // It goes on until there is no answer.
            loop {
                let token = client.token.clone();
                let message =
                    landfall_tests::longpoll::post("/brief/longpoll?name=guest", &token, "hello");
                if client.send(&message).await.is_err() {
                    return;
                }
                let poll = landfall_tests::longpoll::poll("/brief/longpoll?name=guest", &token);
                match client.send(&poll).await {
                    Ok(answer) if answer.status == 200 => {
                        client.token = landfall_tests::longpoll::Answer::of(answer)
                            .token
                            .expect("a token");
                    }
                    _ => return,
                }
            }
        });
    }
    until("all are there", || shore.stats().connections >= 100).await;
    timeout(Duration::from_secs(10), shore.shutdown())
        .await
        .expect("soon")
        .expect("a clean end");
    let stats = shore.stats();
    assert_eq!((stats.connections, stats.tasks), (0, 0));
    while let Some(client) = clients.join_next().await {
        client.expect("no panic");
    }
}
