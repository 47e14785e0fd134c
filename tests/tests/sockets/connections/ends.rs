//! `terminate` runs exactly once for every socket whose `init` began, however its connection ended.

use std::time::Duration;

use landfall::socket::Reason;
use landfall_tests::{
    longpoll::Poller,
    wait::until,
    wire::{Connection, Frame, Request},
};
use tokio::{
    io::DuplexStream,
    time::{Instant, sleep},
};

use crate::connections::site::{Harbour, start};

type Stream = Connection<DuplexStream>;

const TRANSPORTS: [&str; 3] = ["websocket", "longpoll", "lines"];

/// Opens a connection of this name. Dropping the result ends the client.
async fn open(harbour: &Harbour, mount: &str, transport: &str, name: &str, init: &str) -> Stream {
    let target = format!(
        "/{mount}/{transport}?name={name}&init={}",
        init.replace(' ', "+")
    );
    let mut connection = Connection::through(&harbour.network).await;
    match transport {
        "websocket" => {
            connection
                .write(&Request::upgrade(&target).to_bytes())
                .await;
            assert_eq!(
                connection.response(false).await.expect("an answer").status,
                101
            );
        }
        "longpoll" => connection = Poller::open(connection, &target).await.into_connection(),
        _ => {
            connection.write(&Request::get(&target).to_bytes()).await;
            assert_eq!(connection.head().await.expect("an answer").status, 200);
        }
    }
    connection
}

/// Values of the parameter `init`, and the last message that the socket has heard after each.
const TOLD: [(&str, &str); 7] = [
    ("", ""),
    ("hang", ""),
    ("hang badly", ""),
    ("panic", ""),
    ("info hang", "hang"),
    ("info hang badly", "hang badly"),
    ("info panic", "panic"),
];

#[tokio::test(start_paused = true)]
async fn every_socket_is_told_its_end_once() {
    let harbour = start().await;
    let mut names = Vec::new();
    let mut clients = Vec::new();
    let mut hung = 0;
    for transport in TRANSPORTS {
        for (init, last) in TOLD {
            for stays in [true, false] {
                let name = format!("once-{transport}-{}-{stays}", init.replace(' ', "-"));
                let client = open(&harbour, "any", transport, &name, init).await;
                harbour.fates.begins(&name, last).await;
                if stays {
                    clients.push(client);
                }
                hung += usize::from(init.contains("hang"));
                names.push((name, init));
            }
        }
    }
    // Clients whose message makes the callback hang.
    for text in ["hang", "hang badly"] {
        let name = format!("once-message-{}", text.replace(' ', "-"));
        let mut client = open(&harbour, "any", "websocket", &name, "").await;
        client.send(&Frame::text(text)).await;
        harbour.fates.begins(&name, text).await;
        clients.push(client);
        hung += 1;
        names.push((name, text));
    }
    let began = Instant::now();
    assert_eq!(
        harbour.stop().await,
        hung,
        "each that was cut off is counted, and no other"
    );
    assert_eq!(began.elapsed().as_secs(), 10);
    for (name, told) in names {
        let fate = harbour.fates.of(&name);
        assert_eq!(
            (fate.inits, fate.ends.len(), fate.drops),
            (1, 1, 1),
            "{name}: {fate:?}"
        );
        let reason = &fate.ends[0];
        let fits = match (told, name.ends_with("-false")) {
            ("panic" | "info panic", _) => *reason == Reason::Crash,
            ("", true) => matches!(reason, Reason::Closed { code: 1006, .. } | Reason::Shutdown),
            _ => *reason == Reason::Shutdown,
        };
        assert!(fits, "{name}: {reason:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn batches_that_are_never_reached_are_told_at_the_end() {
    let harbour = start().await;
    let (mut names, mut clients) = (Vec::new(), Vec::new());
    for transport in TRANSPORTS {
        for number in 0..5 {
            let name = format!("batch-{transport}-{number}");
            let client = open(&harbour, "batches", transport, &name, "").await;
            harbour.fates.begins(&name, "").await;
            clients.push((transport, client));
            names.push(name);
        }
    }
    let farewells: Vec<_> = clients
        .into_iter()
        .filter(|(transport, _)| *transport != "longpoll")
        .map(|(transport, client)| tokio::spawn(farewell(transport, client)))
        .collect();
    assert_eq!(harbour.stop().await, 0, "nothing was lost");
    for farewell in farewells {
        farewell.await.expect("told to come back later");
    }
    for name in names {
        assert_eq!(harbour.fates.of(&name).ends, [Reason::Shutdown], "{name}");
    }
}

/// Hears 1012, and the end of the stream.
async fn farewell(transport: &'static str, mut client: Stream) {
    let minute = Duration::from_secs(60);
    if transport == "websocket" {
        let frame = client.frame_within(minute).await.expect("a frame");
        assert_eq!(frame.close_code(), Some(1012), "{frame:?}");
        client.send(&Frame::close(1012, b"")).await;
    } else {
        let chunk = client.chunk_within(minute).await.expect("a line");
        assert_eq!(str::from_utf8(&chunk), Ok("end 1012\n"));
    }
}

/// A callback that hangs is dropped, and its client is told.
#[tokio::test(start_paused = true)]
async fn clients_of_callbacks_that_hang_are_told_too() {
    let harbour = start().await;
    let mut farewells = Vec::new();
    for (transport, init) in [
        ("websocket", "hang"),
        ("websocket", "info hang"),
        ("lines", "info hang"),
    ] {
        let name = format!("told-{transport}-{}", init.replace(' ', "-"));
        let client = open(&harbour, "any", transport, &name, init).await;
        harbour
            .fates
            .begins(&name, init.strip_prefix("info ").unwrap_or_default())
            .await;
        farewells.push(tokio::spawn(farewell(transport, client)));
    }
    assert_eq!(harbour.stop().await, 3);
    for farewell in farewells {
        farewell.await.expect("told to come back later");
    }
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_takes_too_long_is_given_up() {
    let harbour = start().await;
    let mut clients = Vec::new();
    for transport in TRANSPORTS {
        for init in ["hang", "hang badly", "info hang", "sleep 15"] {
            let name = format!("late-{transport}-{}", init.replace(' ', "-"));
            let client = open(&harbour, "limited", transport, &name, init).await;
            harbour
                .fates
                .begins(&name, init.strip_prefix("info ").unwrap_or_default())
                .await;
            clients.push((transport, init, name, client));
        }
    }
    sleep(Duration::from_secs(24)).await;
    for (transport, init, name, mut client) in clients {
        if init == "sleep 15" {
            assert_eq!(harbour.fates.of(&name).ends, [], "{name}");
            continue;
        }
        let ends = harbour.fates.of(&name).ends;
        assert!(
            matches!(&ends[..], [Reason::Failed(why)] if why.contains("callback_timeout")),
            "{name}: {ends:?}"
        );
        match transport {
            "websocket" => assert_eq!(
                client.frame().await.expect("a frame").close_code(),
                Some(1011)
            ),
            "lines" => {
                assert_eq!(
                    client.chunk_within(Duration::ZERO).await.as_deref(),
                    Ok(&b"end 1011\n"[..])
                )
            }
            _ => {}
        }
    }
    assert_eq!(harbour.stop().await, 0);
}

/// A client has five seconds to answer a close frame. A shorter drain does not count as a loss.
#[tokio::test(start_paused = true)]
async fn who_was_told_and_does_not_answer_was_not_cut_off() {
    let harbour = start().await;
    let _client = open(&harbour, "hasty", "websocket", "hasty", "").await;
    harbour.fates.begins("hasty", "").await;
    let began = Instant::now();
    assert_eq!(harbour.stop().await, 0);
    assert_eq!(began.elapsed().as_secs(), 3);
    assert_eq!(harbour.fates.of("hasty").ends, [Reason::Shutdown]);
}

/// If messages still wait for a client that does not read, its connection counts as cut off.
#[tokio::test(start_paused = true)]
async fn what_a_client_was_not_given_in_time_counts() {
    let harbour = start().await;
    let mut client = open(&harbour, "hasty", "websocket", "unread", "").await;
    client
        .send(&Frame::text(&format!("say {}", "x".repeat(200_000))))
        .await;
    until("it has been answered", || {
        harbour.fates.of("unread").heard.len() == 1
    })
    .await;
    assert_eq!(harbour.stop().await, 1);
    assert_eq!(harbour.fates.of("unread").ends, [Reason::Shutdown]);
}

#[tokio::test(start_paused = true)]
async fn a_transport_that_does_not_heed_its_driver_is_ended() {
    let harbour = start().await;
    let _client = open(&harbour, "deaf", "lines", "deaf", "").await;
    harbour.fates.begins("deaf", "").await;
    let began = Instant::now();
    assert_eq!(harbour.stop().await, 1);
    assert!(
        began.elapsed() < Duration::from_secs(13),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(harbour.fates.of("deaf").ends, [Reason::Shutdown]);
}

/// Without `init` there is no `terminate`: the value is dropped.
#[tokio::test(start_paused = true)]
async fn a_client_that_left_before_init_leaves_a_value_to_drop() {
    let harbour = start().await;
    let _client = open(&harbour, "early", "lines", "early", "").await;
    let fate = harbour.fates.of("early");
    assert_eq!((fate.inits, fate.ends.len(), fate.drops), (0, 0, 1));
    assert_eq!(harbour.stop().await, 0);
}

/// When a runtime is dropped, so are its connections: they are told too.
#[test]
fn a_runtime_that_is_dropped_ends_its_sockets() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let (clients, fates) = runtime.block_on(async {
        let harbour = start().await;
        let mut clients = Vec::new();
        for (transport, init) in [
            ("websocket", ""),
            ("websocket", "hang"),
            ("longpoll", "hang"),
            ("lines", ""),
        ] {
            let name = format!("dropped-{transport}-{init}");
            clients.push(open(&harbour, "any", transport, &name, init).await);
            harbour.fates.begins(&name, "").await;
        }
        (clients, harbour.fates)
    });
    drop(runtime);
    for name in [
        "dropped-websocket-",
        "dropped-websocket-hang",
        "dropped-longpoll-hang",
        "dropped-lines-",
    ] {
        let fate = fates.of(name);
        assert_eq!(
            (fate.inits, fate.ends.len(), fate.drops),
            (1, 1, 1),
            "{name}: {fate:?}"
        );
    }
    drop(clients);
}
