//! Runs cargo, and reads what it says.

use std::{
    io::{self, BufRead, BufReader, Read},
    path::PathBuf,
    process::{Command, Stdio},
    thread,
};

use serde_json::Value;

use super::Options;

/// The maximum of what is kept of errors, in bytes.
const LONGEST: usize = 256 * 1024;

/// How a build ended.
pub(super) enum Built {
    Program {
        path: PathBuf,
        /// Nothing had to be built.
        is_fresh: bool,
    },
    /// The errors.
    Failed(String),
}

/// Builds the program. Messages go to the terminal, too.
pub(super) fn run(options: &Options) -> io::Result<Built> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = Command::new(cargo)
        .args(["build", "--message-format=json"])
        .args(&options.cargo)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| io::Error::new(error.kind(), format!("cannot run cargo: {error}")))?;
    let errors = cargo
        .stderr
        .take()
        .map(|stderr| thread::spawn(|| copy(stderr)));
    let (mut programs, mut told) = (Vec::new(), String::new());
    let messages = BufReader::new(
        cargo
            .stdout
            .take()
            .into_iter()
            .next()
            .ok_or(io::ErrorKind::BrokenPipe)?,
    );
    for message in messages.lines() {
        let message: Value = serde_json::from_str(&message?).unwrap_or_default();
        if let Some(text) = message["message"]["rendered"].as_str() {
            eprint!("{text}");
            if message["message"]["level"] == "error" {
                keep(&mut told, text);
            }
        }
        if let Some(path) = message["executable"].as_str() {
            programs.push((PathBuf::from(path), message["fresh"] == true));
        }
    }
    let status = cargo.wait()?;
    let rest = errors
        .and_then(|errors| errors.join().ok())
        .unwrap_or_default();
    if !status.success() {
        // Cargo itself has failed, before any compiler.
        return Ok(Built::Failed(if told.is_empty() { rest } else { told }));
    }
    let mut programs = programs.into_iter();
    match (programs.next(), programs.next()) {
        (Some((path, is_fresh)), None) => Ok(Built::Program { path, is_fresh }),
        (None, _) => Ok(Built::Failed(
            "no program was built: say which by `--package`, `--bin` or `--example`".to_owned(),
        )),
        (Some(_), Some(_)) => Ok(Built::Failed(
            "several programs were built: say which by `--package`, `--bin` or `--example`"
                .to_owned(),
        )),
    }
}

/// Copies to the terminal, and keeps the end.
fn copy(from: impl Read) -> String {
    let mut kept = String::new();
    for line in BufReader::new(from).lines().map_while(Result::ok) {
        eprintln!("{line}");
        keep(&mut kept, &format!("{line}\n"));
    }
    kept
}

/// Adds a text, if there is room for it.
fn keep(kept: &mut String, text: &str) {
    if kept.len() + text.len() <= LONGEST {
        kept.push_str(text);
    }
}
