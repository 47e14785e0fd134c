//! One connection to one server.

use std::{
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use redis::{
    AsyncConnectionConfig, Cmd, FromRedisValue, Pipeline, PushInfo, RedisError, RedisFuture, Value,
    aio::{ConnectionLike, MultiplexedConnection},
    cmd,
};
use tokio::time::{Instant, timeout};

use super::access::Server;

/// How long a server that says nothing at all may take to answer.
const SILENCE: Duration = Duration::from_secs(3);
/// How long a server may take to answer that says something else meanwhile.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a new connection may take.
const CONNECT: Duration = Duration::from_secs(2);

/// A connection, whose clones share it.
#[derive(Clone)]
pub(super) struct Connection {
    redis: MultiplexedConnection,
    /// How often the server has said something. Answers come in line with messages, so one that is
    /// late may stand behind many of these.
    heard: Arc<AtomicUsize>,
}

/// Connects to a server. What it says unasked, and that the connection has ended, is told to
/// `take`.
pub(super) async fn open(
    server: &Server,
    take: impl Fn(PushInfo) + Send + Sync + 'static,
) -> Result<Connection, RedisError> {
    let heard = Arc::<AtomicUsize>::default();
    let hears = heard.clone();
    let take = move |push: PushInfo| {
        hears.fetch_add(1, Relaxed);
        take(push);
        Ok::<(), ()>(())
    };
    let config = AsyncConnectionConfig::new()
        .set_push_sender(take)
        .set_connection_timeout(Some(CONNECT))
        .set_response_timeout(None);
    let client = server.client()?;
    let redis = client.get_multiplexed_async_connection_with_config(&config);
    let redis = redis.await?;
    Ok(Connection { redis, heard })
}

impl Connection {
    pub(super) async fn ask<T: FromRedisValue>(
        &self,
        verb: &str,
        words: &[String],
    ) -> Result<T, RedisError> {
        cmd(verb).arg(words).query_async(&mut self.clone()).await
    }
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        let answer = self.redis.send_packed_command(command);
        Box::pin(in_time(&self.heard, answer))
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        commands: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        let answers = self.redis.send_packed_commands(commands, offset, count);
        Box::pin(in_time(&self.heard, answers))
    }

    fn get_db(&self) -> i64 {
        self.redis.get_db()
    }
}

/// Waits for an answer as long as the server says something.
async fn in_time<T>(
    heard: &AtomicUsize,
    answer: impl Future<Output = Result<T, RedisError>>,
) -> Result<T, RedisError> {
    let asked = Instant::now();
    let mut answer = pin!(answer);
    loop {
        let before = heard.load(Relaxed);
        if let Ok(answer) = timeout(SILENCE, answer.as_mut()).await {
            heard.fetch_add(1, Relaxed);
            return answer;
        }
        if heard.load(Relaxed) == before || asked.elapsed() >= ANSWER {
            return Err(io::Error::from(io::ErrorKind::TimedOut).into());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, sync::atomic::AtomicUsize, time::Duration};

    use tokio::time::{Instant, sleep};

    use super::{ANSWER, Relaxed, SILENCE, in_time};

    /// What comes of an answer that takes so long, while the server says something each second or
    /// nothing, and how long it was waited for.
    async fn asked(takes: Option<Duration>, talks: bool) -> (bool, Duration) {
        let (heard, start) = (AtomicUsize::new(0), Instant::now());
        let answer = async {
            match takes {
                Some(takes) => sleep(takes).await,
                None => pending().await,
            }
            Ok(())
        };
        let talk = async {
            loop {
                sleep(Duration::from_secs(1)).await;
                heard.fetch_add(usize::from(talks), Relaxed);
            }
        };
        let came = tokio::select! {
            answer = in_time(&heard, answer) => match answer {
                Ok(()) => true,
                Err(error) => {
                    assert!(error.is_timeout(), "{error}");
                    false
                }
            },
            () = talk => unreachable!("it talks for ever"),
        };
        (came, start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_silent_is_lost() {
        assert_eq!(asked(None, false).await, (false, SILENCE));
        let soon = SILENCE - Duration::from_millis(1);
        assert_eq!(asked(Some(soon), false).await, (true, soon));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_behind_many_messages_is_waited_for() {
        let late = Duration::from_secs(20);
        assert_eq!(asked(Some(late), true).await, (true, late));
        assert_eq!(asked(None, true).await, (false, ANSWER));
    }
}
