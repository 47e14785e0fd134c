//! Plays what a row did.

use landfall_tests::replay::{Conversation, play as replay};
use serde_json::{Value, json};

/// Plays it. The answer is the recorded one, as far as the row tells.
pub(crate) async fn play(
    case: &Value,
    elsewhere: Option<&str>,
    base_port: u16,
) -> Result<(), String> {
    let case = as_conversation(case, elsewhere);
    let conversation = Conversation::read("logs", &case);
    let conversation = conversation.map_err(|left| format!("it cannot be played: {}", left.0))?;
    let outcomes = replay(&conversation, base_port).await;
    let outcomes = outcomes.map_err(|error| format!("the peer is not there: {error}"))?;
    let status = outcomes[0].status;
    if u64::from(status) != case["response"]["status"] {
        return Err(format!("the status is {status}"));
    }
    Ok(())
}

/// In the form of the other recordings.
fn as_conversation(case: &Value, elsewhere: Option<&str>) -> Value {
    let (mount, did) = (case["mount"].as_str().unwrap_or_default(), &case["did"]);
    let mount = elsewhere.unwrap_or(mount);
    if did.is_string() {
        return malformed(case);
    }
    let mut frames = did["frames"].as_array().cloned();
    if let (Some(stopped), Some(frames)) = (did["event"].as_str(), &mut frames) {
        let at = frames.iter().position(|frame| frame["type"] == "close");
        let words = format!("endpoint stopped while {stopped}");
        frames.insert(at.unwrap_or_default(), json!({ "event": words }));
    }
    let mut request = match did.get("request") {
        Some(request) => request.clone(),
        None => handshake(mount),
    };
    let target = request["target"].as_str().unwrap_or_default();
    request["target"] = target.replace("/socket_v1/", "/socket_logged/").into();
    let status = did["status"].as_u64().unwrap_or(101);
    let mut read = json!({
        "name": case["name"],
        "mount": mount,
        "request": request,
        "response": { "status": status, "headers": [] },
    });
    if let (Some(frames), 101) = (frames, status) {
        read["frames"] = frames.into();
    }
    read
}

/// The row that tells in words what was sent.
fn malformed(case: &Value) -> Value {
    let sent = &case["did"];
    assert_eq!(sent, "sent a header line without a colon", "unknown words");
    json!({
        "name": case["name"],
        "mount": case["mount"],
        "request": { "raw": "GET /hello HTTP/1.1\r\nhost: localhost:41000\r\nbad header\r\n\r\n" },
        "response": { "status": 400, "headers": [] },
    })
}

/// The request of a row that tells frames alone.
fn handshake(mount: &str) -> Value {
    let path = match mount.split(' ').next() {
        Some(path) if path.starts_with('/') => path,
        _ => "/socket",
    };
    json!({
        "method": "GET",
        "target": format!("{path}/websocket?vsn=2.0.0"),
        "headers": [
            ["host", "localhost:41000"],
            ["connection", "Upgrade"],
            ["upgrade", "websocket"],
            ["sec-websocket-version", "13"],
            ["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="],
        ],
    })
}
