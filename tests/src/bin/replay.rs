//! Plays golden transcripts against the peer, and says how its answers compare.

use std::{env, error::Error, net::TcpStream, path::PathBuf, process::ExitCode};

use landfall_tests::{
    peer::{BASE_PORT, Peer},
    replay::{THEMES, replay},
};

const USAGE: &str = "usage: replay DIR [--theme NAME] [--base-port PORT]

Plays the golden files of DIR against the peer that listens on PORT (default 41000), or
against one of its own if none does.";

struct Arguments {
    directory: PathBuf,
    themes: Vec<&'static str>,
    base_port: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<bool, Box<dyn Error>> {
    let arguments = arguments(env::args().skip(1))?;
    let listens = TcpStream::connect(("127.0.0.1", arguments.base_port)).is_ok();
    let own = if listens {
        None
    } else {
        Some(Peer::start(arguments.base_port, false).await?)
    };
    let report = replay(&arguments.directory, &arguments.themes, arguments.base_port).await?;
    println!("{report}");
    if let Some(peer) = own {
        peer.shutdown().await?;
    }
    Ok(report.failed() == 0)
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let (mut directory, mut themes, mut base_port) = (None, THEMES.to_vec(), BASE_PORT);
    while let Some(argument) = given.next() {
        let mut value = || {
            given
                .next()
                .ok_or_else(|| format!("`{argument}` needs a value\n\n{USAGE}"))
        };
        match argument.as_str() {
            "--theme" => {
                let theme = value()?;
                themes.retain(|known| *known == theme);
                if themes.is_empty() {
                    return Err(format!(
                        "unknown theme `{theme}`: the known ones are {}",
                        THEMES.join(", ")
                    ));
                }
            }
            "--base-port" => {
                let port = value()?;
                base_port = port
                    .parse()
                    .map_err(|_| format!("`{port}` is not a port"))?;
            }
            "--help" | "-h" => return Err(USAGE.to_owned()),
            unknown if unknown.starts_with('-') => {
                return Err(format!("unknown option `{unknown}`\n\n{USAGE}"));
            }
            path => directory = Some(PathBuf::from(path)),
        }
    }
    let directory = directory.ok_or(USAGE)?;
    Ok(Arguments {
        directory,
        themes,
        base_port,
    })
}
