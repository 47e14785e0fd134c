//! A NATS server of a test's own.

use std::{
    fs, io,
    path::PathBuf,
    process::Stdio,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A NATS server on ports of its own, which is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    folder: Folder,
    config: String,
    ports: Ports,
    /// The other servers of its cluster, if it is in one.
    routes: Option<Vec<String>>,
}

/// 0 for a port that the system chooses.
#[derive(Clone, Copy, Debug, Default)]
struct Ports {
    clients: u16,
    cluster: u16,
}

/// A folder that is removed when this is dropped.
#[derive(Debug)]
struct Folder(PathBuf);

impl Server {
    /// Starts a server with this configuration, in NATS' own format, besides its ports.
    ///
    /// # Errors
    /// Without `nats-server`, or if it does not start.
    pub async fn start(config: &str) -> io::Result<Self> {
        Server::new(config, None).await
    }

    /// Starts a server of a cluster. The first one has no `others`.
    ///
    /// # Errors
    /// As [`start`](Server::start).
    pub async fn in_cluster(config: &str, others: &[&Server]) -> io::Result<Self> {
        let route = |server: &&Server| format!("nats://127.0.0.1:{}", server.ports.cluster);
        Server::new(config, Some(others.iter().map(route).collect())).await
    }

    async fn new(config: &str, routes: Option<Vec<String>>) -> io::Result<Self> {
        let folder = Folder::new()?;
        let mut ports = Ports::default();
        let child = run(&folder, config, &mut ports, routes.as_deref()).await?;
        let config = config.to_owned();
        Ok(Server {
            child,
            folder,
            config,
            ports,
            routes,
        })
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("nats://{}", self.address())
    }

    /// Its address and port.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.ports.clients)
    }

    /// Kills it.
    ///
    /// # Errors
    /// If it cannot be killed.
    pub async fn kill(&mut self) -> io::Result<()> {
        self.child.kill().await
    }

    /// Starts it again, on the same ports.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn restart(&mut self) -> io::Result<()> {
        let (folder, routes) = (&self.folder, self.routes.as_deref());
        self.child = run(folder, &self.config, &mut self.ports, routes).await?;
        Ok(())
    }

    /// What it is configured with when it is started again.
    pub fn configure(&mut self, config: &str) {
        self.config = config.to_owned();
    }

    /// Stops it where it is, until [`resume`](Server::resume).
    ///
    /// # Errors
    /// Where there is no `kill`.
    pub async fn pause(&self) -> io::Result<()> {
        self.signal("-STOP").await
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// Where there is no `kill`.
    pub async fn resume(&self) -> io::Result<()> {
        self.signal("-CONT").await
    }

    async fn signal(&self, signal: &str) -> io::Result<()> {
        let id = self.child.id().ok_or(io::ErrorKind::NotFound)?.to_string();
        let sent = Command::new("kill").args([signal, &id]).status().await?;
        sent.success().then_some(()).ok_or(io::Error::other("kill"))
    }
}

async fn run(
    folder: &Folder,
    config: &str,
    ports: &mut Ports,
    routes: Option<&[String]>,
) -> io::Result<Child> {
    let listen = |port: u16| match port {
        0 => r#"listen: "127.0.0.1:-1""#.to_owned(),
        port => format!(r#"listen: "127.0.0.1:{port}""#),
    };
    let mut text = listen(ports.clients);
    text += &format!("\nports_file_dir: {:?}\n{config}\n", folder.0);
    if let Some(routes) = routes {
        let listen = listen(ports.cluster);
        text += &format!("cluster {{ name: \"test\", {listen}, routes: {routes:?} }}\n");
    }
    let file = folder.0.join("server.conf");
    fs::write(&file, text)?;
    let mut child = Command::new("nats-server")
        .arg("--config")
        .arg(&file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let id = child.id().unwrap_or_default();
    let told = folder.0.join(format!("nats-server_{id}.ports"));
    let starting = async {
        loop {
            if child.try_wait()?.is_some() {
                return Err(io::Error::other("the server has ended"));
            }
            let told = fs::read(&told).unwrap_or_default();
            if let Ok(told) = serde_json::from_slice::<Value>(&told) {
                return Ok(told);
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    let told = timeout(PATIENCE, starting).await??;
    let port = |of: &str| {
        let url = told[of][0].as_str().unwrap_or_default();
        let port = url.rsplit(':').next().unwrap_or_default();
        port.parse().unwrap_or_default()
    };
    *ports = Ports {
        clients: port("nats"),
        cluster: port("cluster"),
    };
    Ok(child)
}

impl Folder {
    fn new() -> io::Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("landfall-nats-{}-{count}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder)?;
        Ok(Folder(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
