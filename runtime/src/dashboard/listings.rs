//! What the page asks for.

use serde_json::{Value, json};

use super::{known::Known, time::since_1970};
use crate::{
    debug::{Cursor, SocketInfo},
    handle::Handle,
    pubsub::SubscriberId,
};

/// Rows of one answer.
const ROWS: usize = 50;

/// Badges of one answer.
const BADGES: usize = 100;

/// The answer to a question; `None` if it is not understood.
pub(super) fn answer(question: &str, asked: &Value, handle: &Handle) -> Option<Value> {
    let text = |name: &str| asked[name].as_str();
    let id = || text("id")?.parse::<SubscriberId>().ok();
    Some(match question {
        "sockets" => sockets(asked["from"].as_u64().unwrap_or_default().into(), handle),
        "topics_of" => topics_of(id()?, handle),
        "topics" => topics(text("after")?, handle),
        "members" => members(text("topic")?, handle),
        "presence" => presence(text("after")?, handle),
        "present" => present(text("topic")?, handle),
        "nodes" => nodes(handle),
        "disconnect" => disconnect(id()?, handle),
        _ => return None,
    })
}

fn sockets(from: Cursor, handle: &Handle) -> Value {
    let page = handle.list_sockets(from, ROWS);
    let items: Vec<_> = page.items.iter().map(socket).collect();
    json!({ "items": items, "next": page.next.map(u64::from) })
}

fn socket(socket: &SocketInfo) -> Value {
    let traffic = &socket.traffic;
    json!({
        "id": socket.id.to_string(),
        "peer": socket.peer,
        "path": socket.path,
        "socket": socket.socket,
        "transport": socket.transport,
        "open": socket.open.as_secs(),
        "busy": socket.busy.map(|busy| busy.as_secs()),
        "waiting": socket.waiting_bytes,
        "topics": socket.topics,
        "ending": socket.is_ending,
        "counted": traffic.counted.as_secs(),
        "messages_in": traffic.messages_in,
        "bytes_in": traffic.bytes_in,
        "messages_out": traffic.messages_out,
        "bytes_out": traffic.bytes_out,
    })
}

fn topics_of(id: SubscriberId, handle: &Handle) -> Value {
    let channels = handle.list_channels(id).unwrap_or_default();
    let items: Vec<_> = channels
        .iter()
        .take(BADGES)
        .map(|channel| json!({ "topic": channel.topic, "channel": channel.channel }))
        .collect();
    json!({ "items": items })
}

fn topics(after: &str, handle: &Handle) -> Value {
    let topics = handle.list_topics(after, ROWS);
    let items: Vec<_> = topics
        .iter()
        .map(|topic| json!({ "topic": topic.topic, "channel": topic.channel, "members": topic.members }))
        .collect();
    let next = topics.last().filter(|_| topics.len() == ROWS);
    json!({ "items": items, "next": next.map(|topic| &topic.topic) })
}

fn members(topic: &str, handle: &Handle) -> Value {
    let members = handle.list_members(topic, Cursor::START, BADGES);
    let sockets = handle.sockets_of(&members.items);
    let items: Vec<_> = members
        .items
        .iter()
        .map(|id| {
            let socket = sockets.iter().find(|socket| socket.id == *id);
            json!({
                "id": id.to_string(),
                "socket": socket.map(|socket| socket.socket),
                "peer": socket.and_then(|socket| socket.peer),
            })
        })
        .collect();
    json!({ "items": items, "next": members.next.map(u64::from) })
}

fn presence(after: &str, handle: &Handle) -> Value {
    let topics = handle.presence().topics(after, ROWS);
    let items: Vec<_> = topics
        .iter()
        .map(|(topic, present)| json!({ "topic": topic, "present": present }))
        .collect();
    let next = topics.last().filter(|_| topics.len() == ROWS);
    json!({ "items": items, "next": next.map(|(topic, _)| topic) })
}

fn present(topic: &str, handle: &Handle) -> Value {
    let (keys, more) = handle.presence().keys(topic, BADGES);
    let items: Vec<_> = keys
        .iter()
        .map(|(key, metas)| json!({ "key": key, "metas": metas }))
        .collect();
    json!({ "items": items, "more": more })
}

fn nodes(handle: &Handle) -> Value {
    let Some(own) = handle.node() else {
        return json!({ "items": [] });
    };
    let since = Known::of(handle).map(|known| since_1970(known.started));
    let own =
        json!({ "name": own, "version": env!("CARGO_PKG_VERSION"), "since": since, "here": true });
    let others = handle.nodes().into_iter().take(BADGES).map(|node| {
        let (name, version) = (node.name.to_string(), node.version.to_string());
        let since = since_1970(node.since);
        json!({ "name": name, "version": version, "since": since, "here": false })
    });
    let items: Vec<_> = [own].into_iter().chain(others).collect();
    json!({ "items": items })
}

fn disconnect(id: SubscriberId, handle: &Handle) -> Value {
    let is_there = handle.disconnect(id);
    if is_there {
        tracing::info!(socket = %id, "a socket is disconnected by the dashboard");
    }
    json!({ "done": is_there })
}
