//! Channels: names without end, and what waits for their callbacks.

use std::net::SocketAddr;

use landfall_tests::attack::{Attacker, frame_head};

use crate::measure::{BASE, MIB, Scene, scene};

/// A connection's messages are as large as WebSocket lets them be.
const CONNECTION: usize = 2 * 8 * MIB + BASE;

const VERSIONS: [&str; 2] = ["1.0.0", "2.0.0"];

/// A message as text; of its payload there may be more to come.
fn message(vsn: &str, reference: &str, topic: &str, event: &str, payload: &str) -> String {
    match vsn {
        "1.0.0" => format!(
            r#"{{"join_ref":"{reference}","ref":"{reference}","topic":"{topic}","event":"{event}","payload":{payload}}}"#
        ),
        _ => format!(r#"["{reference}","{reference}","{topic}","{event}",{payload}]"#),
    }
}

async fn open(address: SocketAddr, vsn: &str) -> Attacker {
    Attacker::websocket(address, &format!("/rooms/websocket?vsn={vsn}"), false).await.expect("a WebSocket")
}

async fn say(attacker: &mut Attacker, text: &str) {
    attacker.send(&frame_head(true, false, 1, text.len())).await;
    attacker.send(text.as_bytes()).await;
}

/// Sends a message with so many letters in place of the first `#`: the client holds none of them.
async fn say_long(attacker: &mut Attacker, text: &str, letters: usize) {
    let (before, behind) = text.split_once('#').expect("a place");
    attacker.send(&frame_head(true, false, 1, text.len() - 1 + letters)).await;
    attacker.send(before.as_bytes()).await;
    attacker.send_letters(letters).await;
    attacker.send(behind.as_bytes()).await;
}

async fn long_names(scene: &Scene, what: &str, letters: usize, text: impl Fn(&str) -> String) {
    for vsn in VERSIONS {
        let text = text(vsn);
        let attack = async |address| {
            let mut attacker = open(address, vsn).await;
            for _ in 0..5 {
                say_long(&mut attacker, &text, letters).await;
            }
            attacker
        };
        scene.costs(&format!("{what}, {vsn}"), CONNECTION, attack).await;
    }
}

#[tokio::test]
async fn names_without_end() {
    let scene = scene().await;
    let join = |vsn: &str| message(vsn, "1", "room:#", "phx_join", "{}");
    long_names(&scene, "topics", 7_900_000, join).await;
    let join = |vsn: &str| message(vsn, "#", "room:1", "phx_join", "{}");
    long_names(&scene, "refs", 7_900_000, join).await;
    let push = |vsn: &str| message(vsn, "1", "room:1", "#", "{}");
    long_names(&scene, "events", 7_900_000, push).await;
}

/// Many topics of any length that is allowed.
#[tokio::test]
async fn as_many_channels_as_may_be() {
    let scene = scene().await;
    for vsn in VERSIONS {
        let attack = async |address| {
            let mut attacker = open(address, vsn).await;
            for n in 0..1000 {
                let topic = format!("room:{n}{}", "x".repeat(900));
                say(&mut attacker, &message(vsn, "1", &topic, "phx_join", "{}")).await;
            }
            attacker
        };
        scene.costs(&format!("channels, {vsn}"), CONNECTION, attack).await;
    }
}

#[tokio::test]
async fn pushes_to_callbacks_that_hang() {
    const CHANNELS: usize = 8;

    let scene = scene().await;
    for vsn in VERSIONS {
        let attack = async |address| {
            let mut attacker = open(address, vsn).await;
            for n in 0..CHANNELS {
                let topic = format!("room:{n}");
                say(&mut attacker, &message(vsn, "1", &topic, "phx_join", "{}")).await;
                say(&mut attacker, &message(vsn, "1", &topic, "hang", "{}")).await;
            }
            for n in 0..20 {
                let push = message(vsn, "1", &format!("room:{}", n % CHANNELS), "echo", "{\"x\":\"#\"}");
                say_long(&mut attacker, &push, 4_000_000).await;
            }
            attacker
        };
        scene.costs(&format!("pushes to callbacks that hang, {vsn}"), CONNECTION, attack).await;
    }
}

#[tokio::test]
async fn replies_that_are_not_read() {
    let scene = scene().await;
    for vsn in VERSIONS {
        let attack = async |address| {
            let mut attacker = open(address, vsn).await;
            say(&mut attacker, &message(vsn, "1", "room:1", "phx_join", "{}")).await;
            for _ in 0..10 {
                let push = message(vsn, "1", "room:1", "echo", "{\"x\":\"#\"}");
                say_long(&mut attacker, &push, 4_000_000).await;
            }
            attacker
        };
        scene.costs(&format!("replies that are not read, {vsn}"), CONNECTION, attack).await;
    }
}
