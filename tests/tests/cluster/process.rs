//! A node in a process of its own.

use std::{process::Stdio, time::Duration};

use anyhow::Context;
use landfall_tests::redis::Server;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// How long a start, a stop or an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program of a node: see `landfall_tests::node` for what it can be asked.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_node");

/// A node, which is killed when this is dropped.
pub(crate) struct Node {
    name: String,
    process: Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Node {
    pub(crate) async fn start(name: &str, redis: &Server) -> anyhow::Result<Self> {
        let mut process = Command::new(PROGRAM)
            .env("NODE", name)
            .env("REDIS_URL", redis.url())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let answers = process.stdout.take().context("its output")?;
        let mut node = Node {
            name: name.to_owned(),
            questions: process.stdin.take().context("its input")?,
            answers: BufReader::new(answers).lines(),
            process,
        };
        node.line().await?;
        Ok(node)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Asks something, such as `["list", "room:1"]`.
    pub(crate) async fn ask(&mut self, question: &[&str]) -> anyhow::Result<Value> {
        let line = format!("{}\n", serde_json::to_string(question)?);
        self.questions.write_all(line.as_bytes()).await?;
        let answer = self.line().await;
        let answer = answer.with_context(|| format!("{} was asked {question:?}", self.name))?;
        Ok(serde_json::from_str(&answer)?)
    }

    async fn line(&mut self) -> anyhow::Result<String> {
        let line = timeout(PATIENCE, self.answers.next_line()).await??;
        line.context("the node has ended")
    }

    /// Sends a signal, such as `-STOP`.
    pub(crate) async fn signal(&self, signal: &str) -> anyhow::Result<()> {
        let id = self.process.id().context("the node has ended")?;
        let status = Command::new("kill")
            .args([signal, &id.to_string()])
            .status()
            .await?;
        anyhow::ensure!(status.success(), "kill {signal} {id}");
        Ok(())
    }

    /// Ends it in good order.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.signal("-TERM").await?;
        let status = timeout(PATIENCE, self.process.wait()).await??;
        anyhow::ensure!(status.success(), "{} ended with {status}", self.name);
        Ok(())
    }

    /// Ends it at once.
    pub(crate) async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.process.kill().await?)
    }
}
