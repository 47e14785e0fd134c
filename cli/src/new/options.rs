//! What the command line says.

use std::path::PathBuf;

use lexopt::{
    Arg::{Long, Short, Value},
    Error, Parser,
};

use super::{
    kind::{Kind, Sockets},
    name::Name,
};

/// The arguments of `landfall new`.
pub(crate) struct Options {
    pub(super) project: Project,
    pub(super) kind: Kind,
    /// The copy of the repository to depend on.
    pub(super) path: Option<PathBuf>,
}

/// What is made, and where.
pub(super) struct Project {
    pub(super) name: Name,
    pub(super) place: PathBuf,
}

impl Project {
    /// The last part of the path is the name.
    fn at(place: PathBuf) -> Result<Self, String> {
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let name = Name::new(&name)?;
        Ok(Project { name, place })
    }
}

impl Options {
    /// `None` if help is asked for.
    pub(crate) fn read(mut parser: Parser) -> Result<Option<Self>, Error> {
        let (mut place, mut path, mut kind) = (None, None, Kind::default());
        let (mut raw, mut no_channels) = (false, false);
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(None),
                Long("axum") => kind.axum = true,
                Long("raw") => raw = true,
                Long("no-channels") => no_channels = true,
                Long("path") => path = Some(PathBuf::from(parser.value()?)),
                Value(name) if place.is_none() => place = Some(PathBuf::from(name)),
                other => return Err(other.unexpected()),
            }
        }
        kind.sockets = match (raw, no_channels) {
            (true, true) => {
                return Err("`--raw` is a socket without channels, `--no-channels` is no socket; help: leave one of them out".into());
            }
            (true, false) => Sockets::Raw,
            (false, true) => Sockets::Nothing,
            (false, false) => Sockets::Channels,
        };
        let place = place.ok_or("a project needs a name; help: `landfall new harbour`")?;
        Ok(Some(Options {
            project: Project::at(place)?,
            kind,
            path,
        }))
    }
}
