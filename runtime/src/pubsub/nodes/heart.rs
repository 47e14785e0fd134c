//! Says that the node is there, and notices when others are not.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use super::log;
use crate::pubsub::{
    adapter::Channel,
    remote::{Letter, Post, Remote},
};

/// How often a node says that it is there.
const BEAT: Duration = Duration::from_millis(1500);

/// Beats until the node leaves, and then says so.
pub(super) async fn run(remote: Arc<Remote>) {
    tokio::select! {
        biased;
        () = remote.stop.cancelled() => {}
        () = beat(&remote) => {}
    }
}

async fn beat(remote: &Remote) {
    let mut beats = interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let returned = remote.returned.notified();
        let asks = tokio::select! {
            () = returned => true,
            _ = beats.tick() => false,
        };
        remote.peers.sweep().iter().for_each(log::node_down);
        if remote.is_connected() {
            remote.say(Channel::All, remote.hello(asks));
            tell_missed(remote);
        }
    }
}

/// Tells other nodes on which topics they may have missed something.
fn tell_missed(remote: &Remote) {
    for topic in remote.missed.take() {
        let channel = topic.clone().map_or(Channel::All, Channel::Topic);
        let post = Post::Letter(channel, Letter::Gap(topic.clone()));
        if !remote.posts.put(post) {
            remote.missed.put_back(topic);
        }
    }
}
