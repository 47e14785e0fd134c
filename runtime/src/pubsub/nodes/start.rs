//! Connects a node, and starts its tasks.

use std::{sync::Arc, time::Duration};

use tokio::{
    runtime::Handle,
    time::{sleep, timeout},
};

use super::{heart, reader::Reader, seldom::Seldom, subscriber, writer};
use crate::pubsub::{
    adapter::{Adapter, Arrivals, Channel, ConnectError, NodeOptions},
    remote::Remote,
    shards::Shards,
};
use crate::telemetry;

/// How long a node waits to hear that its name is taken.
const PROBE: Duration = Duration::from_millis(300);
/// How long a node that starts alone waits before it tries again, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Makes the shards those of a node of a cluster.
pub(in crate::pubsub) async fn start(
    shards: &Arc<Shards>,
    adapter: Arc<dyn Adapter>,
    options: NodeOptions,
) -> Result<(), ConnectError> {
    check(&options)?;
    let (arrivals, arriving) = Arrivals::new(options.queue_bytes);
    let (remote, waiting) = Remote::new(options, arrivals.most());
    let connected = connect(&remote, &*adapter, &arrivals).await;
    match &connected {
        Err(ConnectError::Unreachable(why)) if !remote.options.required => {
            tracing::warn!(
                adapter = adapter.name(),
                "starting alone: the broker cannot be reached: {why}"
            );
        }
        Err(error) => {
            adapter.close().await;
            return Err(error.clone());
        }
        Ok(()) => {}
    }
    telemetry::meters::broker(adapter.name(), connected.is_ok());
    shards.attach(remote.clone());
    let runtime = Handle::current();
    let reader = Reader {
        remote: remote.clone(),
        shards: Arc::downgrade(shards),
        adapter: adapter.name().into(),
        skipped: Seldom::default(),
        dropped: Seldom::default(),
        doubled: Seldom::default(),
        refused: Seldom::default(),
    };
    shards.spawn(&runtime, reader.run(arriving));
    shards.spawn(
        &runtime,
        writer::run(remote.clone(), adapter.clone(), waiting),
    );
    shards.spawn(&runtime, subscriber::run(remote.clone(), adapter.clone()));
    match connected {
        Ok(()) => enter(&remote).await?,
        Err(_) => shards.spawn(&runtime, join_later(remote.clone(), adapter, arrivals)),
    }
    shards.spawn(&runtime, heart::run(remote));
    Ok(())
}

fn check(options: &NodeOptions) -> Result<(), ConnectError> {
    let wrong = |what: &str| Err(ConnectError::Refused(what.to_owned()));
    match (options.name.len(), options.node.len()) {
        (1..=255, 1..=255) => Ok(()),
        (1..=255, _) => wrong("`node` must have 1 to 255 bytes"),
        _ => wrong("`name` must have 1 to 255 bytes"),
    }
}

async fn connect(
    remote: &Remote,
    adapter: &dyn Adapter,
    arrivals: &Arrivals,
) -> Result<(), ConnectError> {
    let time = remote.options.connect_timeout;
    let connecting = adapter.connect(&remote.options, arrivals.clone());
    let late = |_| ConnectError::Unreachable(format!("no answer in {time:?}"));
    timeout(time, connecting).await.map_err(late)?
}

/// Says that the node is there, and waits for the objection of another with its name.
async fn enter(remote: &Remote) -> Result<(), ConnectError> {
    remote.connected();
    remote.say(Channel::All, remote.hello(true));
    if remote.options.is_named() && remote.dialect.has_letters() {
        let taken = timeout(PROBE, remote.probe.taken()).await;
        if taken.is_ok() {
            remote.stop.cancel();
            let node = &remote.options.node;
            return Err(ConnectError::Refused(format!(
                "another node has the name {node:?}"
            )));
        }
    }
    remote.probe.done();
    Ok(())
}

/// Connects a node that has started alone.
async fn join_later(remote: Arc<Remote>, adapter: Arc<dyn Adapter>, arrivals: Arrivals) {
    let name = adapter.name();
    let trying = async {
        let (mut pause, longest) = PAUSES;
        loop {
            sleep(pause).await;
            pause = (pause * 2).min(longest);
            match connect(&remote, &*adapter, &arrivals).await {
                Ok(()) => break enter(&remote).await,
                Err(ConnectError::Unreachable(_)) => {}
                Err(error) => break Err(error),
            }
        }
    };
    tokio::select! {
        () = remote.stop.cancelled() => {}
        joined = trying => match joined {
            Ok(()) => {
                telemetry::meters::broker(name, true);
                telemetry::event!(
                    PUBSUB_BROKER_UP, tracing::Level::INFO, adapter = name, "the broker is there"
                );
            }
            Err(error) => tracing::error!(adapter = name, "the node stays alone: {error}"),
        }
    }
}
