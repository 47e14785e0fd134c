//! Requests that do not reach a socket.

use landfall_tests::attack::Attacker;

use crate::measure::{BASE, STALL, alone, scene};

#[test]
fn heads_cost_little() {
    alone(async {
        let scene = scene().await;
        let long = format!("GET /echo HTTP/1.1\r\nhost: a\r\nx: {}", "y".repeat(60_000));
        let many = format!("GET /echo HTTP/1.1\r\nhost: a\r\n{}", "x: y\r\n".repeat(90));
        let target = format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "y".repeat(15_000)).repeat(20);
        for (what, head) in [
            ("a long head", long),
            ("many headers", many),
            ("pipelined requests", target),
        ] {
            let attack = async |address| {
                let mut attacker = Attacker::open(address)
                    .await
                    .expect("a listener")
                    .stalls_after(STALL);
                attacker.send(head.as_bytes()).await;
                attacker
            };
            scene.costs(what, BASE, attack).await;
        }
    });
}
