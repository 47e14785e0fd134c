//! One run of a node.

use crate::random::random;

/// One run of a node: no other has the same. Nodes know their own messages by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::pubsub) struct Instance(pub(super) [u8; 16]);

impl Instance {
    pub(super) fn random() -> Self {
        Instance(random())
    }
}
