//! Who is here: sockets, channels, topics and members of a running endpoint.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::HashSet, net::SocketAddr, time::Duration};

use landfall::{
    Handle,
    debug::{ChannelInfo, Cursor, MOST, SocketInfo, Traffic},
    prelude::*,
    pubsub::SubscriberId,
    testing::{self, Site},
};
use serde_json::json;
use tokio::time::sleep;

endpoint! {
    struct Web;

    secret_key_base = "s".repeat(64);
    socket("/socket", UserSocket, longpoll(window = secs(1)));
    socket("/raw/:name", Raw, websocket(timeout = on_purpose(never, reason = "silent for a test")));
}

struct UserSocket;

#[socket(channel("room:*", Room), channel("lobby", Lobby))]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }

    fn id(&self) -> Option<String> {
        Some("users:7".to_owned())
    }
}

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("say")]
    async fn say(&mut self, said: Payload) -> Reply {
        Reply::ok(said)
    }
}

struct Lobby;

#[channel(UserSocket)]
impl Lobby {
    async fn join() -> Result<Self, JoinError> {
        Ok(Lobby)
    }
}

/// Echoes, forwards `news`, and hangs when it is told to.
struct Raw(Handle);

#[socket]
impl Raw {
    async fn connect(handle: Handle, #[param] name: String) -> Result<Self, Refused> {
        assert!(!name.is_empty());
        Ok(Raw(handle))
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward("news");
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        if message.as_text() == Some("hang") {
            std::future::pending::<()>().await;
        }
        out.push(message);
        Flow::Continue
    }

    fn terminate(self, reason: Reason) {
        let told = self.0.broadcast("ends", "end", format!("{reason:?}"));
        told.expect("room for a broadcast");
    }
}

fn all(site: &Site<Web>, most: usize) -> Vec<SocketInfo> {
    let (mut all, mut from) = (Vec::new(), Some(Cursor::START));
    while let Some(cursor) = from {
        let page = site.list_sockets(cursor, most);
        assert!(page.items.len() <= most);
        all.extend(page.items);
        from = page.next;
    }
    all
}

fn only(site: &Site<Web>) -> SocketInfo {
    let [socket] = <[SocketInfo; 1]>::try_from(all(site, 10)).unwrap();
    socket
}

#[tokio::test(start_paused = true)]
async fn sockets_are_told_by_where_they_came_and_from_whom() {
    let site = testing::start::<Web>().await;
    let peer: SocketAddr = "192.0.2.7:4711".parse().unwrap();
    let _one = site.connect("/socket").peer(peer).await.unwrap();
    let _two = site.connect("/socket").longpoll().await.unwrap();
    sleep(Duration::from_secs(5)).await;
    let _three = site.raw("/raw/ann").await.unwrap();

    let mut told = all(&site, 10);
    told.sort_by_key(|socket| (socket.socket, socket.transport));
    let [raw, polling, socket] = <[SocketInfo; 3]>::try_from(told).unwrap();
    assert_eq!(
        (raw.path, raw.socket, raw.transport),
        ("/raw/:name", "Raw", "websocket")
    );
    assert_eq!((polling.path, polling.transport), ("/socket", "longpoll"));
    assert_eq!(
        (socket.socket, socket.transport),
        ("UserSocket", "websocket")
    );
    assert_eq!(socket.peer, Some(peer.ip()));
    assert!(raw.peer.unwrap().is_loopback());
    assert!((3..=7).contains(&socket.open.as_secs()), "{socket:?}");
    assert!(raw.open.as_secs() <= 2, "{raw:?}");
    assert!(!socket.is_ending && socket.busy.is_none() && socket.waiting_bytes == 0);

    let found = site.socket(socket.id).unwrap();
    assert_eq!((found.id, found.path), (socket.id, "/socket"));
    let text = socket.id.to_string();
    assert_eq!(text.parse::<SubscriberId>(), Ok(socket.id));
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_long_list_comes_in_parts_and_each_socket_once() {
    let site = testing::start::<Web>().await;
    let mut clients = Vec::new();
    for number in 0..30 {
        clients.push(site.raw(&format!("/raw/{number}")).await.unwrap());
    }
    let polling = site.connect("/socket").longpoll().await.unwrap();
    for most in [1, 7, 31, 1000] {
        let ids: Vec<_> = all(&site, most).iter().map(|socket| socket.id).collect();
        let different: HashSet<_> = ids.iter().copied().collect();
        assert_eq!((ids.len(), different.len()), (31, 31), "{most} at a time");
    }
    assert_eq!(
        site.list_sockets(Cursor::START, 0).items.len(),
        1,
        "nobody waits for ever"
    );
    assert!(site.list_sockets(Cursor::START, usize::MAX).items.len() <= MOST);
    let beyond = site.list_sockets(Cursor::from(u64::MAX), 10);
    assert!(beyond.items.is_empty() && beyond.next.is_none());
    drop((clients, polling));
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn channels_topics_and_members_are_told() {
    let site = testing::start::<Web>().await;
    let client = site.connect("/socket").await.unwrap();
    let _room = client.join("room:1", json!({})).await.unwrap();
    let mut lobby = client.join("lobby", json!({})).await.unwrap();
    let other = site.connect("/socket").await.unwrap();
    let _also = other.join("room:1", json!({})).await.unwrap();
    let mut raw = site.raw("/raw/ann").await.unwrap();
    raw.send("here");
    raw.expect("here").await;

    let sockets = all(&site, 10);
    let joined = sockets.iter().find(|socket| socket.topics == 2).unwrap();
    let mut channels = site.list_channels(joined.id).unwrap();
    channels.sort_by(|one, other| one.topic.cmp(&other.topic));
    let told = |channel: &ChannelInfo| (channel.topic.clone(), channel.channel);
    let expected = [("lobby", Some("Lobby")), ("room:1", Some("Room"))];
    let expected = expected.map(|(topic, channel)| (topic.to_owned(), channel));
    assert_eq!(channels.iter().map(told).collect::<Vec<_>>(), expected);
    let forwarding = sockets
        .iter()
        .find(|socket| socket.socket == "Raw")
        .unwrap();
    let forwarded = site.list_channels(forwarding.id).unwrap();
    assert_eq!(
        forwarded.iter().map(told).collect::<Vec<_>>(),
        [("news".to_owned(), None)]
    );

    let names = |after: &str, most| {
        let topics = site.list_topics(after, most).into_iter();
        topics
            .map(|topic| (topic.topic, topic.members))
            .collect::<Vec<_>>()
    };
    let topics = [("lobby", 1), ("news", 1), ("room:1", 2), ("users:7", 2)];
    let topics = topics.map(|(topic, members)| (topic.to_owned(), members));
    assert_eq!(names("", 10), topics);
    assert_eq!(names("", 2), topics[..2]);
    assert_eq!(names("news", 10), topics[2..]);
    assert!(names("users:7", 10).is_empty());

    let members = site.list_members("room:1", Cursor::START, 10);
    assert!(members.next.is_none());
    let sockets: HashSet<_> = members
        .items
        .iter()
        .map(|id| site.socket(*id).unwrap().socket)
        .collect();
    assert_eq!(
        (members.items.len(), sockets),
        (2, HashSet::from(["UserSocket"]))
    );
    let (mut some, mut from) = (Vec::new(), Some(Cursor::START));
    while let Some(cursor) = from {
        let part = site.list_members("room:1", cursor, 1);
        some.extend(part.items);
        from = part.next;
    }
    assert_eq!(some, members.items);
    assert!(
        site.list_members("nowhere", Cursor::START, 10)
            .items
            .is_empty()
    );

    lobby.leave().await;
    assert_eq!(site.socket(joined.id).unwrap().topics, 1);
    site.shutdown().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn messages_are_counted_while_somebody_asks() {
    let site = testing::start::<Web>().await;
    let mut raw = site.raw("/raw/ann").await.unwrap();
    raw.send("before");
    raw.expect("before").await;
    assert_eq!(only(&site).traffic, Traffic::default(), "nobody had asked");
    let say = |raw: &mut landfall::testing::Raw| {
        raw.send("1234567");
    };
    say(&mut raw);
    raw.expect("1234567").await;
    site.broadcast("news", "headline", "ahoy").unwrap();
    raw.expect("ahoy").await;
    let traffic = only(&site).traffic;
    assert_eq!((traffic.messages_in, traffic.bytes_in), (1, 7));
    // With the head of its frame.
    assert_eq!((traffic.messages_out, traffic.bytes_out), (2, 7 + 2 + 4));

    sleep(Duration::from_secs(30)).await;
    let traffic = only(&site).traffic;
    assert_eq!(traffic.messages_in, 1);
    assert!(
        (28..=32).contains(&traffic.counted.as_secs()),
        "{traffic:?}"
    );
    sleep(Duration::from_secs(70)).await;
    assert_eq!(
        only(&site).traffic,
        Traffic::default(),
        "nobody wanted to know any more"
    );
    site.shutdown().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn one_that_hangs_is_listed_as_any_other() {
    let site = testing::start::<Web>().await;
    let raw = site.raw("/raw/ann").await.unwrap();
    raw.send("hang");
    sleep(Duration::from_secs(10)).await;
    let socket = only(&site);
    let busy = socket.busy.unwrap();
    assert!((8..=11).contains(&busy.as_secs()), "{busy:?}");
    assert!(!socket.is_ending);
    assert!(site.disconnect(socket.id));
    sleep(Duration::from_secs(1)).await;
    assert!(only(&site).is_ending, "its callback is waited for");
}

#[tokio::test]
async fn a_socket_can_be_ended() {
    let site = testing::start::<Web>().await;
    let mut ends = site.subscribe("ends");
    let mut raw = site.raw("/raw/ann").await.unwrap();
    let polling = site.connect("/socket").longpoll().await.unwrap();
    let client = site.connect("/socket").await.unwrap();
    let id = |name: &str, transport: &str| {
        let all = all(&site, 10);
        let mut found = all
            .iter()
            .filter(|socket| (socket.socket, socket.transport) == (name, transport));
        found.next().unwrap().id
    };
    let ended = id("Raw", "websocket");
    assert!(site.disconnect(ended));
    raw.expect_close(1001).await;
    let reason = ends.recv().await.unwrap();
    assert_eq!(reason.payload().as_text(), Some("Disconnected"));

    assert!(site.disconnect(id("UserSocket", "longpoll")));
    polling.closed().await;
    client.heartbeat().await;
    assert!(site.disconnect(id("UserSocket", "websocket")));
    client.expect_close(1001).await;

    while !all(&site, 10).is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!site.disconnect(ended) && site.socket(ended).is_none());
    assert!(site.list_channels(ended).is_none());
    site.shutdown().await.unwrap();
}
