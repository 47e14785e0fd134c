//! The instructions of a program, counted by valgrind's callgrind.

use std::{ffi::OsString, fs, process::Stdio, time::Duration};

use tokio::{
    process::Command,
    time::{sleep, timeout},
};

use crate::{Result, folder::Folder};

/// A folder where callgrind writes what it has counted, whenever it is asked.
pub(crate) struct Dumps(Folder);

impl Dumps {
    pub(crate) fn new() -> Result<Self> {
        Ok(Dumps(Folder::new("callgrind")?))
    }

    /// Those of valgrind, before the program's own.
    pub(crate) fn arguments(&self) -> [OsString; 3] {
        let mut file = OsString::from("--callgrind-out-file=");
        file.push(self.0.path().join("out"));
        ["--tool=callgrind".into(), "--quiet".into(), file]
    }

    /// Instructions of all threads of the process so far, in user space.
    pub(crate) async fn instructions(&self, pid: u32) -> Result<f64> {
        let before = self.complete()?.0;
        // What `callgrind_control` does, without waiting so long for a program that sleeps.
        let mut dump = Command::new("vgdb");
        dump.args(["--max-invoke-ms=1", &format!("--pid={pid}"), "dump"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if !dump.status().await?.success() {
            return Err("vgdb failed".into());
        }
        let dumped = async {
            loop {
                let (dumps, total) = self.complete()?;
                if dumps > before {
                    return Ok(total);
                }
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(30), dumped).await?
    }

    /// How many dumps are written whole, and their sum.
    fn complete(&self) -> Result<(usize, f64)> {
        let (mut dumps, mut sum) = (0, 0.0);
        for file in fs::read_dir(self.0.path())? {
            let text = fs::read_to_string(file?.path())?;
            let mut lines = text.lines().rev();
            if let Some(total) = lines.find_map(|line| line.strip_prefix("totals: ")) {
                dumps += 1;
                sum += total.trim().parse::<f64>()?;
            }
        }
        Ok((dumps, sum))
    }
}
