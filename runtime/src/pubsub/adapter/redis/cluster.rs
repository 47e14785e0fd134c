//! The connections to a cluster, by sharded pub/sub.
//!
//! Each channel is at the master of its slot. The crate's own connection to a cluster is not used:
//! it sends again by itself what may have arrived, and subscribes again without a word of what was
//! missed.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{
    StreamExt,
    future::{join_all, try_join_all},
    stream::FuturesUnordered,
};
use redis::{ErrorKind, RedisError, Value, cmd};
use tokio::time::sleep;

use super::{
    access::Server,
    arriving::Arriving,
    connection::{self, Connection},
    refusal::is_for_good,
    shard::{Asking, Ears, Shard, Task, Verb},
    slots::Slots,
    trouble::Trouble,
};

/// How often a command follows its slot to another server.
const ATTEMPTS: u32 = 10;
/// The pause before the slots are asked for again.
const PAUSE: Duration = Duration::from_millis(50);

/// The connections to all masters of a cluster.
pub(super) struct Cluster {
    /// How to connect, but for the address.
    seed: Server,
    ears: Ears,
    layout: Mutex<Arc<Layout>>,
}

/// Which server has which slots, and the connections to them.
struct Layout {
    slots: Slots,
    /// In the order of the masters of `slots`.
    shards: Vec<Shard>,
}

impl Cluster {
    /// Connects to all masters. The seed that answers first says which they are.
    pub(super) async fn open(
        seeds: &[Server],
        arriving: &Arriving,
        trouble: Arc<Trouble>,
    ) -> Result<Self, RedisError> {
        let (seed, slots) = find(seeds).await?;
        let ears = Ears::new(arriving.clone(), trouble);
        let shards = connect(&seed, &ears, &slots, &[]).await?;
        Ok(Cluster {
            seed,
            ears,
            layout: Mutex::new(Layout { slots, shards }.into()),
        })
    }

    pub(super) fn masters(&self) -> Vec<Server> {
        let layout = self.layout();
        let masters = layout.slots.masters().iter();
        masters.map(|address| self.seed.beside(address)).collect()
    }

    /// Publishes messages, those of one channel in order.
    pub(super) async fn publish(&self, messages: &[(String, &Bytes)]) -> Result<(), RedisError> {
        let tasks = messages
            .iter()
            .map(|(channel, message)| (channel.as_str(), Some(*message)));
        self.ask(Verb::Publish, tasks.collect()).await.map(drop)
    }

    /// Subscribes channels. What the servers say of them is in doubt until the result is dropped.
    pub(super) async fn subscribe(&self, channels: &[String]) -> Result<Vec<Asking>, RedisError> {
        let tasks = channels.iter().map(|channel| (channel.as_str(), None));
        self.ask(Verb::Subscribe, tasks.collect()).await
    }

    pub(super) async fn unsubscribe(&self, channels: &[String]) -> Result<(), RedisError> {
        self.ears.leave(channels);
        let tasks = channels.iter().map(|channel| (channel.as_str(), None));
        let asked = self.ask(Verb::Unsubscribe, tasks.collect()).await;
        // What another server had by then was not answered.
        self.ears.have_left(channels);
        asked.map(drop)
    }

    /// Asks every server whether it is there.
    pub(super) async fn check(&self) -> Result<(), RedisError> {
        let layout = self.layout();
        try_join_all(layout.shards.iter().map(Shard::check))
            .await
            .map(drop)
    }

    /// Does all tasks, and follows slots that have moved. A task that a server has not done
    /// because of that is done by the next: none is done twice.
    async fn ask(&self, verb: Verb, mut tasks: Vec<Task<'_>>) -> Result<Vec<Asking>, RedisError> {
        let mut all = Vec::new();
        for _ in 0..ATTEMPTS {
            let layout = self.layout();
            let mut by_shard: Vec<Vec<Task<'_>>> = vec![Vec::new(); layout.shards.len()];
            for task in &tasks {
                if let Some(tasks) = by_shard.get_mut(layout.slots.master_of(task.0)) {
                    tasks.push(*task);
                }
            }
            let asked = layout.shards.iter().zip(&by_shard);
            let asked = asked.filter(|(_, tasks)| !tasks.is_empty());
            let answers = join_all(asked.map(|(shard, tasks)| shard.ask_all(verb, tasks))).await;
            tasks.clear();
            for answer in answers {
                let (moved, asking) = answer?;
                tasks.extend(moved);
                all.extend(asking);
            }
            if tasks.is_empty() {
                return Ok(all);
            }
            sleep(PAUSE).await;
            self.refresh().await?;
        }
        let why = "the slot of a channel has no server that takes it";
        Err((ErrorKind::Client, why).into())
    }

    /// Learns which server has which slots now.
    async fn refresh(&self) -> Result<(), RedisError> {
        let before = self.layout();
        let mut slots = Err(no_answer());
        for shard in &before.shards {
            slots = slots_of(&mut shard.publishing(), &shard.address().0).await;
            if slots.is_ok() {
                break;
            }
        }
        let slots = slots?;
        let gone = before.slots.masters().iter();
        if gone.into_iter().any(|old| !slots.masters().contains(old)) {
            let why = "a master of the cluster has given its slots away";
            return Err((ErrorKind::Io, why).into());
        }
        let shards = connect(&self.seed, &self.ears, &slots, &before.shards).await?;
        self.replace(slots, shards);
        Ok(())
    }

    /// Another refresh may have connected to the same server: the connection that may have
    /// subscriptions already stays.
    fn replace(&self, slots: Slots, mut shards: Vec<Shard>) {
        let mut layout = self.layout.lock().unwrap_or_else(PoisonError::into_inner);
        for shard in &mut shards {
            let known = layout.shards.iter();
            if let Some(known) = known
                .into_iter()
                .find(|known| known.address() == shard.address())
            {
                *shard = known.clone();
            }
        }
        *layout = Layout { slots, shards }.into();
    }

    fn layout(&self) -> Arc<Layout> {
        let layout = self.layout.lock();
        layout.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The first server that answers, and what it says of slots.
async fn find(seeds: &[Server]) -> Result<(Server, Slots), RedisError> {
    let asked = seeds.iter().map(|seed| async move {
        let mut connection = connection::open(seed, |_| {}).await?;
        let slots = slots_of(&mut connection, seed.host()).await?;
        expect_whole(&mut connection).await?;
        Ok((seed.clone(), slots))
    });
    let mut asked: FuturesUnordered<_> = asked.collect();
    let mut error = no_answer();
    while let Some(answer) = asked.next().await {
        match answer {
            Ok(found) => return Ok(found),
            // What is for good is told before what may pass.
            Err(_) if is_for_good(&error) => {}
            Err(why) => error = why,
        }
    }
    Err(error)
}

async fn slots_of(connection: &mut Connection, asked: &str) -> Result<Slots, RedisError> {
    let answer = cmd("CLUSTER").arg("SLOTS").query_async(connection).await;
    let answer: Value = answer.map_err(|error: RedisError| match error.detail() {
        Some(detail) if detail.contains("cluster support disabled") => {
            let why =
                "the server is not one of a cluster; help: write its `url` in place of `cluster`";
            (ErrorKind::InvalidClientConfig, why).into()
        }
        _ => error,
    })?;
    Slots::read(&answer, asked).map_err(|why| (ErrorKind::Client, why).into())
}

/// Reports a server that has lost the others: they may have gone on without it.
async fn expect_whole(connection: &mut Connection) -> Result<(), RedisError> {
    let info: String = cmd("CLUSTER").arg("INFO").query_async(connection).await?;
    if info.contains("cluster_state:ok") {
        return Ok(());
    }
    Err((ErrorKind::Io, "the cluster is down").into())
}

/// The connections to the masters, in their order: those that are known, and new ones.
async fn connect(
    seed: &Server,
    ears: &Ears,
    slots: &Slots,
    known: &[Shard],
) -> Result<Vec<Shard>, RedisError> {
    let shards = slots.masters().iter().map(|address| async move {
        match known.iter().find(|shard| shard.address() == address) {
            Some(shard) => Ok(shard.clone()),
            None => Shard::open(seed, ears, address).await,
        }
    });
    try_join_all(shards).await
}

fn no_answer() -> RedisError {
    (ErrorKind::Io, "no server of the cluster answers").into()
}
