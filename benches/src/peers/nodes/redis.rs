//! A Redis of our own, which nothing is kept of.

use std::{process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::{Result, process::free_address};

pub(crate) struct Redis {
    pub(crate) url: String,
    connection: tokio::sync::Mutex<BufReader<TcpStream>>,
    _child: Child,
}

impl Redis {
    /// It starts on the second processor, so that the nodes have the first one.
    pub(crate) async fn start() -> Result<Self> {
        let address = free_address().await?;
        let arguments = [
            format!("--port {} --bind 127.0.0.1", address.port()),
            "--save  --appendonly no".to_owned(),
            "--client-output-buffer-limit pubsub 0 0 0".to_owned(),
        ];
        let mut command = Command::new("redis-server");
        command.args(arguments.iter().flat_map(|words| words.split(' ')));
        let child = command
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("redis-server: {error}"))?;
        if let Some(pid) = child.id().filter(|_| processors() > 1) {
            let pinned = Command::new("taskset")
                .args(["-cp", "1", &pid.to_string()])
                .stdout(Stdio::null())
                .status();
            drop(pinned.await);
        }
        let connect = async {
            loop {
                match TcpStream::connect(address).await {
                    Ok(stream) => return stream,
                    Err(_) => sleep(Duration::from_millis(10)).await,
                }
            }
        };
        let stream = timeout(Duration::from_secs(10), connect).await?;
        Ok(Redis {
            url: format!("redis://{address}"),
            connection: BufReader::new(stream).into(),
            _child: child,
        })
    }

    /// The number of channels with a subscriber.
    pub(crate) async fn channels(&self) -> Result<usize> {
        let answer = self.ask("INFO stats").await?;
        let line = answer
            .lines()
            .find_map(|line| line.strip_prefix("pubsub_channels:"));
        Ok(line.ok_or("no number of channels")?.trim().parse()?)
    }

    /// Closes the connections of all who have subscribed.
    pub(crate) async fn cut(&self) -> Result<()> {
        self.ask("CLIENT KILL TYPE pubsub").await.map(drop)
    }

    async fn ask(&self, command: &str) -> Result<String> {
        let mut connection = self.connection.lock().await;
        connection
            .write_all(format!("{command}\r\n").as_bytes())
            .await?;
        let mut line = String::new();
        connection.read_line(&mut line).await?;
        let Some(length) = line.strip_prefix('$') else {
            return Ok(line);
        };
        let mut text = vec![0; length.trim().parse::<usize>()? + 2];
        connection.read_exact(&mut text).await?;
        Ok(String::from_utf8(text)?)
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
