//! What waits for the broker.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::{instance::Instance, letter::Letter, write::write};
use crate::pubsub::{
    adapter::{Channel, Outgoing},
    broadcast::Broadcast,
    budget::{Budget, Share},
    subscriber::SubscriberId,
};

/// What is sent to other nodes.
#[derive(Debug)]
pub(in crate::pubsub) enum Post {
    Broadcast(Broadcast, Option<SubscriberId>),
    /// To one node.
    Direct(Arc<str>, Broadcast),
    Letter(Channel, Letter),
    /// A broadcast that is written already.
    Message(Channel, Bytes),
}

/// The queue of what waits for the broker: bounded in pieces and bytes.
pub(in crate::pubsub) struct Posts {
    queue: Sender<Posted>,
    budget: Arc<Budget>,
}

/// Its other end.
pub(in crate::pubsub) type Waiting = Receiver<Posted>;

/// A post, with its share of the bytes that may wait.
#[derive(Debug)]
pub(in crate::pubsub) struct Posted {
    post: Post,
    share: Share,
}

impl Posted {
    pub(in crate::pubsub) fn into_parts(self) -> (Post, Share) {
        (self.post, self.share)
    }
}

impl Posts {
    pub(super) fn new(queue: usize, bytes: usize) -> (Self, Waiting) {
        let (queue, waiting) = mpsc::channel(queue);
        let budget = Budget::new(bytes);
        (Posts { queue, budget }, waiting)
    }

    /// False if there is no room, or the node has left.
    pub(in crate::pubsub) fn put(&self, post: Post) -> bool {
        let Ok(place) = self.queue.try_reserve() else {
            return false;
        };
        let share = self.budget.share();
        let fits = share.take(post.bytes());
        if fits {
            place.send(Posted { post, share });
        }
        fits
    }
}

impl Post {
    fn bytes(&self) -> usize {
        match self {
            Post::Broadcast(broadcast, _) | Post::Direct(_, broadcast) => broadcast.bytes(),
            Post::Letter(_, Letter::Served { bytes, .. }) => bytes.len(),
            Post::Message(_, bytes) => bytes.len(),
            Post::Letter(..) => 0,
        }
    }

    /// Where it goes, and what it says there.
    pub(in crate::pubsub) fn into_outgoing(self, from: Instance) -> Outgoing {
        let (channel, letter) = match self {
            Post::Broadcast(broadcast, except) => {
                let channel = Channel::Topic(broadcast.topic().into());
                (channel, Letter::Broadcast { broadcast, except })
            }
            Post::Direct(node, broadcast) => {
                let except = None;
                (Channel::Node(node), Letter::Broadcast { broadcast, except })
            }
            Post::Letter(channel, letter) => (channel, letter),
            Post::Message(channel, message) => return Outgoing { channel, message },
        };
        let message = write(from, &letter);
        Outgoing { channel, message }
    }
}
