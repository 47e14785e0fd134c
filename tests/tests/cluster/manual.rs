//! The configurations that the chapter about nodes shows, read by their programs.

use anyhow::Context;
use landfall::{
    Endpoint, endpoint,
    pubsub::{
        PubSub,
        adapter::{ConnectError, NodeOptions, Redis},
    },
};
use landfall_tests::{
    chapter,
    proxy::{Configured, Proxy},
    redis::Server,
};

/// The chapter's configuration for a port and for nodes of this machine.
pub(crate) fn balancer(proxy: Proxy, port: u16, nodes: [u16; 3]) -> Configured {
    let listens = match proxy {
        Proxy::HaProxy => ("bind :80", format!("bind 127.0.0.1:{port}")),
        _ => ("listen 80;", format!("listen 127.0.0.1:{port};")),
    };
    let [one, two, three] = nodes.map(|node| format!("127.0.0.1:{node}"));
    let changes = [
        listens,
        ("10.0.0.1:4000", one),
        ("10.0.0.2:4000", two),
        ("10.0.0.3:4000", three),
    ];
    proxy.shown("nodes", &changes, env!("CARGO_TARGET_TMPDIR"))
}

#[test]
#[ignore = "needs HAProxy"]
fn haproxy_accepts_what_the_chapter_shows() {
    balancer(Proxy::HaProxy, 8080, [4001, 4002, 4003]).check();
}

#[test]
#[ignore = "needs nginx"]
fn nginx_accepts_what_the_chapter_shows() {
    balancer(Proxy::Nginx, 8080, [4001, 4002, 4003]).check();
}

endpoint! {
    /// Another application at the same server.
    #[allow(deprecated, reason = "it publishes and serves nothing")]
    struct Other;
}

/// The user that the chapter shows may do all that a node of the cluster `chat` does, and nothing
/// with the channels of others.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn redis_lets_a_node_do_what_it_needs() -> anyhow::Result<()> {
    let block = chapter::block("nodes", "redis");
    let options = block.lines().flat_map(|line| {
        let (key, values) = line.split_once(' ').unwrap_or((line, ""));
        let values = match key {
            "user" | "client-output-buffer-limit" => values.split(' ').collect(),
            _ => vec![values.trim_matches('"')],
        };
        let key = format!("--{key}");
        std::iter::once(key)
            .chain(values.into_iter().map(str::to_owned))
            .collect::<Vec<_>>()
    });
    let options: Vec<String> = options.collect();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let server = Server::start(&options);
    let redis = || {
        Redis::new(server.url())
            .username("chat")
            .password("a-long-password")
    };

    let node = || PubSub::connect(redis(), NodeOptions::new("chat"));
    let (here, there) = (node().await?, node().await?);
    let mut room = there.subscribe("room:1");
    room.confirmed().await?;
    here.broadcast("room:1", "said", "ahoy")?;
    assert_eq!(room.recv().await?.payload().as_text(), Some("ahoy"));
    let name = there.node().context("a name")?;
    here.direct_broadcast(name, "room:1", "said", "to you")?;
    assert_eq!(room.recv().await?.payload().as_text(), Some("to you"));

    let refused = PubSub::connect(redis(), NodeOptions::new("other")).await;
    assert!(
        matches!(refused, Err(ConnectError::Refused(_))),
        "{refused:?}"
    );
    let other = Other::builder().adapter(redis()).start().await;
    assert!(other.is_err_and(|error| error.is_broker()));
    Ok(())
}
