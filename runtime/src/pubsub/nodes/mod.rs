//! The tasks of a node of a cluster, between the shards and the adapter.

// | file | what |
// | --- | --- |
// | `start` | connects the node, and starts the tasks |
// | `reader` | acts on what arrives |
// | `writer` | sends what waits |
// | `subscriber` | asks the broker for topics |
// | `heart` | says that the node is there |
// | `log` | events of nodes and gaps |
// | `seldom` | a log line that does not come often |

mod heart;
mod log;
mod reader;
mod seldom;
mod start;
mod subscriber;
mod writer;

pub(super) use self::start::start;
