//! A certificate for development, which nobody has signed.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

const DIRECTORY: &str = "cert";
/// Browsers refuse certificates that are valid for longer than 398 days.
const VALID: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What is made.
pub(crate) struct Cert {
    /// Names and addresses that it is for.
    hosts: Vec<String>,
    directory: PathBuf,
}

impl Cert {
    /// For this machine, if no host is named.
    pub(super) fn new(mut hosts: Vec<String>, directory: Option<OsString>) -> Self {
        if hosts.is_empty() {
            hosts = ["localhost", "127.0.0.1", "::1"]
                .map(str::to_owned)
                .to_vec();
        }
        let directory = directory.map_or(DIRECTORY.into(), PathBuf::from);
        Cert { hosts, directory }
    }

    pub(super) fn run(&self) -> Result<String, String> {
        let (cert, key) = self.make().map_err(|error| {
            format!(
                "cannot make a certificate for {}: {error}",
                self.hosts.join(", ")
            )
        })?;
        let directory = &self.directory;
        fs::create_dir_all(directory)
            .map_err(|error| format!("cannot make `{}`: {error}", directory.display()))?;
        let (certfile, keyfile) = (directory.join("cert.pem"), directory.join("key.pem"));
        for file in [&certfile, &keyfile] {
            if file.exists() {
                return Err(is_there(file));
            }
        }
        write(&keyfile, &key, 0o600)?;
        write(&certfile, &cert, 0o644)?;
        Ok(told(&self.hosts, &certfile, &keyfile))
    }

    /// Certificate and key in PEM format.
    fn make(&self) -> Result<(String, String), rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(self.hosts.clone())?;
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, "landfall: self-signed, for development");
        params.distinguished_name = name;
        let now = SystemTime::now();
        params.not_before = now.into();
        params.not_after = (now + VALID).into();
        Ok((params.self_signed(&key)?.pem(), key.serialize_pem()))
    }
}

fn is_there(file: &Path) -> String {
    format!(
        "`{}` is there already; help: remove it, or choose another directory by `--output`",
        file.display()
    )
}

/// Writes a file that is not there yet. Nobody else can read it before it has its mode.
fn write(file: &Path, text: &str, mode: u32) -> Result<(), String> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let written = options
        .open(file)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => is_there(file),
        _ => format!("cannot write `{}`: {error}", file.display()),
    })
}

fn told(hosts: &[String], certfile: &Path, keyfile: &Path) -> String {
    let (hosts, certfile, keyfile) = (hosts.join(", "), certfile.display(), keyfile.display());
    format!(
        "wrote {certfile} and {keyfile}, for {hosts}, valid for a year

Keep the key out of version control. Turn on the feature `tls` of landfall, and add to the
declaration:

    #[cfg(debug_assertions)]
    https(ip = [127, 0, 0, 1], port = 4001, certfile = \"{certfile}\", keyfile = \"{keyfile}\");

Browsers warn of it, since nobody has signed it.
"
    )
}
