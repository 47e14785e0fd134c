//! When a server whose instructions are counted works, so that it works alike in each run.
//!
//! How often it wakes up depends on how fast the load is, which depends on what else the machine
//! does. So it does not see the load come in: it is stopped meanwhile, and finds all of it at once.
//! Other servers are not held up.

use std::{fs, future::Future, process::Stdio, time::Duration};

use tokio::{
    process::Command,
    time::{sleep, timeout},
};

use crate::{Result, process::Server};

/// How often in a row it is seen to rest.
const SEEN: usize = 3;

impl Server {
    /// Does this while the server is stopped.
    pub(crate) async fn stopped<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        if !self.is_counted() {
            return work.await;
        }
        self.signal("STOP").await?;
        let done = work.await;
        self.signal("CONT").await?;
        done
    }

    /// Waits until the server has nothing left to do, such as to part from clients that have gone.
    pub(crate) async fn rest(&self) -> Result<()> {
        if !self.is_counted() {
            return Ok(());
        }
        let rests = async {
            let (mut seen, mut before) = (0, None);
            while seen < SEEN {
                let spent = self.asleep()?.then(|| self.cpu()).transpose()?;
                seen = if spent.is_some() && spent == before {
                    seen + 1
                } else {
                    0
                };
                before = spent;
                sleep(Duration::from_millis(10)).await;
            }
            Ok(())
        };
        timeout(Duration::from_secs(60), rests).await?
    }

    /// True if all threads wait for something.
    fn asleep(&self) -> Result<bool> {
        for thread in fs::read_dir(format!("/proc/{}/task", self.pid()))? {
            let stat = fs::read_to_string(thread?.path().join("stat"))?;
            // Its name may have any character.
            let state = stat.rsplit_once(") ").ok_or("a thread without a state")?.1;
            if !state.starts_with('S') {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// By the shell's own `kill`, which is everywhere.
    async fn signal(&self, signal: &str) -> Result<()> {
        let kill = format!("kill -{signal} {}", self.pid());
        let mut shell = Command::new("sh");
        shell.args(["-c", &kill]).stdin(Stdio::null());
        match shell.status().await?.success() {
            true => Ok(()),
            false => Err(kill.into()),
        }
    }
}
