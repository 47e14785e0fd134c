//! Channels: names without end, and what waits for their callbacks.

use std::net::SocketAddr;

use landfall_tests::attack::{Attacker, Sent, frame_head};

use crate::{
    longpoll::{SESSION, open_at},
    measure::{BASE, MIB, STALL, Scene, alone, scene},
};

/// What a connection may cost: two messages of the largest size, and [`BASE`].
const CONNECTION: usize = 2 * 8 * MIB + BASE;

/// Channels of one connection.
const CHANNELS: usize = 8;

const VERSIONS: [&str; 2] = ["1.0.0", "2.0.0"];

/// A message as text. [`say_long`] puts letters in place of a `#` in it.
fn message(vsn: &str, reference: &str, topic: &str, event: &str, payload: &str) -> String {
    match vsn {
        "1.0.0" => format!(
            r#"{{"join_ref":"{reference}","ref":"{reference}","topic":"{topic}","event":"{event}","payload":{payload}}}"#
        ),
        _ => format!(r#"["{reference}","{reference}","{topic}","{event}",{payload}]"#),
    }
}

async fn open(address: SocketAddr, vsn: &str) -> Attacker {
    let target = format!("/rooms/websocket?vsn={vsn}");
    Attacker::websocket(address, &target, false)
        .await
        .expect("a WebSocket")
        .stalls_after(STALL)
}

async fn say(attacker: &mut Attacker, text: &str) {
    attacker.send(&frame_head(true, false, 1, text.len())).await;
    attacker.send(text.as_bytes()).await;
}

/// Sends messages with N letters in place of the first `#`, as far as the server reads. The
/// client holds none of them in memory.
async fn say_long(
    attacker: &mut Attacker,
    texts: impl IntoIterator<Item = String>,
    letters: usize,
) {
    for text in texts {
        let (before, behind) = text.split_once('#').expect("a place");
        let head = frame_head(true, false, 1, text.len() - 1 + letters);
        let all = attacker.send(&[&head, before.as_bytes()].concat()).await == Sent::All
            && attacker.send_letters(letters).await == Sent::All
            && attacker.send(behind.as_bytes()).await == Sent::All;
        if !all {
            return;
        }
    }
}

async fn long_names(scene: &Scene, what: &str, letters: usize, text: impl Fn(&str) -> String) {
    for vsn in VERSIONS {
        let text = text(vsn);
        let attack = async |address| {
            let mut attacker = open(address, vsn).await;
            say_long(&mut attacker, vec![text.clone(); 5], letters).await;
            attacker
        };
        scene
            .costs(&format!("{what}, {vsn}"), CONNECTION, attack)
            .await;
    }
}

#[test]
fn names_without_end() {
    alone(async {
        let scene = scene().await;
        let join = |vsn: &str| message(vsn, "1", "room:#", "phx_join", "{}");
        long_names(&scene, "topics", 7_900_000, join).await;
        let join = |vsn: &str| message(vsn, "#", "room:1", "phx_join", "{}");
        long_names(&scene, "refs", 7_900_000, join).await;
        let push = |vsn: &str| message(vsn, "1", "room:1", "#", "{}");
        long_names(&scene, "events", 7_900_000, push).await;
    });
}

/// Joins of 1,000 topics with long names.
#[test]
fn as_many_channels_as_may_be() {
    alone(async {
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
            scene
                .costs(&format!("channels, {vsn}"), CONNECTION, attack)
                .await;
        }
    });
}

#[test]
fn pushes_to_callbacks_that_hang() {
    alone(async {
        let scene = scene().await;
        for vsn in VERSIONS {
            let attack = async |address| {
                let mut attacker = open(address, vsn).await;
                for n in 0..CHANNELS {
                    let topic = format!("room:{n}");
                    say(&mut attacker, &message(vsn, "1", &topic, "phx_join", "{}")).await;
                    say(&mut attacker, &message(vsn, "1", &topic, "hang", "{}")).await;
                }
                let push = |n| {
                    message(
                        vsn,
                        "1",
                        &format!("room:{}", n % CHANNELS),
                        "echo",
                        "{\"x\":\"#\"}",
                    )
                };
                say_long(&mut attacker, (0..20).map(push), 4_000_000).await;
                attacker
            };
            scene
                .costs(
                    &format!("pushes to callbacks that hang, {vsn}"),
                    CONNECTION,
                    attack,
                )
                .await;
        }
    });
}

#[test]
fn replies_that_are_not_read() {
    alone(async {
        let scene = scene().await;
        for vsn in VERSIONS {
            let attack = async |address| {
                let mut attacker = open(address, vsn).await;
                say(
                    &mut attacker,
                    &message(vsn, "1", "room:1", "phx_join", "{}"),
                )
                .await;
                let push = message(vsn, "1", "room:1", "echo", "{\"x\":\"#\"}");
                say_long(&mut attacker, vec![push; 10], 4_000_000).await;
                attacker
            };
            scene
                .costs(
                    &format!("replies that are not read, {vsn}"),
                    CONNECTION,
                    attack,
                )
                .await;
        }
    });
}

#[test]
fn broadcasts_to_a_channel_that_intercepts() {
    alone(async {
        let scene = scene().await;
        for vsn in VERSIONS {
            let attack = async |address| {
                let mut attacker = open(address, vsn).await;
                for n in 0..CHANNELS {
                    say(
                        &mut attacker,
                        &message(vsn, "1", &format!("room:{n}"), "phx_join", "{}"),
                    )
                    .await;
                }
                let shout = message(vsn, "1", "room:1", "shout", "{\"x\":\"#\"}");
                say_long(&mut attacker, vec![shout; 10], 4_000_000).await;
                attacker
            };
            scene
                .costs(
                    &format!("intercepted broadcasts, {vsn}"),
                    CONNECTION,
                    attack,
                )
                .await;
        }
    });
}

/// One request after the other, on one connection.
#[test]
fn pushes_by_longpoll_to_callbacks_that_hang() {
    alone(async {
        const LETTERS: usize = 4_000_000;

        let scene = scene().await;
        for vsn in VERSIONS {
            let path = format!("/rooms/longpoll?vsn={vsn}");
            let attack = async |address| {
                let token = open_at(address, &path).await;
                let head = |length: usize| {
                    format!(
                        "POST {path}&token={token} HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\n"
                    )
                };
                let mut attacker = Attacker::open(address)
                    .await
                    .expect("a listener")
                    .stalls_after(STALL);
                for n in 0..CHANNELS {
                    for event in ["phx_join", "hang"] {
                        let message = message(vsn, "1", &format!("room:{n}"), event, "{}");
                        attacker
                            .ask((head(message.len()) + &message).as_bytes())
                            .await
                            .expect("an answer");
                    }
                }
                let push = message(vsn, "1", "room:1", "echo", "{\"x\":\"#\"}");
                let (before, behind) = push.split_once('#').expect("a place");
                for _ in 0..20 {
                    let begin = head(push.len() - 1 + LETTERS) + before;
                    let all = attacker.send(begin.as_bytes()).await == Sent::All
                        && attacker.send_letters(LETTERS).await == Sent::All
                        && attacker.send(behind.as_bytes()).await == Sent::All;
                    if !all {
                        break;
                    }
                }
                attacker
            };
            scene
                .costs(
                    &format!("pushes by longpoll to callbacks that hang, {vsn}"),
                    SESSION,
                    attack,
                )
                .await;
        }
    });
}
