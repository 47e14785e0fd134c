//! One connection to one server.

use std::time::Duration;

use redis::{AsyncConnectionConfig, PushInfo, RedisError, aio::MultiplexedConnection};

use super::access::Server;

/// How long a server may take to answer.
const ANSWER: Duration = Duration::from_secs(3);
/// How long a new connection may take.
const CONNECT: Duration = Duration::from_secs(2);

/// Connects to a server. What it says unasked, and that the connection has ended, is told to
/// `take`.
pub(super) async fn open(
    server: &Server,
    take: impl Fn(PushInfo) + Send + Sync + 'static,
) -> Result<MultiplexedConnection, RedisError> {
    let take = move |push: PushInfo| {
        take(push);
        Ok::<(), ()>(())
    };
    let config = AsyncConnectionConfig::new()
        .set_push_sender(take)
        .set_connection_timeout(Some(CONNECT))
        .set_response_timeout(Some(ANSWER));
    let client = server.client()?;
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
}
