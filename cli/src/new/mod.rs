//! `landfall new`: makes a project that runs at once.
//!
//! | file | what |
//! | --- | --- |
//! | `name` | which names a project may have |
//! | `kind` | what is made: with axum or without it, with channels or without them |
//! | `rendered` | a template as a file of the project |
//! | `templates` | the files of `templates/`, and which project has which |
//! | `options` | what the command line says |
//! | `checkout` | a copy of the repository to depend on, and the workspace that a project is in |

mod checkout;
mod kind;
mod name;
mod options;
mod rendered;
mod templates;

use std::{fs, io::Write, path::Path};

use self::{options::Project, templates::FILES};

pub(crate) use self::options::Options;

/// Makes the project.
///
/// # Errors
/// There is something already, or a file cannot be written.
pub(crate) fn run(options: &Options) -> Result<String, String> {
    let Project { name, place, .. } = &options.project;
    refuse_what_is_there(place)?;
    let dependency = checkout::dependency(options.path.as_deref())?;
    let files = FILES.iter().filter(|file| options.kind.admits(file.only));
    let mut written = 0;
    for file in files {
        let text = rendered::text(file, name, options.kind, &dependency);
        write(&place.join(rendered::path(file, name)), &text)?;
        written += 1;
    }
    Ok(told(options, written))
}

/// A folder that exists has to be empty.
fn refuse_what_is_there(place: &Path) -> Result<(), String> {
    let shown = place.display();
    match fs::read_dir(place).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!(
            "`{shown}` is there, and not empty; help: choose another name, or remove it"
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(format!("cannot make `{shown}`: {error}")),
    }
}

/// Writes a file that is not there yet.
fn write(place: &Path, text: &str) -> Result<(), String> {
    let written = || {
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::File::create_new(place)?.write_all(text.as_bytes())
    };
    written().map_err(|error| format!("cannot write `{}`: {error}", place.display()))
}

fn told(options: &Options, written: usize) -> String {
    let Project { place, .. } = &options.project;
    let shown = place.display();
    let mut told = format!(
        "made `{shown}`: {written} files\n\n    cd {shown}\n    cargo run      \
         # then open http://localhost:4000\n    cargo test\n"
    );
    if let Some(workspace) = checkout::workspace_around(place) {
        told += &format!(
            "\nIt is inside of the workspace of `{}`: add it to `members` there, or write\n\
             `[workspace]` at the end of its own Cargo.toml.\n",
            workspace.display()
        );
    }
    if options.path.is_none() {
        told += &format!(
            "\nIt depends on landfall with `{}`. `--path DIR` has it depend on a copy of the repository.\n",
            checkout::DEFAULT
        );
    }
    told
}
