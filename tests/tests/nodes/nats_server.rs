//! A NATS server of a test's own.

use std::{net::TcpListener, process::Stdio, time::Duration};

use tokio::{
    net::TcpStream,
    process::{Child, Command},
    time::{sleep, timeout},
};

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a free port, which ends with this value.
pub(crate) struct NatsServer {
    child: Child,
    port: u16,
    args: Vec<String>,
}

impl NatsServer {
    pub(crate) async fn start(args: &[&str]) -> anyhow::Result<Self> {
        let args: Vec<_> = args.iter().map(|arg| (*arg).to_owned()).collect();
        loop {
            let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            // Another test may have been given the port in between.
            if let Some(child) = run(port, &args).await? {
                return Ok(NatsServer { child, port, args });
            }
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub(crate) async fn kill(&mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Starts it again on the same port.
    pub(crate) async fn restart(&mut self) -> anyhow::Result<()> {
        let child = run(self.port, &self.args).await?;
        self.child = child.ok_or_else(|| anyhow::anyhow!("its port is taken"))?;
        Ok(())
    }
}

/// `None` if the port is taken.
async fn run(port: u16, args: &[String]) -> anyhow::Result<Option<Child>> {
    let mut child = Command::new("nats-server")
        .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let answers = async {
        loop {
            if child.try_wait()?.is_some() {
                return Ok(false);
            }
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return anyhow::Ok(true);
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    let is_up = timeout(PATIENCE, answers).await??;
    Ok(is_up.then_some(child))
}
