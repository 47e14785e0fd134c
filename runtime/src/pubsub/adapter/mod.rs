//! How the nodes of a cluster reach each other: a broker carries their messages, and an [`Adapter`]
//! speaks to it.
//!
//! An endpoint without an adapter is alone. With one, what is broadcast on a node reaches the
//! subscribers of all nodes with the same [`name`](NodeOptions::name). [`InProcess`] is a broker in
//! memory, for tests: several nodes in one process. What nodes share besides, and how to deploy
//! them, stands in [`nodes`](crate::nodes).
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use landfall::pubsub::{PubSub, adapter::{InProcess, NodeOptions}};
//!
//! let broker = InProcess::new();
//! let here = PubSub::connect(broker.clone(), NodeOptions::new("chat")).await?;
//! let there = PubSub::connect(broker, NodeOptions::new("chat")).await?;
//!
//! let mut harbour = there.subscribe("harbour");
//! harbour.confirmed().await?; // the broker knows of the subscription
//! here.broadcast("harbour", "arrived", "Cutty Sark")?;
//! assert_eq!(harbour.recv().await?.payload().as_text(), Some("Cutty Sark"));
//! # Ok(()) }
//! ```
//!
//! # An adapter of your own
//!
//! It moves bytes, and knows nothing of what they mean: which topics a node subscribes, what it
//! sends, and what it does when the broker goes away is decided by the endpoint. [`Adapter`] says
//! what it has to keep to, and `landfall::testing::conformance` tests it.

// | file | what |
// | --- | --- |
// | `channel` | where a message goes |
// | `contract` | what an adapter implements |
// | `arrivals` | what an adapter tells its node |
// | `error` | why it did not connect, and what it could not write |
// | `options` | how a node takes part |
// | `in_process` | a broker in memory |
// | `nats` | NATS as the broker |
// | `redis/` | Redis as the broker |

mod arrivals;
mod channel;
mod contract;
mod error;
mod in_process;
#[cfg(feature = "nats")]
mod nats;
mod options;
#[cfg(feature = "redis")]
mod redis;

pub(crate) use self::arrivals::{Arrival, Most};
#[cfg(feature = "nats")]
pub use self::nats::Nats;
#[cfg(feature = "redis")]
pub use self::redis::Redis;
pub use self::{
    arrivals::Arrivals,
    channel::Channel,
    contract::{Adapter, Async, Outgoing},
    error::{ConnectError, Unwritten},
    in_process::InProcess,
    options::{NodeOptions, Wire},
};
