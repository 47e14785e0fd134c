//! Messages and close frames of sockets, and bodies of requests.

use landfall_tests::{
    longpoll::{Poller, batch, poll, post},
    wire::{Connection, Frame},
};
use serde_json::json;

use crate::{encoded, hostile, log::Log, site::Site};

#[tokio::test(start_paused = true)]
async fn threat_19_messages_forge_no_line() {
    let log = Log::default();
    let _logging = log.start();
    let site = Site::start(&log).await;
    for text in hostile() {
        let short: String = text
            .chars()
            .scan(0, |len, c| {
                *len += c.len_utf8();
                (*len <= 123).then_some(c)
            })
            .collect();
        site.say("/open/websocket", Frame::close(4000, short.as_bytes()))
            .await;
        site.say("/open/websocket", Frame::text(&text)).await;
        site.say("/open/websocket", Frame::text(&format!("fail {text}")))
            .await;
        site.say(
            "/open/websocket",
            Frame::new(1, [text.as_bytes(), b"\xff"].concat()),
        )
        .await;

        let mut request = post("/plain/a/lines", "", &text);
        site.ask(&request).await;
        request.body = format!("fail {text}");
        site.ask(&request).await;

        for body in [
            text.as_str(),
            &format!("fail {text}"),
            &format!("[{text}"),
            &json!([text]).to_string(),
        ] {
            for lines in [false, true] {
                let mut poller = Poller::open(
                    Connection::through(&site.network).await,
                    "/plain/a/longpoll",
                )
                .await;
                let target = "/plain/a/longpoll";
                let said = if lines {
                    batch(target, &poller.token, body)
                } else {
                    post(target, &poller.token, body)
                };
                let _ = poller.send(&said).await;
                let _ = poller.send(&poll(target, &encoded(&text))).await;
            }
        }
    }
    log.says("reason", "Closed { code: 4000, text: \"a\\r\\n2030");
    log.says("reason", "Failed(\"a\\r\\n2030");
    log.says("message", "a callback panicked: a\\r\\n2030");
    site.stop().await;
}
