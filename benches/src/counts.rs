//! Instructions of Landfall, beside those of the last time that somebody looked.
//!
//! They hardly depend on what else the machine does, unlike CPU time, so a change for the worse can
//! be told. They do depend on the compiler, the processor and more: counts of others are shown, but
//! not judged. What the kernel does is not counted. Needs valgrind.

use std::{fmt::Write as _, fs, path::Path, process::Command};

use crate::{
    Result, channels,
    process::Server,
    scenarios::{self, Load},
};

/// The counts that were approved.
const APPROVED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/counts.txt");

/// By how much a count may grow.
const TOLERANCE: f64 = 1.05;

const ROUNDS: usize = 2;

/// Compares with what was approved. An error if a count has grown by more than 5 %.
pub(crate) async fn compare() -> Result<()> {
    let approved = fs::read_to_string(APPROVED)?;
    let machine = machine()?;
    let other = other(&approved, &machine)?;
    println!("{machine}");
    println!(
        "{:<24}{:>12}{:>12}{:>10}",
        "instructions", "approved", "now", "change"
    );
    let mut counts = count().await?;
    if !grown(&counts, &approved).is_empty() {
        // A busy machine adds some.
        counts = least(counts, count().await?);
    }
    for (name, count) in &counts {
        let Some(before) = approved_of(&approved, name) else {
            println!("{name:<24}{:>12}{count:>12}", "new");
            continue;
        };
        let change = *count as f64 / before as f64;
        println!(
            "{name:<24}{before:>12}{count:>12}{:>9.1}%",
            (change - 1.0) * 100.0
        );
    }
    let grown = grown(&counts, &approved).join(", ");
    match other {
        Some(other) => println!("another {other} has counted what was approved: no verdict"),
        None if grown.is_empty() => {}
        None => return Err(format!("more instructions than approved: {grown}; help: if that is what it costs, `{BUILD} approve`").into()),
    }
    Ok(())
}

/// Writes today's counts down.
pub(crate) async fn approve() -> Result<()> {
    if !is_own_build()? {
        return Err(format!("this build is not that of `{BUILD}`").into());
    }
    let mut text = String::from(HEAD);
    writeln!(text, "{}", machine()?)?;
    for (name, count) in count().await? {
        writeln!(text, "{count:>9}  {name}")?;
    }
    print!("{text}");
    Ok(fs::write(APPROVED, text)?)
}

const HEAD: &str = "\
# Instructions in user space for one of each, counted by `landfall-benches counts`.
# `landfall-benches counts approve` writes this file.
";

/// What builds and runs what was approved.
const BUILD: &str = "cargo run --profile counts -p landfall-benches --no-default-features counts";

/// True for a build of the profile `counts` with nothing but Landfall's default features.
fn is_own_build() -> Result<bool> {
    let program = std::env::current_exe()?;
    let folder = program.parent().and_then(Path::file_name);
    Ok(folder.is_some_and(|profile| profile == "counts") && !cfg!(feature = "peers"))
}

/// What was another one when counts were approved, if they cannot be judged by that.
fn other(approved: &str, machine: &str) -> Result<Option<&'static str>> {
    Ok(if !is_own_build()? {
        Some("build")
    } else if approved.lines().all(|line| line != machine) {
        Some("compiler, processor, C library or valgrind")
    } else {
        None
    })
}

type Counts = Vec<(&'static str, u64)>;

/// What has grown by more than is tolerated.
fn grown(counts: &Counts, approved: &str) -> Vec<&'static str> {
    let has_grown = |count: u64, before: u64| count as f64 > before as f64 * TOLERANCE;
    let grown = counts.iter().filter(|(name, count)| {
        approved_of(approved, name).is_some_and(|before| has_grown(*count, before))
    });
    grown.map(|(name, _)| *name).collect()
}

/// The least of some rounds: what a busy machine adds is not the same in all.
async fn count() -> Result<Counts> {
    let mut counts = count_once().await?;
    for _ in 1..ROUNDS {
        counts = least(counts, count_once().await?);
    }
    Ok(counts)
}

fn least(one: Counts, other: Counts) -> Counts {
    let pairs = one.into_iter().zip(other);
    pairs
        .map(|((name, one), (_, other))| (name, one.min(other)))
        .collect()
}

async fn count_once() -> Result<Counts> {
    // A server for each table: what the allocator does depends on what it did before.
    let server = Server::start_counted("landfall").await?;
    let plain = scenarios::run(&server, &Load::COUNTED).await?;
    drop(server);
    let server = Server::start_counted("landfall").await?;
    let phoenix = channels::run(&server, &Load::COUNTED).await?;
    let plain = scenarios::NAMES.into_iter().zip(plain);
    let phoenix = channels::NAMES.into_iter().zip(phoenix);
    // The first of each is memory.
    let all = plain.skip(1).chain(phoenix.skip(1));
    Ok(all
        .map(|(name, count)| (name, count.round() as u64))
        .collect())
}

fn approved_of(approved: &str, name: &str) -> Option<u64> {
    let rows = approved
        .lines()
        .filter_map(|line| line.trim().split_once("  "));
    let mut named = rows.filter(|(_, of)| *of == name);
    named.next()?.0.parse().ok()
}

/// What else counts depend on.
fn machine() -> Result<String> {
    let rustc = said("rustc", &["--version"])?;
    let libc = said("getconf", &["GNU_LIBC_VERSION"])?;
    let valgrind = said("valgrind", &["--version"])?;
    let processor = fs::read_to_string("/proc/cpuinfo")?;
    let model = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    Ok(format!("# {rustc}, {model}, {libc}, {valgrind}"))
}

fn said(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output()?.stdout;
    Ok(String::from_utf8(output)?.trim().into())
}
