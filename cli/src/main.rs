//! The command `landfall`.

mod arguments;
mod bar;
mod colour;
mod completions;
#[cfg(unix)]
mod dev;
mod explain;
mod generate;
mod help;
mod keywords;
mod new;
mod routes;
mod sources;

use std::{io::Write, process::ExitCode};

use landfall_assets::DigestError;

use self::{
    arguments::{Clean, Command, Digest},
    colour::{Colours, Style},
};

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
            say(&help_in_colours(text));
            Ok(())
        }
        Command::Version => {
            say(&format!("landfall {}\n", env!("CARGO_PKG_VERSION")));
            Ok(())
        }
        Command::Digest(digest) => run_digest(&digest).map_err(|error| error.to_string()),
        Command::Explain(name) => explain::run(name.as_deref()).map(|text| say(&text)),
        Command::New(options) => new::run(&options).map(|text| say_done(&text)),
        Command::Generate(options) => generate::run(&options).map(|text| say_done(&text)),
        Command::Routes(place) => routes::run(&place).map(|text| {
            let is_row = |line: &str| line.starts_with(' ');
            say(&Colours::of_output().first_words(Style::Cyan, &text, is_row));
        }),
        Command::Completions(shell) => {
            say(&completions::script(shell));
            Ok(())
        }
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

/// What was made is green, and what is to be typed stands out.
fn say_done(text: &str) {
    let is_done = |line: &str| line.starts_with("made ") || line.starts_with("wrote ");
    say(&Colours::of_output().first_words(Style::Green, text, is_done));
}

/// Headings are bold, and names of commands and kinds.
fn help_in_colours(text: &str) -> String {
    let is_head = |line: &str| {
        let is_entry = line.starts_with("  ") && !line.starts_with("   ");
        is_entry
            || ["Usage:", "Commands:", "Kinds:", "Options:", "Exit"]
                .iter()
                .any(|head| line.starts_with(head))
    };
    Colours::of_output().first_words(Style::Bold, text, is_head)
}

fn say_error(error: &str) {
    let colours = Colours::of_errors();
    let help = colours.paint(Style::Cyan, "help:");
    let error = error.replacen("help:", &help, 1);
    eprintln!("{} {error}", colours.paint(Style::Red, "error:"));
}
