//! The configuration of a running endpoint, read again.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod changes;
mod following;
mod load;
mod refused;
mod sections;

use std::{
    fs,
    path::{Path, PathBuf},
};

use landfall::{
    config::{Config, ConfigError},
    prelude::*,
};

endpoint! {
    pub(crate) struct Web;

    url(host = "a.com");
    http(port = 0, max_headers = 50);
    check_origin = true;
    socket("/echo", Echo);
    socket("/host", Echo, websocket(check_origin = true));
    socket("/own", Echo, websocket(check_origin = ["https://own.com"]));

    fn init(config: Config) -> Result<Config, ConfigError> {
        match config.extra::<String>("init") {
            Ok(text) if text == "panic" => panic!("init was told to"),
            Ok(text) => Err(ConfigError::new(text)),
            _ => Ok(config),
        }
    }
}

/// Echoes.
pub(crate) struct Echo;

#[socket]
impl Echo {
    fn connect() -> Result<Self, Refused> {
        Ok(Echo)
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

/// A file of a test's own, removed at the test's end.
pub(crate) struct File(PathBuf);

impl File {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let file = File(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name));
        file.write(text);
        file
    }

    pub(crate) fn write(&self, text: &str) {
        fs::write(&self.0, text).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
