//! Sockets, channels and presence: a file, and what has to be said elsewhere for it.

use super::{name::Name, project::Project};

const SOCKET: &str = include_str!("../../templates/pieces/socket.rs");
const CHANNEL_SOCKET: &str = include_str!("../../templates/pieces/channel_socket.rs");
const CHANNEL: &str = include_str!("../../templates/pieces/channel.rs");
const PRESENCE: &str = include_str!("../../templates/pieces/presence.rs");

/// A file to write.
pub(crate) enum Piece {
    Socket {
        name: Name,
        /// Its first channel. Without one it is a raw socket.
        channel: Option<Name>,
    },
    Channel {
        name: Name,
        /// Whose channel it is: the name of the type without `Socket`.
        socket: Name,
    },
    Presence {
        name: Name,
    },
}

impl Piece {
    pub(super) fn run(&self) -> Result<String, String> {
        let project = Project::here()?;
        match self {
            Piece::Socket { name, channel } => socket(&project, name, channel.as_ref()),
            Piece::Channel { name, socket } => channel(&project, name, socket),
            Piece::Presence { name } => presence(&project, name),
        }
    }
}

fn socket(project: &Project, name: &Name, channel: Option<&Name>) -> Result<String, String> {
    let module = format!("{}_socket", name.module());
    let (kind, camel) = (format!("{}Socket", name.camel()), name.camel());
    let text = match channel {
        None => SOCKET.to_owned(),
        Some(channel) => CHANNEL_SOCKET
            .replace("{channel}", &channel.module())
            .replace("{Channel}", &channel.camel()),
    };
    let path = format!("src/{module}.rs");
    project.write(&path, &text.replace("Game", &camel))?;
    let mut told = told(project, &path, &module, "");
    told += &format!(
        "\nAdd to the declaration in {}:\n\n    socket(\"/{}\", crate::{module}::{kind});\n",
        project.declaration(),
        name.module(),
    );
    if let Some(channel) = channel.filter(|channel| project.module_of(&channel.camel()).is_none()) {
        let (camel, name) = (channel.camel(), name.camel());
        told += &format!("\nNow its channel: landfall gen channel {camel} --socket {name}\n");
    }
    Ok(told)
}

fn channel(project: &Project, name: &Name, socket: &Name) -> Result<String, String> {
    let (module, camel) = (name.module(), name.camel());
    let kind = format!("{}Socket", socket.camel());
    let (Some(place), Some(file)) = (project.module_of(&kind), project.file_of(&kind)) else {
        return Err(format!(
            "no file below `src` declares a `struct {kind}`; help: name another socket by \
             `--socket`, or make it by `landfall gen socket {} --channel {camel}`",
            socket.camel()
        ));
    };
    let text = CHANNEL
        .replace("Game", &camel)
        .replace("game", &module)
        .replace("{socket}", &format!("{place}::{kind}"))
        .replace("UserSocket", &kind);
    let path = format!("src/{module}.rs");
    project.write(&path, &text)?;
    Ok(told(project, &path, &module, "")
        + &format!(
            "\nAdd to `#[socket(..)]` of {kind} in {}:\n\n    channel(\"{module}:*\", crate::{module}::{camel})\n",
            file.display()
        ))
}

fn presence(project: &Project, name: &Name) -> Result<String, String> {
    let module = name.module();
    let path = format!("src/{module}.rs");
    project.write(&path, &PRESENCE.replace("Game", &name.camel()))?;
    let root = project.library.as_deref().unwrap_or("crate");
    Ok(told(project, &path, &module, "pub ")
        + &format!(
            "\nStart the endpoint with it, in place of `Edge::start()`:\n\n    \
             Edge::builder().presence_with({root}::{module}::options()).start()\n"
        ))
}

/// What was written, and the module that it is.
fn told(project: &Project, path: &str, module: &str, public: &str) -> String {
    format!(
        "wrote {path}\n\nAdd to {}:\n\n    {public}mod {module};\n",
        project.root
    )
}
