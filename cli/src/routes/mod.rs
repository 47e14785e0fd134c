//! `landfall routes`: what the endpoints of a project serve, as their declarations say.
//!
//! Sources are read, and no program is built or run. A program would have to start to say it, with
//! its database and whatever else its `main` does. What a declaration says about sockets, channels
//! and plugs are constants: no configuration changes them.
//!
//! | file | what |
//! | --- | --- |
//! | `tokens` | parts of sources, as they are written |
//! | `statement` | a statement of a declaration |
//! | `endpoint` | `endpoint! { .. }` |
//! | `socket` | `#[socket(..)] impl UserSocket` |
//! | `project` | all of both that sources have |
//! | `table` | what is printed |

mod endpoint;
mod project;
mod socket;
mod statement;
mod table;
mod tokens;

use std::path::{Path, PathBuf};

use crate::sources::Sources;

/// The table of a project, of a folder or of a file.
///
/// # Errors
/// A source cannot be read, or none declares an endpoint.
pub(crate) fn run(place: &Path) -> Result<String, String> {
    let sources = match place == Path::new(".") {
        true => PathBuf::from("src"),
        false => place.join("src"),
    };
    let place = if sources.is_dir() { &sources } else { place };
    let sources = Sources::below(place)?;
    let project = project::Project::read(&sources)?;
    if project.endpoints.is_empty() {
        return Err(format!(
            "no source below `{}` has an `endpoint! {{ .. }}`; help: `landfall routes DIR` looks \
             elsewhere, or at one file",
            place.display()
        ));
    }
    Ok(table::text(&project))
}
