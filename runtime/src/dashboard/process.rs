//! What the system says of this process, where it is Linux.

use std::{fs, time::Duration};

/// Ticks of a second in which Linux tells the time of processors, on every architecture that Rust
/// runs on.
const TICKS: u64 = 100;

/// The time that processors have worked for this process so far.
pub(super) fn worked() -> Option<Duration> {
    worked_of(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// Bytes of memory that the process holds.
pub(super) fn memory() -> Option<u64> {
    memory_of(&fs::read_to_string("/proc/self/status").ok()?)
}

fn worked_of(stat: &str) -> Option<Duration> {
    // The name of the process, in parentheses, may have spaces and parentheses.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(Duration::from_millis((user + system) * 1000 / TICKS))
}

fn memory_of(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_ascii_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_tells_is_read() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 4 0 1 1 1";
        assert_eq!(worked_of(stat), Some(Duration::from_secs(3)));
        assert_eq!(
            memory_of("Name:\tx\nVmRSS:\t  12 kB\nVmData: 1 kB\n"),
            Some(12_288)
        );
        assert_eq!(
            (worked_of("7 (x"), worked_of(""), memory_of("VmRSS: x")),
            (None, None, None)
        );
        if cfg!(target_os = "linux") {
            assert!(worked().is_some() && memory().is_some_and(|bytes| bytes > 100_000));
        }
    }
}
