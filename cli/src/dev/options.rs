//! What the command line says.

use std::{
    ffi::OsString,
    net::{IpAddr, Ipv4Addr},
};

use lexopt::{
    Arg::{Long, Short, Value},
    Error, Parser, ValueExt,
};

/// The port of an endpoint that says none.
const PORT: u16 = 4000;

/// The arguments of `landfall dev`.
pub(crate) struct Options {
    pub(super) ip: IpAddr,
    pub(super) port: u16,
    /// What cargo is told about the program.
    pub(super) cargo: Vec<OsString>,
    /// The arguments of the program.
    pub(super) arguments: Vec<OsString>,
}

impl Options {
    /// `None` if help is asked for.
    pub(crate) fn read(mut parser: Parser) -> Result<Option<Self>, Error> {
        let mut port = None;
        let mut options = Options {
            ip: Ipv4Addr::LOCALHOST.into(),
            port: PORT,
            cargo: Vec::new(),
            arguments: Vec::new(),
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(None),
                Long("ip") => options.ip = parser.value()?.parse()?,
                Long("port") => port = Some(parser.value()?.parse()?),
                Short('p') | Long("package") => options.of_cargo("--package", parser.value()?),
                Long("bin") => options.of_cargo("--bin", parser.value()?),
                Long("example") => options.of_cargo("--example", parser.value()?),
                Short('F') | Long("features") => {
                    options.of_cargo("--features", parser.value()?);
                }
                Value(first) => {
                    options.arguments.push(first);
                    options.arguments.extend(parser.raw_args()?);
                }
                other => return Err(other.unexpected()),
            }
        }
        options.port = match port {
            Some(port) => port,
            None => of_environment()?,
        };
        Ok(Some(options))
    }

    fn of_cargo(&mut self, name: &str, value: OsString) {
        self.cargo.extend([name.into(), value]);
    }
}

/// As the program would be told without `landfall dev`.
fn of_environment() -> Result<u16, Error> {
    match std::env::var("PORT") {
        Ok(port) => port.parse().map_err(|_| {
            format!("`PORT` is {port:?}; help: a port is a number up to 65535").into()
        }),
        Err(_) => Ok(PORT),
    }
}
