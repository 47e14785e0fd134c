//! Messages of channels, in each serialization.

use landfall_tests::wire::{Frame, Request};
use serde_json::json;

use crate::{encoded, hostile, log::Log, site::Site};

#[tokio::test(start_paused = true)]
async fn threat_19_channels_forge_no_line() {
    let log = Log::default();
    let _logging = log.start();
    let site = Site::start(&log).await;
    for text in hostile() {
        let room = format!("room:{text}");
        for vsn in ["1.0.0", "2.0.0"] {
            let target = format!("/channels/websocket?vsn={vsn}");
            let says = |join_ref: &str, reference: &str, topic: &str, event: &str, payload| {
                let message = match vsn {
                    "1.0.0" => json!({
                        "join_ref": join_ref, "ref": reference, "topic": topic, "event": event, "payload": payload
                    }),
                    _ => json!([join_ref, reference, topic, event, payload]),
                };
                Frame::text(&message.to_string())
            };
            let mut frames = vec![
                says("1", "1", &text, "phx_join", json!({})),
                says("1", "2", &room, "phx_join", json!({})),
                says("2", "2", &room, "phx_join", json!({})),
                says("2", "3", &room, &text, json!({})),
                says("2", "4", &room, "add", json!(text)),
                says("2", "5", &room, "parse", json!(text)),
                says("2", "6", &room, "panic", json!(text)),
                says("3", "7", &room, "phx_join", json!(text)),
                says(&text, &text, "room:1", "phx_join", json!({})),
                says(&text, &text, "room:1", &text, json!({})),
                says("", "", "room:1", "phx_leave", json!(text)),
                says(&text, &text, &text, &text, json!(text)),
            ];
            if vsn == "2.0.0" {
                let mut push = vec![0, 1, 1, text.len() as u8, 1, b'1', b'1'];
                push.extend(text.bytes().chain(*b"e"));
                frames.push(Frame::binary(&push));
            }
            for frame in frames {
                let mut client = site.open(&target).await;
                client
                    .send(says("1", "2", &room, "phx_join", json!({})))
                    .await;
                client.send(frame).await;
                client
                    .send(says("9", "9", "phoenix", "heartbeat", json!({})))
                    .await;
                client.send(Frame::text(&text)).await;
                let _ = client.hear_close_at_last().await;
            }
        }
        site.ask(&Request::upgrade(&format!(
            "/channels/websocket?vsn={}",
            encoded(&text)
        )))
        .await;
    }
    log.says("topic", "\"a\\r\\n2030");
    log.says("reason", "Protocol(\"undecodable message");
    site.stop().await;
}
