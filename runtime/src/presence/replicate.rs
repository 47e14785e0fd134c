//! What goes from one node's presence to another's.

use super::{Delta, Presence, Replica, Seen};

/// Between nodes.
impl Presence {
    /// Who this is among those that tell each other their changes. After a restart it is somebody else.
    pub fn replica(&self) -> Replica {
        self.0.read(|state| state.replica())
    }

    /// All that this replica has seen: what another needs to know to give a [`delta`](Presence::delta).
    pub fn seen(&self) -> Seen {
        self.0.read(|state| state.seen().clone())
    }

    /// What another replica lacks that has seen `since`; everything for [`Seen::new`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use landfall::{presence::Presence, pubsub::PubSub};
    /// use serde_json::json;
    ///
    /// let (here, there) = (Presence::new(&PubSub::new()), Presence::new(&PubSub::new()));
    /// let ann = here.track("room:1", "ann", json!({})).unwrap();
    /// there.merge(&here.delta(&there.seen()));
    /// assert_eq!(there.list("room:1"), here.list("room:1"));
    ///
    /// there.replica_down(here.replica());
    /// assert!(there.list("room:1").is_empty());
    /// there.replica_up(here.replica());
    /// assert_eq!(there.list("room:1").len(), 1);
    /// # }
    /// ```
    pub fn delta(&self, since: &Seen) -> Delta {
        self.0.read(|state| state.delta(since))
    }

    /// Takes in what another replica knows; subscribers of this node hear what that changes.
    pub fn merge(&self, delta: &Delta) {
        self.0.change(|state| (state.merge(delta), ()));
    }

    /// A replica cannot be reached: what it tracks vanishes here, and is not passed on.
    pub fn replica_down(&self, replica: Replica) {
        self.0.change(|state| (state.down(replica), ()));
    }

    /// A replica can be reached again: what it tracks is back.
    pub fn replica_up(&self, replica: Replica) {
        self.0.change(|state| (state.up(replica), ()));
    }

    /// A replica will not come back: frees the memory that is held for it. Should it come back after all, its next
    /// delta for this replica's [`seen`](Presence::seen) restores it.
    pub fn forget_replica(&self, replica: Replica) {
        self.0.change(|state| (state.forget(replica), ()));
    }
}
