//! Longpoll: bodies, what waits for callbacks, and answers.

use std::net::SocketAddr;

use landfall_tests::attack::Attacker;

use crate::measure::{BASE, MIB, STALL, alone, scene};

/// The default of `max_body_size`.
const BODY: usize = 8_000_000;
/// What a session and its client may cost together.
pub(crate) const SESSION: usize = 2 * BODY + BASE;

/// A session: its token.
async fn open(address: SocketAddr, mount: &str) -> String {
    open_at(address, &format!("{mount}/longpoll")).await
}

/// A session at a path with its query: its token.
pub(crate) async fn open_at(address: SocketAddr, target: &str) -> String {
    let mut attacker = Attacker::open(address)
        .await
        .expect("a listener")
        .stalls_after(STALL);
    let request = format!("GET {target} HTTP/1.1\r\nhost: a\r\n\r\n");
    let mut answer = attacker.ask(request.as_bytes()).await.expect("an answer");
    if !answer.ends_with('}') {
        answer.push_str(&attacker.answer().await.expect("the rest"));
    }
    let (_, token) = answer.split_once("\"token\":\"").expect("a token");
    token.split('"').next().unwrap_or_default().to_owned()
}

/// The head of a request with N bytes of messages.
fn post(mount: &str, token: &str, length: usize, ndjson: bool) -> Vec<u8> {
    let kind = if ndjson {
        "content-type: application/x-ndjson\r\n"
    } else {
        ""
    };
    let head = format!(
        "POST {mount}/longpoll?token={token} HTTP/1.1\r\nhost: a\r\n{kind}content-length: {length}\r\n\r\n"
    );
    head.into_bytes()
}

async fn posting(address: SocketAddr, mount: &str, token: &str, body: usize) -> Attacker {
    let mut attacker = Attacker::open(address)
        .await
        .expect("a listener")
        .stalls_after(STALL);
    attacker.send(&post(mount, token, BODY, false)).await;
    attacker.send_letters(body).await;
    attacker
}

#[test]
fn half_a_body_costs_what_has_come() {
    alone(async {
        let scene = scene().await;
        let attack = async |address| {
            let token = open(address, "/echo").await;
            posting(address, "/echo", &token, BODY - 1).await
        };
        scene.costs("half a body", SESSION, attack).await;
        let attack = async |address| {
            let token = open(address, "/echo").await;
            posting(address, "/echo", &token, 100_000).await
        };
        scene.costs("a little of a body", 2 * BASE, attack).await;
    });
}

/// The client posts on one connection, and never polls.
#[test]
fn an_echo_that_is_not_fetched() {
    alone(async {
        let scene = scene().await;
        let attack = async |address| {
            let token = open(address, "/echo").await;
            let mut attacker = posting(address, "/echo", &token, BODY).await;
            attacker.answer().await.expect("an answer");
            attacker.send(&post("/echo", &token, BODY, false)).await;
            attacker.send_letters(BODY).await;
            attacker
        };
        scene
            .costs("an echo that is not fetched", SESSION, attack)
            .await;
    });
}

/// An answer that is not read counts beside the messages that the session may send again.
#[test]
fn an_answer_that_is_not_read() {
    alone(async {
        let scene = scene().await;
        let attack = async |address| {
            let token = open(address, "/echo").await;
            let mut attacker = posting(address, "/echo", &token, BODY).await;
            attacker.answer().await.expect("an answer");
            let mut poll = Attacker::open(address)
                .await
                .expect("a listener")
                .stalls_after(STALL);
            poll.send(
                format!("GET /echo/longpoll?token={token} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes(),
            )
            .await;
            poll.drink(10_000).await;
            (attacker, poll)
        };
        scene
            .costs("an answer that is not read", SESSION, attack)
            .await;
    });
}

/// Messages that clients leave behind unhandled cost at most what one session may cost.
#[test]
fn what_waits_for_callbacks_is_one_limit() {
    alone(async {
        let scene = scene().await;
        let attack = async |address| {
            let token = open(address, "/hang").await;
            for _ in 0..6 {
                posting(address, "/hang", &token, BODY).await;
                tokio::time::sleep(std::time::Duration::from_millis(30)).await;
            }
        };
        scene
            .costs("clients that leave their bodies behind", SESSION, attack)
            .await;
    });
}

/// All requests share one session. It reserves the room for a body before it reads the body.
#[test]
fn requests_at_a_time_cost_one_body() {
    alone(async {
        const REQUESTS: usize = 6;

        let scene = scene().await;
        for mount in ["/hang", "/echo"] {
            let attack = async |address| {
                let token = open(address, mount).await;
                let mut attackers = Vec::new();
                for _ in 0..REQUESTS {
                    attackers.push(posting(address, mount, &token, BODY).await);
                }
                attackers
            };
            scene
                .costs(
                    &format!("{REQUESTS} requests to {mount}"),
                    SESSION + REQUESTS * BASE,
                    attack,
                )
                .await;
        }
    });
}

/// One line of text among lines of base64. The text is a slice that would keep the whole body.
#[test]
fn lines_of_every_kind_cost_the_body() {
    alone(async {
        const LINES: usize = 50;

        let scene = scene().await;
        let line = [vec![b'A'; 158_000], vec![b'\n']].concat();
        let short = "[\n".repeat(90);
        for mount in ["/hang", "/echo"] {
            let attack = async |address| {
                let token = open(address, mount).await;
                let mut attacker = Attacker::open(address)
                    .await
                    .expect("a listener")
                    .stalls_after(STALL);
                attacker
                    .send(&post(mount, &token, 6 + LINES * line.len(), true))
                    .await;
                attacker.send(b"[1]\r\n\n").await;
                attacker.send_times(&line, LINES).await;
                attacker
            };
            scene
                .costs(&format!("lines of base64 to {mount}"), SESSION, attack)
                .await;
            let attack = async |address| {
                let token = open(address, mount).await;
                let mut attackers = Vec::new();
                for _ in 0..20 {
                    let mut attacker = Attacker::open(address)
                        .await
                        .expect("a listener")
                        .stalls_after(STALL);
                    attacker.send(&post(mount, &token, short.len(), true)).await;
                    attacker.send(short.as_bytes()).await;
                    attackers.push(attacker);
                }
                attackers
            };
            scene
                .costs(&format!("short lines to {mount}"), MIB, attack)
                .await;
        }
    });
}

/// New polls supersede those that wait.
#[test]
fn polls_cost_little() {
    alone(async {
        const POLLS: usize = 50;

        let scene = scene().await;
        let attack = async |address| {
            let token = open(address, "/echo").await;
            let mut attackers = Vec::new();
            for _ in 0..POLLS {
                let mut attacker = Attacker::open(address)
                    .await
                    .expect("a listener")
                    .stalls_after(STALL);
                attacker
                    .send(
                        format!("GET /echo/longpoll?token={token} HTTP/1.1\r\nhost: a\r\n\r\n")
                            .as_bytes(),
                    )
                    .await;
                attackers.push(attacker);
            }
            attackers
        };
        scene.costs("polls", POLLS * BASE / 4, attack).await;
    });
}
