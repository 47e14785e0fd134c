//! The transport of `examples/custom_transport.rs`, over HTTP. What holds for every transport holds
//! for one of an application's own.

mod events;
#[expect(dead_code, reason = "its endpoint runs as a program only")]
#[path = "../../../../examples/custom_transport.rs"]
mod example;
mod site;

use std::{net::SocketAddr, time::Duration};

use axum::Router;
use landfall::{Endpoint, socket::Reason};
use landfall_tests::{
    client::{Client, ask, port},
    wait::until,
    wire::{Connection, Request},
};
use tokio::{net::TcpListener, sync::oneshot, time::Instant};

use crate::custom_transport::{
    events::{Events, answer, ended, path, post, say, status},
    site::{Site, start, start_in_memory, stop_site},
};

#[tokio::test]
async fn messages_go_both_ways_and_stay_what_they_are() {
    let site = start().await;
    let mut ann = Events::open(&site, "quay").await;
    let texts = [
        "only me",
        "only me: ünïcödé 🐚",
        "only me\r\n\n\ndata: \"forged\"\n\nevent: close\u{2028}\r\0",
    ];
    for text in texts {
        ann.say(&site, "quay", text).await;
        assert_eq!(ann.hear().await, text);
    }
    let long = format!("only me {}", "x".repeat(60_000));
    ann.say(&site, "quay", &long).await;
    assert_eq!(ann.hear().await, long);

    // The messages of one client arrive in order.
    for count in 0..100 {
        ann.say(&site, "quay", &format!("only me {count}")).await;
    }
    for count in 0..100 {
        assert_eq!(ann.hear().await, format!("only me {count}"));
    }

    // The transport does not carry bytes. They do no harm.
    ann.say(&site, "quay", "bytes").await;
    ann.say(&site, "quay", "only me again").await;
    assert_eq!(ann.hear().await, "only me again");
    drop(ann);
    stop_site(site).await;
}

#[tokio::test]
async fn a_broadcast_reaches_clients_of_both_transports() {
    let site = start().await;
    let mut ann = Events::open(&site, "quay").await;
    let mut bob = Events::open(&site, "quay").await;
    assert_ne!(ann.name, bob.name);
    let mut eve = Events::open(&site, "elsewhere").await;
    let mut zoe = Client::open(port(&site), "/room/quay/websocket").await;
    assert_eq!(zoe.hear_text().await, "welcome");
    assert_eq!(site.stats().connections, 4);

    ann.say(&site, "quay", "from ann").await;
    for client in [&mut ann, &mut bob] {
        assert_eq!(client.hear().await, "from ann");
    }
    assert_eq!(zoe.hear_text().await, "from ann");
    zoe.text("from zoe").await;
    for client in [&mut ann, &mut bob] {
        assert_eq!(client.hear().await, "from zoe");
    }
    eve.say(&site, "elsewhere", "only me").await;
    assert_eq!(eve.hear().await, "only me");
}

#[tokio::test]
async fn the_mounts_rules_hold() {
    let site = start().await;
    let mut ann = Events::open(&site, "quay").await;

    // A page of another origin neither listens nor speaks.
    for request in [
        Request::get(&path("quay")),
        ann.message("quay", "only me: forged"),
    ] {
        assert_eq!(
            status(
                &site,
                request.clone().header("origin", "http://example.com")
            )
            .await,
            403
        );
        assert_eq!(
            status(&site, request.header("origin", "http://localhost:81")).await,
            403
        );
    }
    assert_eq!(
        status(
            &site,
            ann.message("quay", "only me")
                .header("origin", "http://localhost")
        )
        .await,
        202
    );
    assert_eq!(ann.hear().await, "only me");

    // The socket decides, and it gets its parameters and connect_info.
    assert_eq!(status(&site, Request::get(&path("closed"))).await, 403);
    assert_eq!(status(&site, Request::get(&path("%ff"))).await, 400);
    ann.say(&site, "quay", "where am i?").await;
    let port = ann.connection.local_port().expect("a port");
    assert_eq!(ann.hear().await, format!("Some(127.0.0.1:{port})"));
}

#[tokio::test]
async fn requests_that_make_no_sense_are_told_so() {
    let site = start().await;
    let mut ann = Events::open(&site, "quay").await;
    assert_eq!(status(&site, post("quay", "who am i?")).await, 410);
    assert_eq!(
        status(
            &site,
            post("quay", "guessed").header("x-connection", &"A".repeat(22))
        )
        .await,
        410
    );

    assert_eq!(
        status(&site, ann.message("quay", &"x".repeat(64 * 1024 + 1))).await,
        413
    );
    let mut bytes = ann.message("quay", "..").to_bytes();
    bytes.truncate(bytes.len() - 2);
    bytes.extend([0xff, 0xfe]);
    let mut connection = Connection::open(([127, 0, 0, 1], port(&site)).into())
        .await
        .expect("a listener");
    connection.write(&bytes).await;
    assert_eq!(
        connection
            .response(false)
            .await
            .map(|response| response.status),
        Ok(400)
    );

    let mut request = Request::get(&path("quay"));
    request.method = "PUT".to_owned();
    assert_eq!(status(&site, request).await, 405);

    // None of these requests reached the socket.
    ann.say(&site, "quay", "only me").await;
    assert_eq!(ann.hear().await, "only me");
}

#[tokio::test]
async fn when_the_stream_goes_the_client_is_gone() {
    let site = start().await;
    let mut ends = site.subscribe("ends of quay");
    let (ann, bob) = (
        Events::open(&site, "quay").await,
        Events::open(&site, "quay").await,
    );
    let (from_ann, from_bob) = (
        ann.message("quay", "only me"),
        bob.message("quay", "only me"),
    );
    let gone = format!(
        "{:?}",
        Reason::Closed {
            code: 1006,
            text: String::new()
        }
    );

    // One client leaves by FIN, the other by RST.
    drop(ann);
    assert_eq!(ended(&mut ends).await, gone);
    bob.connection.reset();
    assert_eq!(ended(&mut ends).await, gone);

    until("both have ended", || site.stats().connections == 0).await;
    for request in [from_ann, from_bob] {
        assert_eq!(status(&site, request).await, 410);
    }
    drop(ends);
    stop_site(site).await;
}

#[tokio::test]
async fn a_panic_ends_its_own_connection_and_no_other() {
    let site = start().await;
    let mut ends = site.subscribe("ends of quay");
    let (ann, mut bob) = (
        Events::open(&site, "quay").await,
        Events::open(&site, "quay").await,
    );
    ann.say(&site, "quay", "panic").await;
    ann.closes("1011").await;
    assert_eq!(ended(&mut ends).await, "Crash");
    bob.say(&site, "quay", "still here").await;
    assert_eq!(bob.hear().await, "still here");

    bob.say(&site, "quay", "stop").await;
    bob.closes("1000").await;
    assert_eq!(ended(&mut ends).await, "Normal");
}

#[tokio::test]
async fn when_the_endpoint_stops_streams_end() {
    let site = start().await;
    let mut ends = site.subscribe("ends of quay");
    let (ann, bob) = (
        Events::open(&site, "quay").await,
        Events::open(&site, "quay").await,
    );
    let listening =
        tokio::spawn(async move { tokio::join!(ann.closes("1012"), bob.closes("1012")) });
    let reasons = tokio::spawn(async move { [ended(&mut ends).await, ended(&mut ends).await] });
    stop_site(site).await;
    listening.await.expect("both streams end in good order");
    assert_eq!(
        reasons.await.expect("both are told"),
        ["Shutdown", "Shutdown"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_hangs_is_cut_off_when_the_endpoint_stops() {
    let (site, network) = start_in_memory().await;
    let events = Events::over(Connection::through(&network).await, "quay").await;
    say(&network, &events, "hang").await;
    let began = Instant::now();
    let error = site.shutdown().await.expect_err("a connection was cut off");
    assert!(error.is_drain(), "{error}");
    assert_eq!(began.elapsed().as_secs(), 10);
    events.closes("1012").await;
    assert_eq!(site.stats().tasks, 0);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_shows_that_it_is_alive() {
    let (site, network) = start_in_memory().await;
    let mut events = Events::over(Connection::through(&network).await, "quay").await;
    let began = Instant::now();
    // Comments also come while a callback runs longer than a client may be silent.
    say(&network, &events, "sleep").await;
    for count in 1..=6 {
        let comment = events.block(Duration::from_secs(20)).await;
        assert_eq!(comment.as_deref(), Some(": still here"));
        assert_eq!(began.elapsed().as_secs(), 15 * count);
    }
    say(&network, &events, "only me").await;
    assert_eq!(
        events.block(Duration::from_secs(20)).await.as_deref(),
        Some("event: message\ndata: \"only me\"")
    );
    assert_eq!(began.elapsed().as_secs(), 100);
    // A message delays the next comment as a comment does.
    assert_eq!(
        events.block(Duration::from_secs(20)).await.as_deref(),
        Some(": still here")
    );
    assert_eq!(began.elapsed().as_secs(), 115);
    drop(events);
    stop_site(site).await;
}

/// Each server notices by itself that a client is gone, and ends its own connections.
#[tokio::test]
async fn inside_axum_it_is_the_same() {
    let site = Site::builder()
        .server(false)
        .start()
        .await
        .expect("the site starts");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().fallback_service(site.service());
    let (stop, stopped) = oneshot::channel::<()>();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving =
        axum::serve(listener, service).with_graceful_shutdown(async { drop(stopped.await) });
    let serving = tokio::spawn(serving.into_future());

    let open =
        async || Events::over(Connection::open(address).await.expect("a listener"), "quay").await;
    let mut ends = site.subscribe("ends of quay");
    let mut ann = open().await;
    assert_eq!(
        ask(address.port(), &ann.message("quay", "where am i?"))
            .await
            .status,
        202
    );
    let port = ann.connection.local_port().expect("a port");
    assert_eq!(ann.hear().await, format!("Some(127.0.0.1:{port})"));
    drop(ann);
    assert_eq!(
        ended(&mut ends).await,
        format!(
            "{:?}",
            Reason::Closed {
                code: 1006,
                text: String::new()
            }
        )
    );

    let bob = open().await;
    drop(ends);
    let ((), ()) = tokio::join!(stop_site(site), bob.closes("1012"));
    stop.send(()).expect("axum serves");
    serving.await.expect("no panic").expect("no error");
}

/// What waits for a client is bounded: past the limit, the connection ends.
#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_is_left() {
    let (site, network) = start_in_memory().await;
    let mut ends = site.subscribe("ends of quay");
    let mut events = Events::over(Connection::through(&network).await, "quay").await;
    let piece = "x".repeat(10_000);
    for count in 0..200 {
        site.broadcast("quay", "said", format!("number {count} {piece}"))
            .expect("room for a broadcast");
    }
    assert_eq!(ended(&mut ends).await, "Overflow");
    // It still gets what waited, without a gap, and then the reason of the end.
    for count in 0.. {
        let (kind, data) = events.event().await.expect("the stream stands");
        if kind == "close" {
            assert_eq!(data, "1013");
            assert!((100..200).contains(&count), "{count} messages waited");
            break;
        }
        assert!(data.contains(&format!(" {count} ")), "{count}: {data:.20}");
    }
    assert_eq!(events.event().await, None);
    drop((ends, events));
    stop_site(site).await;
}

/// While the socket handles nothing, some messages wait. The next is refused after five seconds.
#[tokio::test(start_paused = true)]
async fn messages_that_nobody_handles_are_refused() {
    let (site, network) = start_in_memory().await;
    let events = Events::over(Connection::through(&network).await, "quay").await;
    say(&network, &events, "hang").await;
    let mut answers = Vec::new();
    for _ in 0..20 {
        let began = Instant::now();
        let response = answer(&network, &events.message("quay", "only me")).await;
        answers.push((
            response.map(|response| response.status).ok(),
            began.elapsed().as_secs(),
        ));
    }
    let waiting = answers
        .iter()
        .take_while(|answer| **answer == (Some(202), 0))
        .count();
    assert!((16..=17).contains(&waiting), "{answers:?}");
    assert!(
        answers[waiting..]
            .iter()
            .all(|answer| *answer == (Some(503), 5)),
        "{answers:?}"
    );
    drop(events);
    // The callback hangs for ever: it is cut off.
    assert!(site.shutdown().await.is_err());
}
