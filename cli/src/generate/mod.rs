//! `landfall gen`: a secret, a certificate, or a file of a project.
//!
//! | file | what |
//! | --- | --- |
//! | `secret` | text that nobody guesses |
//! | `cert` | a certificate for development |
//! | `name` | the forms of a name: `ChatRoom`, `chat_room` |
//! | `project` | the sources that a file is written beside |
//! | `piece` | sockets, channels and presence |
//! | `options` | what the command line says |

#[cfg(feature = "cert")]
mod cert;
mod name;
mod options;
mod piece;
mod project;
mod secret;

pub(crate) use self::options::Options;

/// Makes it, and says what there is to do.
///
/// # Errors
/// There is no project here, a file is there already, or cannot be written.
pub(crate) fn run(options: &Options) -> Result<String, String> {
    match options {
        Options::Secret => secret::run(),
        Options::Piece(piece) => piece.run(),
        #[cfg(feature = "cert")]
        Options::Cert(cert) => cert.run(),
        #[cfg(not(feature = "cert"))]
        Options::Cert => Err(
            "this command was built without certificates; help: build it with the feature `cert`"
                .to_owned(),
        ),
    }
}
