//! A node of a cluster, for tests that start several as processes.
//!
//! Clients find rooms at `/socket`, over WebSocket and longpoll. The test that has started the
//! node asks it by lines on its standard input: each is a JSON list of words, and is answered by a
//! line of JSON.
//!
//! | question | answer |
//! | --- | --- |
//! | `track` topic key | whether it is tracked here now: under each key at most once |
//! | `untrack` topic key | whether it was |
//! | `list` topic | the keys that are present, with the number of metas of each |
//! | `follow` topic | whether the broker has confirmed it |
//! | `unfollow` topic | what came to it, as for `heard` |
//! | `heard` topic | what came to it since it is followed: how many broadcasts, how many of them wrong, how many are missing without a gap, and how many gaps there were |
//! | `say` topic | whether the other nodes will hear it |
//! | `nodes` | the names of the other nodes |
//! | `figures` topic | what the node has in use: connections, tasks, subscribers of the topic, bytes |

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    process::id,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use landfall::{
    BoxError, Running,
    endpoint::Health,
    prelude::*,
    presence::{TrackError, Tracked},
    pubsub::{BroadcastError, Payload, RecvError, Subscription},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncWriteExt, stdout},
    sync::mpsc,
    task::AbortHandle,
};

use crate::client::port;

endpoint! {
    /// A node. It listens on `PORT`, is called `NODE` and finds others through `REDIS_URL`.
    #[derive(Debug)]
    pub struct Node;

    http(ip = [127, 0, 0, 1], port = env("PORT").or(0));
    pubsub(name = "cluster", node = env("NODE"), redis(url = env("REDIS_URL")));
    secret_key_base = insecure("of all nodes of a cluster that lives on one machine, for a test alone", reason = "it is reached from this machine alone");
    check_origin = conn;
    // By then the balancer has seen that it stops.
    drainer(delay = millis(500));
    log_access_url = false;
    socket("/socket", Visitor, longpoll, drainer(batch_interval = millis(100), shutdown = secs(5)));
    plug(Health::at("/healthz"));
}

/// A client.
#[derive(Debug)]
pub struct Visitor;

#[socket(channel("room:*", Room))]
impl Visitor {
    fn connect() -> Result<Self, Refused> {
        Ok(Visitor)
    }
}

/// A client in a room.
#[derive(Debug)]
pub struct Room;

#[channel(Visitor)]
impl Room {
    fn join() -> Self {
        Room
    }

    /// Acknowledged when it is on its way to all.
    #[handle_in("say")]
    fn say(&mut self, payload: Payload, out: &mut Outlet) -> Result<Reply, BroadcastError> {
        out.broadcast("said", payload)?;
        Ok(Reply::ok(Payload::EMPTY))
    }
}

/// What came to a topic.
#[derive(Debug, Default)]
struct Heard {
    /// The number of the last broadcast of each node: they count from 1.
    last: BTreeMap<String, u64>,
    count: u64,
    /// Broadcasts that came twice, or after a later one.
    wrong: u64,
    /// Broadcasts that did not come, and no gap was told since.
    missing: u64,
    gaps: u64,
    /// Nodes of which nothing has come since the last gap.
    excused: BTreeSet<String>,
}

impl Heard {
    fn gap(&mut self) {
        self.gaps += 1;
        self.missing = 0;
        self.excused = self.last.keys().cloned().collect();
    }

    fn take(&mut self, said: &Value) {
        let (Some(from), Some(n)) = (said["from"].as_str(), said["n"].as_u64()) else {
            self.wrong += 1;
            return;
        };
        self.count += 1;
        let excused = self.excused.remove(from);
        match self.last.insert(from.to_owned(), n) {
            Some(last) if n <= last => self.wrong += 1,
            Some(last) if !excused => self.missing += n - last - 1,
            _ => {}
        }
    }

    fn told(&self) -> Value {
        json!({
            "count": self.count,
            "wrong": self.wrong,
            "missing": self.missing,
            "gaps": self.gaps,
        })
    }
}

/// A subscription of the node's own. Dropping it ends it.
#[derive(Debug)]
struct Followed {
    heard: Arc<Mutex<Heard>>,
    task: AbortHandle,
}

impl Followed {
    fn new(mut topic: Subscription) -> Self {
        let heard = Arc::new(Mutex::new(Heard::default()));
        let hears = heard.clone();
        let task = tokio::spawn(async move {
            loop {
                let received = topic.recv().await;
                let mut heard = hears.lock().unwrap_or_else(PoisonError::into_inner);
                match received {
                    Ok(broadcast) if broadcast.event() == "said" => {
                        heard.take(&broadcast.parse().unwrap_or_default());
                    }
                    Ok(_) => {}
                    Err(RecvError::Gap) => heard.gap(),
                    Err(RecvError::Closed) => return,
                    Err(_) => heard.wrong += 1,
                }
            }
        });
        let task = task.abort_handle();
        Followed { heard, task }
    }

    fn told(&self) -> Value {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.told()
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What a node has been told to do.
#[derive(Debug)]
struct Script {
    site: Running<Node>,
    tracked: HashMap<(String, String), Tracked>,
    followed: HashMap<String, Followed>,
    said: HashMap<String, u64>,
    memory: fn() -> usize,
}

impl Script {
    async fn answer(&mut self, question: &[String]) -> Result<Value, BoxError> {
        let words: Vec<&str> = question.iter().map(String::as_str).collect();
        Ok(match words[..] {
            ["track", topic, key] => self.track(topic, key)?.into(),
            ["untrack", topic, key] => {
                let place = (topic.to_owned(), key.to_owned());
                self.tracked.remove(&place).is_some().into()
            }
            ["list", topic] => {
                let present = self.site.presence().list(topic).await;
                let present = present.iter();
                let counts = present.map(|(key, present)| (key.to_owned(), present.metas().len()));
                json!(counts.collect::<BTreeMap<_, _>>())
            }
            ["follow", topic] => {
                let subscription = self.site.subscribe(topic);
                let confirmed = subscription.confirmed().await.is_ok();
                let followed = Followed::new(subscription);
                self.followed.insert(topic.to_owned(), followed);
                confirmed.into()
            }
            ["heard", topic] => self.followed.get(topic).map(Followed::told).into(),
            ["unfollow", topic] => self.followed.remove(topic).map(|topic| topic.told()).into(),
            ["say", topic] => self.say(topic)?.into(),
            ["nodes"] => {
                let nodes = self.site.nodes();
                nodes.iter().map(|node| node.name.to_string()).collect()
            }
            ["figures", topic] => {
                let stats = self.site.stats();
                json!({
                    "connections": stats.connections,
                    "tasks": stats.tasks,
                    "subscribers": self.site.pubsub().subscribers(topic),
                    "bytes": (self.memory)(),
                })
            }
            _ => return Err(format!("no such question: {words:?}").into()),
        })
    }

    fn track(&mut self, topic: &str, key: &str) -> Result<bool, TrackError> {
        let place = (topic.to_owned(), key.to_owned());
        if self.tracked.contains_key(&place) {
            return Ok(false);
        }
        let tracked = self.site.presence().track(topic, key, json!({}))?;
        self.tracked.insert(place, tracked);
        Ok(true)
    }

    /// Broadcasts the next number. Another run of the node counts anew.
    fn say(&mut self, topic: &str) -> Result<bool, BroadcastError> {
        let n = self.said.entry(topic.to_owned()).or_default();
        *n += 1;
        let from = format!("{} {}", self.site.node().unwrap_or_default(), id());
        match self
            .site
            .broadcast(topic, "said", json!({"from": from, "n": *n}))
        {
            Ok(()) => Ok(true),
            Err(BroadcastError::Unreachable) => Ok(false),
            Err(refused) => Err(refused),
        }
    }
}

/// Serves until SIGTERM. Prints the port, then answers questions. `memory` says how many bytes the
/// process has in use.
///
/// # Errors
/// What keeps it from starting, from answering, or from stopping in order.
pub async fn serve(memory: fn() -> usize) -> Result<(), BoxError> {
    let site = Node::start().await?;
    let node = site.clone();
    let ended = tokio::spawn(async move { node.wait_for_signal().await });
    let mut out = stdout();
    out.write_all(format!("{}\n", port(&site)).as_bytes())
        .await?;
    let mut script = Script {
        site,
        tracked: HashMap::new(),
        followed: HashMap::new(),
        said: HashMap::new(),
        memory,
    };
    let answering = async {
        let mut questions = questions();
        while let Some(question) = questions.recv().await {
            let answer = script
                .answer(&serde_json::from_str::<Vec<String>>(&question)?)
                .await?;
            out.write_all(format!("{answer}\n").as_bytes()).await?;
        }
        // Whoever asks is gone, or never asks.
        std::future::pending::<Result<(), BoxError>>().await
    };
    tokio::select! {
        ended = ended => Ok(ended??),
        failed = answering => failed,
    }
}

/// The lines of the standard input, read by a thread: a task that is blocked would keep the process
/// from ending.
fn questions() -> mpsc::Receiver<String> {
    let (asked, questions) = mpsc::channel(1);
    thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if asked.blocking_send(line).is_err() {
                return;
            }
        }
    });
    questions
}
