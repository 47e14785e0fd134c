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

use crate::{completions, help};

const DEFAULT_DIRECTORY: &str = "static";

pub(crate) enum Command {
    Help(&'static str),
    Version,
    Digest(Digest),
    Clean(Clean),
    /// Without a name: all of them.
    Explain(Option<String>),
    New(crate::new::Options),
    Generate(crate::generate::Options),
    /// Of a project, a folder or a file.
    Routes(PathBuf),
    /// Of a shell that is known.
    Completions(&'static str),
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
    let command = match parser.next()? {
        None | Some(Short('h') | Long("help")) => return Ok(Command::Help(help::LANDFALL)),
        Some(Short('V') | Long("version")) => return Ok(Command::Version),
        Some(Value(command)) => command,
        Some(other) => return Err(other.unexpected()),
    };
    let asked = |text: &'static str| move || Command::Help(text);
    match command.to_str() {
        Some("new") => {
            let options = crate::new::Options::read(parser)?;
            Ok(options.map_or_else(asked(help::NEW), Command::New))
        }
        Some("gen") => {
            let options = crate::generate::Options::read(parser)?;
            Ok(options.map_or_else(asked(help::GEN), Command::Generate))
        }
        #[cfg(unix)]
        Some("dev") => {
            let options = crate::dev::Options::read(parser)?;
            Ok(options.map_or_else(asked(help::DEV), Command::Dev))
        }
        Some("routes") => {
            let place = read_one(parser)?;
            Ok(place.map_or_else(asked(help::ROUTES), |place| {
                Command::Routes(place.map_or(".".into(), PathBuf::from))
            }))
        }
        Some("explain") => {
            let name = read_one(parser)?;
            let name = name
                .map(|name| name.map(OsString::string).transpose())
                .transpose()?;
            Ok(name.map_or_else(asked(help::EXPLAIN), Command::Explain))
        }
        Some("digest") => read_digest(parser),
        Some("digest.clean") => read_clean(parser),
        Some("completions") => read_completions(parser),
        Some("help") => read_help(parser),
        _ => Err(unknown_command(&command)),
    }
}

/// At most one value. `None` if help is asked for.
fn read_one(mut parser: Parser) -> Result<Option<Option<OsString>>, Error> {
    let mut one = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Value(value) if one.is_none() => one = Some(value),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(one))
}

fn read_help(parser: Parser) -> Result<Command, Error> {
    let Some(Some(command)) = read_one(parser)? else {
        return Ok(Command::Help(help::LANDFALL));
    };
    let text = command.to_str().and_then(help::of);
    text.map(Command::Help)
        .ok_or_else(|| unknown_command(&command))
}

fn read_completions(parser: Parser) -> Result<Command, Error> {
    let Some(shell) = read_one(parser)? else {
        return Ok(Command::Help(help::COMPLETIONS));
    };
    let shell = shell.unwrap_or_default().string()?;
    match completions::SHELLS
        .into_iter()
        .find(|known| *known == shell)
    {
        Some(known) => Ok(Command::Completions(known)),
        None => Err("completions are for a shell; help: there are bash, zsh and fish".into()),
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
        "there is no command `{}`; help: `landfall --help` lists them",
        command.display()
    )
    .into()
}
