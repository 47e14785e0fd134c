//! Parses the command line.

use std::{
    ffi::{OsStr, OsString},
    num::NonZeroUsize,
    path::PathBuf,
    time::Duration,
};

use landfall_assets::{Cleaner, Digester, Encoding};
use lexopt::{
    Arg::{Long, Short, Value},
    Error, Parser, ValueExt,
};

use crate::help;

const DEFAULT_DIRECTORY: &str = "static";

pub(crate) enum Command {
    Help(&'static str),
    Version,
    Digest(Digest),
    Clean(Clean),
    /// Without a name: all of them.
    Explain(Option<String>),
    #[cfg(unix)]
    Dev(crate::dev::Options),
}

pub(crate) struct Digest {
    pub(crate) digester: Digester,
    pub(crate) output: PathBuf,
    pub(crate) quiet: bool,
}

pub(crate) struct Clean {
    pub(crate) cleaner: Cleaner,
    pub(crate) quiet: bool,
}

pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, Error> {
    let mut parser = Parser::from_iter(arguments);
    match parser.next()? {
        None | Some(Short('h') | Long("help")) => Ok(Command::Help(help::LANDFALL)),
        Some(Short('V') | Long("version")) => Ok(Command::Version),
        Some(Value(command)) if command == "digest" => read_digest(parser),
        Some(Value(command)) if command == "digest.clean" => read_clean(parser),
        Some(Value(command)) if command == "explain" => read_explain(parser),
        #[cfg(unix)]
        Some(Value(command)) if command == "dev" => {
            let options = crate::dev::Options::read(parser)?;
            Ok(options.map_or(Command::Help(help::DEV), Command::Dev))
        }
        Some(Value(command)) if command == "help" => Ok(Command::Help(help::LANDFALL)),
        Some(Value(command)) => Err(unknown_command(&command)),
        Some(other) => Err(other.unexpected()),
    }
}

fn read_digest(mut parser: Parser) -> Result<Command, Error> {
    let (mut input, mut output, mut quiet) = (None, None, false);
    let mut digester = Digester::new("");
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help(help::DIGEST)),
            Short('q') | Long("quiet") => quiet = true,
            Short('o') | Long("output") => output = Some(PathBuf::from(parser.value()?)),
            Long("no-vsn") => digester = digester.vsn(false),
            Long("encodings") => {
                digester = digester.encodings(encodings(&parser.value()?.string()?)?)
            }
            Long("threads") => {
                digester = digester.threads(parser.value()?.parse::<NonZeroUsize>()?)
            }
            Value(directory) if input.is_none() => input = Some(PathBuf::from(directory)),
            other => return Err(other.unexpected()),
        }
    }
    let input = input.unwrap_or_else(|| DEFAULT_DIRECTORY.into());
    let output = output.unwrap_or_else(|| input.clone());
    Ok(Command::Digest(Digest {
        digester: digester.input(input).output(&output),
        output,
        quiet,
    }))
}

fn read_clean(mut parser: Parser) -> Result<Command, Error> {
    let (mut directory, mut age, mut keep, mut all, mut quiet) = (None, None, None, false, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help(help::CLEAN)),
            Short('q') | Long("quiet") => quiet = true,
            Long("age") => age = Some(Duration::from_secs(parser.value()?.parse()?)),
            Long("keep") => keep = Some(parser.value()?.parse()?),
            Long("all") => all = true,
            Value(path) if directory.is_none() => directory = Some(PathBuf::from(path)),
            other => return Err(other.unexpected()),
        }
    }
    if all && (age.is_some() || keep.is_some()) {
        return Err("`--all` removes everything, and takes neither `--age` nor `--keep`".into());
    }
    let mut cleaner = Cleaner::new(directory.unwrap_or_else(|| DEFAULT_DIRECTORY.into()));
    cleaner = age.into_iter().fold(cleaner, Cleaner::age);
    cleaner = keep.into_iter().fold(cleaner, Cleaner::keep);
    Ok(Command::Clean(Clean {
        cleaner: if all { cleaner.all() } else { cleaner },
        quiet,
    }))
}

fn read_explain(mut parser: Parser) -> Result<Command, Error> {
    let mut name = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help(help::EXPLAIN)),
            Value(value) if name.is_none() => name = Some(value.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Explain(name))
}

fn encodings(list: &str) -> Result<Vec<Encoding>, Error> {
    if list == "none" {
        return Ok(Vec::new());
    }
    let known = |name: &str| {
        Encoding::ALL
            .iter()
            .copied()
            .find(|encoding| encoding.name() == name)
    };
    let all: Vec<_> = Encoding::ALL
        .iter()
        .map(|encoding| encoding.name())
        .collect();
    let unknown = |name: &str| {
        format!(
            "`{name}` is not an encoding; there are {}, and none",
            all.join(", ")
        )
    };
    list.split(',')
        .map(|name| known(name.trim()).ok_or_else(|| unknown(name).into()))
        .collect()
}

fn unknown_command(command: &OsStr) -> Error {
    format!(
        "there is no command `{}`; try `landfall --help`",
        command.display()
    )
    .into()
}
