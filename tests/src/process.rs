//! The process of a test: its memory, and signals to it.

use std::{
    fs,
    process::{Command, id},
};

/// Resident memory, in bytes.
///
/// # Panics
/// Where there is no `/proc`.
pub fn resident_bytes() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .expect("a size");
    let kib = line.trim().trim_end_matches(" kB");
    kib.parse::<usize>().expect("a number") * 1024
}

/// Sends this process a signal, such as `-TERM`.
///
/// # Panics
/// Where there is no `kill`.
pub fn kill(signal: &str) {
    let status = Command::new("kill")
        .args([signal, &id().to_string()])
        .status();
    assert!(status.expect("`kill`").success());
}
