//! Programs that stand in front of a server, with the configurations that pages show.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use crate::chapter;

/// A program that passes requests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// Caddy 2.
    Caddy,
    /// HAProxy.
    HaProxy,
    /// nginx.
    Nginx,
}

impl Proxy {
    /// The program, which is also the language of its block.
    fn name(self) -> &'static str {
        match self {
            Proxy::Caddy => "caddy",
            Proxy::HaProxy => "haproxy",
            Proxy::Nginx => "nginx",
        }
    }

    /// Its configuration as a page shows it. Only addresses differ, as far as `changes` says so,
    /// and where it puts files: below `place`.
    ///
    /// # Panics
    /// When the page shows none, or nothing that is to be changed.
    pub fn shown(self, page: &str, changes: &[(&str, String)], place: &str) -> Configured {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{}-{count}", self.name(), std::process::id());
        let folder = Path::new(place).join(name);
        fs::create_dir_all(&folder).expect("a folder");

        let mut config = chapter::block(page, self.name());
        for (from, to) in changes {
            assert!(config.contains(from), "{page} has no {from:?}");
            config = config.replace(from, to);
        }
        match self {
            // Its own port, by which it is administrated, is the same for all that run.
            Proxy::Caddy => config.insert_str(0, "{\n\tadmin off\n}\n\n"),
            Proxy::HaProxy => {}
            Proxy::Nginx => config = config.replacen("http {", &nginx_files(&folder), 1),
        }
        let file = folder.join("config");
        fs::write(&file, config).expect("a file");
        Configured {
            proxy: self,
            folder,
            file,
        }
    }
}

/// The beginning of nginx's block `http`, with all files below a folder.
fn nginx_files(folder: &Path) -> String {
    let folder = folder.display();
    let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let places = kinds.map(|kind| format!("{kind}_temp_path {folder}/{kind};\n"));
    format!("http {{\naccess_log off;\n{}", places.concat())
}

/// A program with its configuration.
#[derive(Debug)]
pub struct Configured {
    proxy: Proxy,
    folder: PathBuf,
    file: PathBuf,
}

impl Configured {
    fn command(&self) -> Command {
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new(self.proxy.name());
        command.env("PATH", format!("{path}:/usr/sbin"));
        command.env("XDG_DATA_HOME", &self.folder);
        command.env("XDG_CONFIG_HOME", &self.folder);
        if self.proxy == Proxy::Nginx {
            let settings = format!("daemon off; pid {}/pid;", self.folder.display());
            command.args(["-e", "stderr", "-g", &settings, "-p"]);
            command.arg(&self.folder);
        }
        command
    }

    /// Has the program read its configuration.
    ///
    /// # Panics
    /// When it cannot be run, refuses the configuration or warns about it.
    pub fn check(&self) {
        let mut command = self.command();
        match self.proxy {
            Proxy::Caddy => command.args(["validate", "--adapter", "caddyfile", "--config"]),
            Proxy::HaProxy => command.args(["-c", "-f"]),
            Proxy::Nginx => command.args(["-t", "-c"]),
        };
        let output = command.arg(&self.file).output().expect("it is installed");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).to_lowercase();
        assert!(output.status.success(), "{said}");
        assert!(!said.contains("warn"), "{said}");
    }

    /// Starts it. It ends when it is dropped.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn start(self) -> io::Result<Running> {
        let mut command = self.command();
        match self.proxy {
            Proxy::Caddy => command.args(["run", "--adapter", "caddyfile", "--config"]),
            Proxy::HaProxy => command.args(["-db", "-f"]),
            Proxy::Nginx => command.arg("-c"),
        };
        command.arg(&self.file);
        let process = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(Running {
            process,
            configured: self,
        })
    }
}

impl Drop for Configured {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A program that runs.
#[derive(Debug)]
pub struct Running {
    process: Child,
    configured: Configured,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Of nginx, what is killed leaves its workers behind. Caddy waits for what is in flight.
        let _ = match self.configured.proxy {
            Proxy::Nginx => {
                let id = self.process.id().to_string();
                Command::new("kill").args(["-TERM", &id]).status().map(drop)
            }
            Proxy::Caddy | Proxy::HaProxy => self.process.kill(),
        };
        let _ = self.process.wait();
    }
}
