//! Who is here.

use super::Handle;
use crate::{
    debug::{ChannelInfo, Cursor, Directory, Listed, MOST, SocketInfo, TopicInfo},
    pubsub::SubscriberId,
};

impl Handle {
    /// Open sockets of this endpoint from a place on, at most `most` and at most
    /// [`MOST`](crate::debug::MOST): those of all mounts and transports, own ones of this crate
    /// included. See [`debug`](crate::debug).
    ///
    /// ```
    /// use landfall::{Handle, debug::Cursor};
    ///
    /// /// How many bytes wait for clients that do not read.
    /// fn waiting(handle: &Handle) -> usize {
    ///     let (mut bytes, mut from) = (0, Some(Cursor::START));
    ///     while let Some(cursor) = from {
    ///         let page = handle.list_sockets(cursor, 500);
    ///         bytes += page.items.iter().map(|socket| socket.waiting_bytes).sum::<usize>();
    ///         from = page.next;
    ///     }
    ///     bytes
    /// }
    /// ```
    pub fn list_sockets(&self, from: Cursor, most: usize) -> Listed<SocketInfo> {
        match self.0.directory.get() {
            Some(directory) => directory.sockets(from, most.clamp(1, MOST)),
            None => Listed {
                items: Vec::new(),
                next: None,
            },
        }
    }

    /// An open socket. `None` if it is not of this endpoint and this node, or has ended.
    pub fn socket(&self, id: SubscriberId) -> Option<SocketInfo> {
        self.0.directory.get()?.socket(id)
    }

    /// Those of these sockets that are there, in one pass.
    #[cfg(feature = "dashboard")]
    pub(crate) fn sockets_of(&self, ids: &[SubscriberId]) -> Vec<SocketInfo> {
        let directory = self.0.directory.get();
        directory.map_or_else(Vec::new, |directory| directory.sockets_of(ids))
    }

    /// The topics that a socket is in, at most [`MOST`](crate::debug::MOST), with the channels that
    /// serve them. `None` if the socket is not there. A join that is not answered yet is not
    /// listed.
    ///
    /// ```
    /// use landfall::{Handle, pubsub::SubscriberId};
    ///
    /// /// Whether a client is in a room.
    /// fn is_in(handle: &Handle, id: SubscriberId, room: &str) -> bool {
    ///     let channels = handle.list_channels(id).unwrap_or_default();
    ///     channels.iter().any(|channel| channel.topic == room)
    /// }
    /// ```
    pub fn list_channels(&self, id: SubscriberId) -> Option<Vec<ChannelInfo>> {
        self.0.directory.get()?.channels(id, MOST)
    }

    /// The topics that have subscribers on this node and whose names come after `after`, in the
    /// order of their names: at most `most` and at most [`MOST`](crate::debug::MOST). An empty
    /// `after` is the beginning, and the last name of a list is what the next one comes after.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # use landfall::{Endpoint, endpoint};
    /// # endpoint! { struct Web; }
    /// let web = Web::start().await.unwrap();
    /// let _news = web.subscribe("news");
    ///
    /// let topics = web.list_topics("", 10);
    /// assert!(topics.iter().any(|topic| topic.topic == "news" && topic.members == 1));
    /// # }
    /// ```
    pub fn list_topics(&self, after: &str, most: usize) -> Vec<TopicInfo> {
        let topics = self.0.pubsub.topics(after, most.clamp(1, MOST));
        let directory = self.0.directory.get();
        let info = |(topic, members): (String, usize)| TopicInfo {
            channel: directory.and_then(|directory| directory.channel_of(&topic)),
            topic,
            members,
        };
        topics.into_iter().map(info).collect()
    }

    /// Who is subscribed to a topic on this node, from a place on: at most `most` and at most
    /// [`MOST`](crate::debug::MOST). Who has several subscriptions, as a channel has that
    /// intercepts events, is listed for each. [`socket`](Handle::socket) tells which of them are
    /// sockets.
    pub fn list_members(&self, topic: &str, from: Cursor, most: usize) -> Listed<SubscriberId> {
        let (from, most) = (
            (from.part as usize, from.place as usize),
            most.clamp(1, MOST),
        );
        let (items, next) = self.0.pubsub.member_ids(topic, from, most);
        let next = next.map(|(shard, place)| Cursor::at(shard, place));
        Listed { items, next }
    }

    /// Ends a socket: its client is told 1001, and `terminate`
    /// [`Reason::Disconnected`](crate::socket::Reason::Disconnected). Clients of Phoenix connect
    /// again. A callback that runs is waited for. Returns false if the socket is not there.
    ///
    /// To end all sockets of a user, broadcast `disconnect` to the topic that is their
    /// [id](crate::channel::ChannelSocket::id).
    pub fn disconnect(&self, id: SubscriberId) -> bool {
        let directory = self.0.directory.get();
        directory.is_some_and(|directory| directory.disconnect(id))
    }

    /// From here on, the sockets are known.
    pub(crate) fn directory(&self, directory: impl Directory + 'static) {
        let _ = self.0.directory.set(Box::new(directory));
    }
}
