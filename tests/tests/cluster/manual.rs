//! The configurations that the chapter about nodes shows, read by their programs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use anyhow::Context;
use landfall::{
    Endpoint, endpoint,
    pubsub::{
        PubSub,
        adapter::{ConnectError, NodeOptions, Redis},
    },
};
use landfall_tests::redis::Server;
use tokio::process::Child;

/// A program that spreads requests over nodes, configured as the chapter says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Balancer {
    HaProxy,
    Nginx,
}

/// The block of the chapter in this language.
fn block(language: &str) -> anyhow::Result<String> {
    let chapter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src/docs/nodes.md");
    let chapter = fs::read_to_string(chapter)?;
    let begin = format!("```{language}\n");
    let (_, block) = chapter.split_once(&begin).context("there is a block")?;
    let (block, rest) = block.split_once("```").context("it has an end")?;
    anyhow::ensure!(!rest.contains(&begin), "there is one {language}");
    Ok(block.to_owned())
}

/// A folder of the test's own.
fn folder() -> anyhow::Result<PathBuf> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("cluster-{}-{count}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

impl Balancer {
    fn language(self) -> &'static str {
        match self {
            Balancer::HaProxy => "haproxy",
            Balancer::Nginx => "nginx",
        }
    }

    /// Writes the configuration for a port and for nodes of this machine. Only the addresses, and
    /// where nginx puts its files, differ from the chapter.
    fn configure(self, folder: &Path, port: u16, nodes: [u16; 3]) -> anyhow::Result<PathBuf> {
        let mut config = block(self.language())?;
        let mut replace = |from: &str, to: &str| {
            anyhow::ensure!(config.contains(from), "there is no {from:?}");
            config = config.replace(from, to);
            Ok(())
        };
        for (n, node) in (1..).zip(nodes) {
            replace(&format!("10.0.0.{n}:4000"), &format!("127.0.0.1:{node}"))?;
        }
        match self {
            Balancer::HaProxy => replace("bind :80", &format!("bind 127.0.0.1:{port}"))?,
            Balancer::Nginx => {
                replace("listen 80;", &format!("listen 127.0.0.1:{port};"))?;
                let folder = folder.display();
                let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
                let places = places.map(|kind| format!("{kind}_temp_path {folder}/{kind};\n"));
                let places = format!("http {{\naccess_log off;\n{}", places.concat());
                replace("http {", &places)?;
            }
        }
        let file = folder.join("config");
        fs::write(&file, config)?;
        Ok(file)
    }

    fn command(self, folder: &Path, file: &Path) -> Command {
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new(self.language());
        command.env("PATH", format!("{path}:/usr/sbin"));
        match self {
            Balancer::HaProxy => command.args(["-db", "-f"]).arg(file),
            Balancer::Nginx => {
                let settings = format!("daemon off; pid {}/pid;", folder.display());
                command.args(["-e", "stderr", "-g", &settings]);
                command.arg("-p").arg(folder).arg("-c").arg(file)
            }
        };
        command
    }

    /// Starts it. It ends when it is dropped.
    pub(crate) fn start(self, port: u16, nodes: [u16; 3]) -> anyhow::Result<Running> {
        let folder = folder()?;
        let file = self.configure(&folder, port, nodes)?;
        let mut command = tokio::process::Command::from(self.command(&folder, &file));
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command.kill_on_drop(true);
        let process = command.spawn().with_context(|| format!("{self:?}"))?;
        Ok(Running { process, folder })
    }
}

/// A balancer that runs.
pub(crate) struct Running {
    process: Child,
    folder: PathBuf,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Of nginx, what is killed leaves its workers behind.
        if let Some(id) = self.process.id() {
            let _ = Command::new("kill")
                .args(["-TERM", &id.to_string()])
                .status();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn accepts(balancer: Balancer, check: &str) -> anyhow::Result<()> {
    let folder = folder()?;
    let file = balancer.configure(&folder, 8080, [4001, 4002, 4003])?;
    let output = balancer.command(&folder, &file).arg(check).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{said}");
    let said = said.to_lowercase();
    anyhow::ensure!(!said.contains("warn"), "{said}");
    fs::remove_dir_all(folder)?;
    Ok(())
}

#[test]
#[ignore = "needs HAProxy"]
fn haproxy_accepts_what_the_chapter_shows() -> anyhow::Result<()> {
    accepts(Balancer::HaProxy, "-c")
}

#[test]
#[ignore = "needs nginx"]
fn nginx_accepts_what_the_chapter_shows() -> anyhow::Result<()> {
    accepts(Balancer::Nginx, "-t")
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
    let block = block("redis")?;
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
