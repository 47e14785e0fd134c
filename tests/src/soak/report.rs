//! The goals of a soak, and whether they were met.

use std::{fmt, time::Duration};

use super::{
    server::Figures,
    tally::{Totals, mebibytes},
};

/// 500,000 an hour.
const CONNECTIONS_A_MINUTE: f64 = 500_000.0 / 60.0;
/// Percent by which memory may grow from a tenth of the time to its end.
const GROWTH: f64 = 5.0;
/// Bytes by which memory may grow in any case. Short runs need them to become warm.
const WARMTH: usize = 4 << 20;
const IDLE_BYTES: usize = 1536;
const SLOW: Duration = Duration::from_millis(250);

/// The measurements.
pub(super) struct Found {
    pub(super) time: Duration,
    pub(super) before: Figures,
    pub(super) after: Figures,
    pub(super) idle_bytes: usize,
    pub(super) rss_early: usize,
    pub(super) rss_late: usize,
    /// In ascending order.
    pub(super) latencies: Vec<Duration>,
    pub(super) broadcasts: u64,
    pub(super) tally: Totals,
    pub(super) complaint: Option<String>,
    pub(super) clean_exit: bool,
}

/// A table of what is wanted and what was found.
#[derive(Debug)]
pub struct Report {
    rows: Vec<Row>,
    complaint: Option<String>,
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    found: String,
    wanted: String,
    met: bool,
}

impl Report {
    pub(super) fn new(found: Found) -> Self {
        let mut rows = Vec::new();
        let mut row = |name, found: String, wanted: String, met| {
            rows.push(Row {
                name,
                found,
                wanted,
                met,
            })
        };
        let Totals {
            connections,
            messages,
            lost,
            doubled,
            broken,
        } = found.tally;
        let needed = (CONNECTIONS_A_MINUTE * found.time.as_secs_f64() / 60.0) as u64;
        row(
            "connections",
            connections.to_string(),
            format!(">= {needed}"),
            connections >= needed,
        );
        row("messages", messages.to_string(), String::new(), true);
        row(
            "broadcasts",
            found.broadcasts.to_string(),
            ">= 1".to_owned(),
            found.broadcasts > 0,
        );
        for (name, count) in [
            ("lost", lost),
            ("doubled", doubled),
            ("not as planned", broken),
        ] {
            row(name, count.to_string(), "0".to_owned(), count == 0);
        }
        let (p50, p99) = (
            percentile(&found.latencies, 50),
            percentile(&found.latencies, 99),
        );
        row("echo p50", format!("{p50:.2?}"), String::new(), true);
        row(
            "echo p99",
            format!("{p99:.2?}"),
            format!("< {SLOW:?}"),
            p99 < SLOW && !found.latencies.is_empty(),
        );
        let (before, after) = (found.before, found.after);
        for (name, before, after) in [
            (
                "descriptors",
                before.descriptors as u64,
                after.descriptors as u64,
            ),
            ("tasks", before.tasks, after.tasks),
            ("open sockets", before.connections, after.connections),
        ] {
            row(
                name,
                after.to_string(),
                format!("{before}, as at the start"),
                before == after,
            );
        }
        let grown = found.rss_late.saturating_sub(found.rss_early);
        let percent = (found.rss_late as f64 / found.rss_early.max(1) as f64 - 1.0) * 100.0;
        let (early, late) = (mebibytes(found.rss_early), mebibytes(found.rss_late));
        row(
            "RSS, tenth to end",
            format!("{early:.1} to {late:.1} MiB, {percent:+.1} %"),
            format!("+{GROWTH} % or {} MiB", WARMTH >> 20),
            percent <= GROWTH || grown <= WARMTH,
        );
        let idle = found.idle_bytes;
        row(
            "an idle socket",
            format!("{idle} bytes"),
            format!("<= {IDLE_BYTES}"),
            idle <= IDLE_BYTES,
        );
        let exit = if found.clean_exit {
            "clean"
        } else {
            "not clean"
        };
        row(
            "the server's end",
            exit.to_owned(),
            "clean".to_owned(),
            found.clean_exit,
        );
        Report {
            rows,
            complaint: found.complaint,
        }
    }

    /// The goals that were not met, and what was found.
    pub fn missed(&self) -> impl Iterator<Item = String> {
        let missed = self.rows.iter().filter(|row| !row.met);
        missed.map(|row| format!("{}: {}, wanted {}", row.name, row.found, row.wanted))
    }
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted
        .get(sorted.len().saturating_sub(1) * percent / 100)
        .copied()
        .unwrap_or_default()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        for Row {
            name,
            found,
            wanted,
            met,
        } in &self.rows
        {
            let met = if *met { "" } else { "  MISSED" };
            writeln!(f, "{name:<18} {found:>28}   {wanted:<24}{met}")?;
        }
        match &self.complaint {
            Some(complaint) => writeln!(f, "what went wrong first: {complaint}"),
            None => Ok(()),
        }
    }
}
