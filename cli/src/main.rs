//! The command `landfall`.

mod arguments;
mod bar;
#[cfg(unix)]
mod dev;
mod explain;
mod help;

use std::{io::Write, process::ExitCode};

use landfall_assets::DigestError;

use self::arguments::{Clean, Command, Digest};

/// The command was not understood.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let command = match arguments::read(std::env::args_os()) {
        Ok(command) => command,
        Err(error) => {
            say_error(&error.to_string());
            return ExitCode::from(USAGE);
        }
    };
    let done = match command {
        Command::Help(text) => {
            say(text);
            Ok(())
        }
        Command::Version => {
            say(&format!("landfall {}\n", env!("CARGO_PKG_VERSION")));
            Ok(())
        }
        Command::Digest(digest) => run_digest(&digest).map_err(|error| error.to_string()),
        Command::Explain(name) => explain::run(name.as_deref()).map(|text| say(&text)),
        Command::Clean(clean) => run_clean(&clean).map_err(|error| error.to_string()),
        #[cfg(unix)]
        Command::Dev(options) => dev::run(&options).map_err(|error| error.to_string()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run_digest(digest: &Digest) -> Result<(), DigestError> {
    let bar = bar::Bar::new(digest.quiet);
    let digested = digest
        .digester
        .clone()
        .progress(move |progress| bar.show(progress))
        .run()?;
    if !digest.quiet {
        let files = digested.manifest.latest.len();
        let (output, written) = (digest.output.display(), digested.written);
        say(&format!(
            "digested {files} files in {output}, {written} written\n"
        ));
        let strange = digested
            .skipped
            .iter()
            .filter(|path| !digested.manifest.digests.contains_key(*path));
        for path in strange {
            say(&format!(
                "left alone: {path} (looks digested, but no manifest names it)\n"
            ));
        }
    }
    Ok(())
}

fn run_clean(clean: &Clean) -> Result<(), DigestError> {
    let cleaned = clean.cleaner.run()?;
    if !clean.quiet {
        for path in &cleaned.removed {
            say(&format!("removed {path}\n"));
        }
        say(&format!(
            "{} versions removed, {} earlier ones kept\n",
            cleaned.removed.len(),
            cleaned.kept
        ));
    }
    Ok(())
}

/// A closed pipe is not an error: its reader has seen enough.
fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn say_error(error: &str) {
    eprintln!("error: {error}");
}
