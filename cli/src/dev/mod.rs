//! `landfall dev`: builds a program, runs it, and does both again when files change.
//!
//! The listening socket is opened here and handed to each program. So connections wait in it while
//! one program ends and the next one starts. After a build that fails, the page with its errors is
//! served here.
//!
//! | file | what |
//! | --- | --- |
//! | `options` | what the command line says |
//! | `changes` | whether files have changed |
//! | `build` | runs cargo, and reads what it says |
//! | `program` | the running program, with all its children |
//! | `page` | the page with errors |

mod build;
mod changes;
mod options;
mod page;
mod program;

use std::{
    io,
    net::{SocketAddr, TcpListener},
    thread::sleep,
    time::Duration,
};

use self::{build::Built, changes::Changes, page::Failure, program::Program};

pub(crate) use self::options::Options;

/// How often files, the program and the socket are looked at.
const TICK: Duration = Duration::from_millis(100);

/// What is served.
enum Served {
    /// By the program.
    Program(Program),
    /// By this process.
    Failure(Failure),
}

/// Runs until the process ends.
pub(crate) fn run(options: &Options) -> io::Result<()> {
    let place = SocketAddr::new(options.ip, options.port);
    let socket = TcpListener::bind(place).map_err(|error| {
        let text = format!("cannot listen on {place}: {error}; help: choose another port by `--port`, and in `http(..)`");
        io::Error::new(error.kind(), text)
    })?;
    socket.set_nonblocking(true)?;
    crate::say(&format!(
        "landfall dev at http://{}\n",
        shown(socket.local_addr()?)
    ));
    let mut changes = Changes::new(std::env::current_dir()?);
    let mut served = next(None, options, &socket)?;
    loop {
        sleep(TICK);
        if changes.settled() {
            served = next(Some(served), options, &socket)?;
            continue;
        }
        match &mut served {
            Served::Failure(failure) => failure.answer(&socket),
            Served::Program(program) => {
                if let Some(status) = program.ended()? {
                    eprintln!("landfall dev: the program has ended with {status}");
                    let text = format!(
                        "The program has ended with {status}.\nIts last words are on the terminal."
                    );
                    served = Served::Failure(Failure::new("The program has ended", text));
                }
            }
        }
    }
}

/// An address for the browser. An endpoint's own host is `localhost` while it is developed, and its
/// sockets refuse pages of another one.
fn shown(place: SocketAddr) -> String {
    match place.ip().is_loopback() {
        true => format!("localhost:{}", place.port()),
        false => place.to_string(),
    }
}

/// Builds, and replaces what is served if the build is another one.
fn next(before: Option<Served>, options: &Options, socket: &TcpListener) -> io::Result<Served> {
    let built = build::run(options)?;
    let before = match (&built, before) {
        // What runs is what was built.
        (Built::Program { is_fresh: true, .. }, Some(Served::Program(program))) => {
            return Ok(Served::Program(program));
        }
        (_, before) => before,
    };
    if let Some(Served::Program(program)) = before {
        program.end()?;
    }
    match built {
        Built::Program { path, .. } => {
            Program::start(&path, &options.arguments, socket).map(Served::Program)
        }
        Built::Failed(text) => Ok(Served::Failure(Failure::new("It does not compile", text))),
    }
}
