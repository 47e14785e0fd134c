//! The connections of all mounts, for those who ask who is here.

#[cfg(feature = "dashboard")]
use std::collections::HashSet;
use std::sync::Arc;

use super::{Dispatcher, WeakDispatcher, connection::registry::Drainable};
use crate::{
    debug::{ChannelInfo, Cursor, Directory, Listed, SocketInfo},
    pubsub::SubscriberId,
};

impl Directory for WeakDispatcher {
    fn sockets(&self, from: Cursor, most: usize) -> Listed<SocketInfo> {
        match self.upgrade() {
            Some(mounts) => mounts.sockets(from, most),
            None => Listed {
                items: Vec::new(),
                next: None,
            },
        }
    }

    fn socket(&self, id: SubscriberId) -> Option<SocketInfo> {
        Some(self.upgrade()?.find_socket(id)?.info())
    }

    #[cfg(feature = "dashboard")]
    fn sockets_of(&self, ids: &[SubscriberId]) -> Vec<SocketInfo> {
        let (mut found, ids) = (Vec::new(), ids.iter().collect::<HashSet<_>>());
        let is_meant = |socket: &dyn Drainable| ids.contains(&socket.id());
        for context in self.upgrade().iter().flat_map(Dispatcher::contexts) {
            let meant = context.connections.filter(is_meant);
            found.extend(meant.iter().map(|socket| socket.info()));
        }
        found
    }

    fn channels(&self, id: SubscriberId, most: usize) -> Option<Vec<ChannelInfo>> {
        Some(self.upgrade()?.find_socket(id)?.channels(most))
    }

    fn channel_of(&self, topic: &str) -> Option<&'static str> {
        let mounts = self.upgrade()?;
        mounts
            .contexts()
            .find_map(|context| (context.channel_of)(topic))
    }

    fn disconnect(&self, id: SubscriberId) -> bool {
        let found = self.upgrade().and_then(|mounts| mounts.find_socket(id));
        found.inspect(|socket| socket.disconnect()).is_some()
    }
}

impl Dispatcher {
    fn sockets(&self, from: Cursor, most: usize) -> Listed<SocketInfo> {
        let (mut items, mut place) = (Vec::new(), from.place as usize);
        for (part, context) in self.contexts().enumerate().skip(from.part as usize) {
            let batch = context.connections.batch(&mut place, most - items.len());
            items.extend(batch.iter().map(|socket| socket.info()));
            if items.len() >= most {
                let next = Some(Cursor::at(part, place));
                return Listed { items, next };
            }
            place = 0;
        }
        Listed { items, next: None }
    }

    fn find_socket(&self, id: SubscriberId) -> Option<Arc<dyn Drainable>> {
        self.contexts()
            .find_map(|context| context.connections.find(id))
    }
}
