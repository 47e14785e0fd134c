//! How broadcasts are written for other nodes.

use bytes::Bytes;

#[cfg(feature = "redis")]
use crate::pubsub::phoenix;
use crate::{
    message::EncodeError,
    pubsub::{
        adapter::{NodeOptions, Wire},
        broadcast::Broadcast,
    },
};

/// How broadcasts are written for other nodes.
#[derive(Debug)]
pub(in crate::pubsub) enum Dialect {
    /// As letters, among others that nodes write.
    Letters,
    /// As Phoenix nodes write them, who say nothing else.
    #[cfg(feature = "redis")]
    Phoenix(phoenix::Wire),
}

impl Dialect {
    pub(super) fn of(options: &NodeOptions) -> Self {
        match options.wire {
            Wire::Landfall => Dialect::Letters,
            #[cfg(feature = "redis")]
            Wire::Phoenix { compression } => Dialect::Phoenix(phoenix::Wire::new(
                &options.node,
                compression.map(u32::from),
                options.max_message,
            )),
        }
    }

    pub(in crate::pubsub) fn has_letters(&self) -> bool {
        matches!(self, Dialect::Letters)
    }

    /// A broadcast for one node or for all; `None` if it is sent as a letter.
    pub(super) fn write(
        &self,
        broadcast: &Broadcast,
        node: Option<&str>,
    ) -> Result<Option<Bytes>, EncodeError> {
        match self {
            Dialect::Letters => {
                let _ = (broadcast, node);
                Ok(None)
            }
            #[cfg(feature = "redis")]
            Dialect::Phoenix(wire) => {
                let message = match node {
                    Some(node) => wire.for_one(node, broadcast),
                    None => wire.for_all(broadcast),
                };
                Ok(Some(message?.into()))
            }
        }
    }
}
