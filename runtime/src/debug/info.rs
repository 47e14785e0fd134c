//! What is told of a socket, a channel and a topic.

use std::{net::IpAddr, time::Duration};

use crate::pubsub::SubscriberId;

/// An open socket, as it was when it was asked about: see
/// [`Handle::list_sockets`](crate::Handle::list_sockets).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SocketInfo {
    /// Its identity, among subscribers too.
    pub id: SubscriberId,
    /// The client's address. Behind trusted proxies, it is the address that they forward. `None` if
    /// it is not known.
    pub peer: Option<IpAddr>,
    /// The path of its mount as it is declared, such as `"/room/:room_id"`.
    pub path: &'static str,
    /// The name of its type.
    pub socket: &'static str,
    /// `"websocket"`, `"longpoll"`, or the name of an application's own transport.
    pub transport: &'static str,
    /// How long it has been open, to two seconds.
    pub open: Duration,
    /// How long its callback has been running, to two seconds. `None` while none runs that has not
    /// returned at once.
    pub busy: Option<Duration>,
    /// Bytes of memory that are held for the client because it has not taken them yet.
    pub waiting_bytes: usize,
    /// The topics whose broadcasts go straight to the client: those of its channels, and of
    /// [`Outbox::forward`](crate::socket::Outbox::forward).
    pub topics: usize,
    /// Its messages, as far as they were counted.
    pub traffic: Traffic,
    /// It was told to end, or its client has left.
    pub is_ending: bool,
}

/// Messages of one socket. They are counted from the first time that somebody asks about the
/// socket, until nobody has asked for a minute: so a first answer says that nothing was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// For how long they were counted, to two seconds.
    pub counted: Duration,
    /// Messages of the client.
    pub messages_in: u64,
    /// Their bytes.
    pub bytes_in: u64,
    /// Messages and broadcasts to the client. Broadcasts of one topic that leave together count as
    /// one.
    pub messages_out: u64,
    /// Their bytes; those of broadcasts with the heads of their frames.
    pub bytes_out: u64,
}

/// A topic of a socket: see [`Handle::list_channels`](crate::Handle::list_channels).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelInfo {
    /// The topic.
    pub topic: String,
    /// The name of the channel that serves it. `None` if the socket holds no channels, and forwards
    /// the topic itself.
    pub channel: Option<&'static str>,
}

/// A topic with subscribers on this node: see [`Handle::list_topics`](crate::Handle::list_topics).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TopicInfo {
    /// Its name.
    pub topic: String,
    /// The name of the channel that serves it. `None` if no mounted socket has one.
    pub channel: Option<&'static str>,
    /// Its subscriptions: clients, channels, mailboxes and tasks. One subscriber may have several.
    pub members: usize,
}
