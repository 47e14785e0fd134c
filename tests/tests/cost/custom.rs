//! A custom transport: what the library does for it is bounded, too.

use http::{Method, Response};
use landfall::{
    message::Unsupported,
    prelude::*,
    transport::{Attempt, Denied, Format, Transport, TransportOptions},
};
use landfall_tests::attack::Attacker;

use crate::measure::{BASE, MIB, STALL, alone, scene};

/// The largest body.
const LARGEST: usize = 8 * MIB;

/// A `POST` with a message opens a connection, whose answers are the response.
pub(crate) struct Held;

struct Plain;

impl Format for Plain {
    fn format(message: Message) -> Result<bytes::Bytes, Unsupported> {
        Ok(message.into_bytes())
    }
}

impl Transport for Held {
    const NAME: &'static str = "held";

    fn options(&self) -> TransportOptions {
        TransportOptions {
            path: "/held",
            ..TransportOptions::DEFAULT
        }
    }

    async fn answer<S: Socket>(&self, mut attempt: Attempt) -> Result<Response<Body>, Denied> {
        if attempt.parts().method != Method::POST {
            return Ok(Response::new(Body::empty()));
        }
        let body = attempt.read_body(LARGEST).await?;
        let (driver, outgoing) = attempt.connect::<S, Plain>(attempt.params()?, None).await?;
        driver.spawn(|mut driver| async move {
            let mut flow = driver.init().await;
            let mut message = Some(Message::from(body));
            loop {
                if let Flow::Stop { reason, .. } = flow {
                    return driver.terminate(reason);
                }
                flow = match message.take() {
                    Some(message) => driver.deliver(message).await,
                    None => {
                        driver.ready().await;
                        driver.info().await
                    }
                };
            }
        });
        Ok(Response::new(outgoing.into_body()))
    }
}

#[test]
fn a_body_and_its_answer_cost_their_limit() {
    alone(async {
        let scene = scene().await;
        for (what, announced, sent) in [
            ("half a body", LARGEST, LARGEST - 1),
            ("an echo that is not read", LARGEST, LARGEST),
        ] {
            let attack = async |address| {
                let mut attacker = Attacker::open(address)
                    .await
                    .expect("a listener")
                    .stalls_after(STALL);
                let head = format!(
                    "POST /echo/held HTTP/1.1\r\nhost: a\r\ncontent-length: {announced}\r\n\r\n"
                );
                attacker.send(head.as_bytes()).await;
                attacker.send_letters(sent).await;
                attacker
            };
            scene.costs(what, 2 * LARGEST + BASE, attack).await;
        }
    });
}
