//! Phoenix's lines and events, in the form of ours.

use serde_json::Value;

use crate::counterpart::Counterparts;

/// The sockets of the peer that was recorded, and ours.
const SOCKETS: [(&str, &str); 2] = [
    ("Peer.UserSocketV1", "LoggedSocket"),
    ("Peer.StopUser", "LoggedSocket"),
];

/// What a row has been told, line by line.
pub(crate) fn lines(
    theme: &str,
    case: &Value,
    counterparts: &Counterparts,
) -> Result<Vec<String>, String> {
    let (key, read): (_, fn(&str) -> Option<String>) = match theme {
        "logs" => ("log", line),
        _ => ("events", event),
    };
    let recorded = case[key].as_array().ok_or("nothing is recorded")?;
    let mut lines = Vec::new();
    for text in recorded.iter().filter_map(Value::as_str) {
        let told = read(text).map(|line| vec![line]);
        let told = told.or_else(|| counterparts.words(text));
        lines.extend(told.ok_or_else(|| format!("no counterpart is known of {text:?}"))?);
    }
    Ok(lines)
}

/// `[info] CONNECTED TO ..`
fn line(text: &str) -> Option<String> {
    let (level, text) = text.strip_prefix('[')?.split_once("] ")?;
    let mut lines = text.split("\n  ");
    let first = socket(lines.next()?);
    if !["CONNECTED TO ", "JOINED "]
        .iter()
        .any(|begin| first.starts_with(begin))
    {
        return None;
    }
    let mut line = format!("{level} {first}");
    for rest in lines {
        let (name, value) = rest.split_once(": ")?;
        line += &match name {
            "Transport" => format!(" transport={}", value.trim_start_matches(':')),
            "Serializer" => format!(" serializer={}", serializer(value)?),
            "Parameters" => format!(" params={}", map(value)),
            _ => return None,
        };
    }
    Some(line)
}

/// `{[:phoenix, :socket_connected], [measurements], [keys], %{metadata}}`
fn event(text: &str) -> Option<String> {
    let metadata = |key: &str| {
        let (_, rest) = text.split_once(&format!("{key}: "))?;
        // The metadata are in the order of their names: a value ends before the next one.
        let end = rest.find(", result: ").filter(|_| key == "params");
        let end = end.or_else(|| rest.find([',', '}']))?;
        Some(rest[..end].trim_start_matches(':'))
    };
    // Phoenix's events are not filtered. Ours are.
    let params = map(metadata("params")?).replace("\"secret\"", "\"[FILTERED]\"");
    let ok = metadata("result")? == "ok";
    if text.starts_with("{[:phoenix, :socket_connected]") {
        let (what, socket) = (
            if ok {
                "CONNECTED TO"
            } else {
                "REFUSED CONNECTION TO"
            },
            socket(metadata("user_socket")?),
        );
        let serializer = ok.then(|| {
            format!(
                " serializer={}",
                serializer(metadata("serializer").unwrap_or_default()).unwrap_or_default()
            )
        });
        return Some(format!(
            "{} {what} {socket} in <duration> transport={}{} params={}",
            metadata("log")?,
            metadata("transport")?,
            serializer.unwrap_or_default(),
            params.replace("\"limit\"", "\"[FILTERED]\""),
        ));
    }
    let (what, topic, reply) = match ok {
        true => ("JOINED", "room:lobby", ""),
        false => (
            "REFUSED JOIN",
            "room:refuse",
            " reply={\"reason\": \"unauthorized\"}",
        ),
    };
    text.starts_with("{[:phoenix, :channel_joined]")
        .then(|| format!("info {what} {topic} in <duration> params={params}{reply}"))
}

fn serializer(module: &str) -> Option<&'static str> {
    match module {
        "Phoenix.Socket.V1.JSONSerializer" => Some("V1"),
        "Phoenix.Socket.V2.JSONSerializer" => Some("V2"),
        _ => None,
    }
}

fn socket(text: &str) -> String {
    SOCKETS.iter().fold(text.to_owned(), |text, (there, here)| {
        text.replace(there, here)
    })
}

/// Elixir's map as our log shows one.
fn map(text: &str) -> String {
    text.replace("%{", "{").replace(" => ", ": ")
}
