//! The server's process, as Linux reports it.

use std::{fs, io};

/// A watched process.
#[derive(Clone, Copy, Debug)]
pub struct Process(u32);

impl Process {
    /// The process of that number.
    ///
    /// # Errors
    /// When there is none, or it is not readable.
    pub fn watch(pid: u32) -> io::Result<Self> {
        fs::read_to_string(format!("/proc/{pid}/status")).map(|_| Process(pid))
    }

    /// Memory that it has in use, in bytes; 0 once it is gone.
    pub fn resident_bytes(self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap_or_default();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap_or_default();
        line.trim()
            .trim_end_matches(" kB")
            .parse::<usize>()
            .unwrap_or_default()
            * 1024
    }

    /// Files and connections that it has open.
    pub fn descriptors(self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.0)).map_or(0, Iterator::count)
    }
}
