//! Figures of what waits and of what goes wrong, and how many series clients can make. A program of
//! its own: it has one recorder.

use std::{sync::Arc, time::Duration};

use landfall::{prelude::*, pubsub::adapter::InProcess, testing::Network};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    sync::Notify,
    time::{sleep, timeout},
};

/// Opens when the test says so.
#[derive(Clone, Default)]
struct Gate(Arc<Notify>);

endpoint! {
    struct Web;

    state = Gate;
    http(port = 4000);
    server = true;
    socket("/closed", Reader, websocket(outbox(limit = 4096)));
    socket("/dropped", Reader, websocket(outbox(limit = 4096, overflow = drop_oldest)));
    socket("/busy", Busy);
    socket("/rooms", Rooms, websocket, longpoll);
    secret_key_base = insecure("of-a-test-of-a-test-of-a-test-of-a-test-of-a-test-of-a-test-of-a", reason = "a test");
}

/// Is sent what is said of `news`.
struct Reader;

#[socket]
impl Reader {
    fn connect() -> Self {
        Reader
    }

    fn init(&mut self, out: &mut Outbox) {
        out.forward("news");
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

/// Waits at the gate while it is sent letters.
struct Busy;

/// A letter.
struct Letter;

impl From<Broadcast> for Letter {
    fn from(_: Broadcast) -> Self {
        Letter
    }
}

#[socket]
impl Busy {
    fn connect(mailbox: Mailbox<Letter>) -> Self {
        mailbox.deliver("letters");
        Busy
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox, #[state] gate: Gate) {
        gate.0.notified().await;
    }

    fn handle_info(&mut self, _: Letter, _: &mut Outbox) {}
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

    fn handle_in(&mut self, event: Event, _: &mut Outlet) -> Reply {
        Reply::ok(event.payload().clone())
    }

    #[handle_out("said")]
    fn said(&mut self, _: &mut Outlet) {}
}

/// The value of a series whose line holds all of these parts, if there is one.
fn value(figures: &PrometheusHandle, parts: &[&str]) -> Option<f64> {
    let scraped = figures.render();
    let mut lines = scraped.lines().filter(|line| !line.starts_with('#'));
    let line = lines.find(|line| parts.iter().all(|part| line.contains(part)))?;
    line.rsplit_once(' ')?.1.parse().ok()
}

async fn until(figures: &PrometheusHandle, parts: &[&str], expected: impl Fn(f64) -> bool) {
    let waiting = async {
        while !value(figures, parts).is_some_and(&expected) {
            sleep(Duration::from_millis(50)).await;
        }
    };
    if timeout(Duration::from_secs(60), waiting).await.is_err() {
        panic!("{parts:?} in {}", figures.render());
    }
}

/// A client that has connected, and reads nothing any more.
async fn silent(network: &Network, path: &str) -> DuplexStream {
    let mut stream = network.connect().await.expect("somebody listens");
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it is read");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("an answer"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{head:?}");
    stream
}

/// A text of less than 126 bytes, as a client sends it.
fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode, 0x80 | payload.len() as u8, 0, 0, 0, 0];
    frame.extend(payload);
    frame
}

#[tokio::test(start_paused = true)]
async fn what_waits_and_what_goes_wrong_is_counted_by_names_of_the_declaration() {
    let figures = PrometheusBuilder::new()
        .install_recorder()
        .expect("no other recorder is installed");
    let broker = InProcess::new();
    let (network, listener) = Network::new();
    let web = Web::builder_with(Gate::default())
        .adapter(broker.clone())
        .listener(listener)
        .start()
        .await
        .expect("it starts");

    // The broker comes and goes.
    let up = ["landfall_broker_up{"];
    until(&figures, &up, |value| value == 1.0).await;
    broker.disconnect().await;
    until(&figures, &up, |value| value == 0.0).await;
    broker.reconnect().await;
    until(&figures, &up, |value| value == 1.0).await;

    // Clients that do not read: of one, broadcasts are dropped; the other one is closed.
    let dropped = silent(&network, "/dropped/websocket").await;
    let closed = silent(&network, "/closed/websocket").await;
    let of = |name: &'static str, path: &'static str| [name, path];
    let subscribed = async {
        while web.pubsub().subscribers("news") < 2 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(60), subscribed)
        .await
        .expect("both listen");
    let long = "x".repeat(1000);
    for _ in 0..200 {
        web.broadcast("news", "said", long.as_str())
            .expect("there is room");
        tokio::task::yield_now().await;
    }
    let slow = of("landfall_slow_clients_total{", "path=\"/closed\"");
    until(&figures, &slow, |value| value == 1.0).await;
    let lost = of("landfall_dropped_broadcasts_total{", "path=\"/dropped\"");
    until(&figures, &lost, |value| value > 100.0).await;
    let other = of("landfall_slow_clients_total{", "path=\"/dropped\"");
    assert_eq!(value(&figures, &other), Some(0.0), "it may stay");
    let waits = of("landfall_outbox_bytes{", "path=\"/dropped\"");
    until(&figures, &waits, |value| value > 1000.0).await;
    drop((dropped, closed));
    until(&figures, &waits, |value| value == 0.0).await;

    // Letters wait for a callback.
    let mut busy = silent(&network, "/busy/websocket").await;
    busy.write_all(&frame(1, b"work"))
        .await
        .expect("it is read");
    let mailbox = of("landfall_mailbox_messages{", "path=\"/busy\"");
    let came = of("landfall_messages_in_total{", "path=\"/busy\"");
    until(&figures, &came, |value| value == 1.0).await;
    for _ in 0..7 {
        web.broadcast("letters", "sent", "").expect("there is room");
    }
    until(&figures, &mailbox, |value| value == 7.0).await;
    web.state().0.notify_one();
    until(&figures, &mailbox, |value| value == 0.0).await;
    // A second one ends while letters wait for it.
    busy.write_all(&frame(1, b"work"))
        .await
        .expect("it is read");
    until(&figures, &came, |value| value == 2.0).await;
    web.broadcast("letters", "sent", "").expect("there is room");
    until(&figures, &mailbox, |value| value == 1.0).await;
    busy.write_all(&frame(8, &3999_u16.to_be_bytes()))
        .await
        .expect("it is read");
    web.state().0.notify_one();
    until(&figures, &mailbox, |value| value == 0.0).await;
    let callbacks = "landfall_callback_duration_seconds_count{";
    for callback in ["connect", "init", "handle_in", "handle_info", "terminate"] {
        let callback = format!("callback=\"{callback}\"");
        until(&figures, &[callbacks, "path=\"/busy\"", &callback], |n| {
            n > 0.0
        })
        .await;
    }

    // What a client says makes no series.
    let mut series = None;
    for number in 0..40_u16 {
        let mut client = silent(
            &network,
            &format!("/rooms/websocket?vsn=2.0.0&canary{number}=canary"),
        )
        .await;
        for message in [
            format!(r#"["1","1","room:{number}-canary","phx_join",{{}}]"#),
            format!(r#"["1","2","room:{number}-canary","canary{number}",{{}}]"#),
            format!(r#"["1","3","canary:{number}","phx_join",{{}}]"#),
        ] {
            client
                .write_all(&frame(1, message.as_bytes()))
                .await
                .expect("it is read");
        }
        let callbacks = "landfall_channel_callback_duration_seconds_count{";
        let handled = [callbacks, "callback=\"handle_in\""];
        until(&figures, &handled, |value| value > f64::from(number)).await;
        let topic = format!("room:{number}-canary");
        web.broadcast(&topic, "said", Payload::EMPTY)
            .expect("there is room");
        let out = [callbacks, "callback=\"handle_out\""];
        until(&figures, &out, |value| value > f64::from(number)).await;
        client
            .write_all(&frame(8, &(3000 + number).to_be_bytes()))
            .await
            .expect("it is read");
        let ended = [callbacks, "callback=\"terminate\""];
        until(&figures, &ended, |value| value > f64::from(number)).await;
        let other = ["landfall_closed_sockets_total{", "Rooms", "code=\"other\""];
        until(&figures, &other, |value| value > f64::from(number)).await;
        drop(client);
        let mut stream = network.connect().await.expect("somebody listens");
        let request = format!(
            "M{number} /canary{number} HTTP/1.1\r\nhost: canary{number}\r\nconnection: close\r\n\r\n"
        );
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it is read");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let scraped = figures.render();
        assert!(!scraped.contains("canary"), "{scraped}");
        let count = scraped.lines().filter(|line| !line.starts_with('#'));
        let count = count.filter(|line| !line.contains("quantile")).count();
        assert_eq!(*series.get_or_insert(count), count, "{scraped}");
    }
    web.shutdown().await.expect("it stops");
}
