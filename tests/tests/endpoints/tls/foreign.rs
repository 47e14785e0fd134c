//! curl and openssl as clients.

use std::{
    path::{Path, PathBuf},
    process::Output,
};

use landfall::config::{CipherSuite, Https, Scheme, Setting};
use tokio::process::Command;

use crate::tls::site::{Authority, Secured, folder};

async fn run(program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).stdin(std::process::Stdio::null());
    command
        .output()
        .await
        .unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// A site, and a folder with the certificate of its authority.
struct Known {
    site: Secured,
    folder: PathBuf,
}

impl Known {
    async fn start(change: impl FnOnce(&mut Https, &Authority, &Path)) -> Self {
        let folder = folder();
        let site = Secured::start_with(|https, authority| {
            std::fs::write(folder.join("ca.pem"), authority.pem()).expect("a file");
            change(https, authority, &folder);
        });
        Known {
            site: site.await,
            folder,
        }
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn port(&self) -> u16 {
        self.site.address(Scheme::Https).port()
    }

    /// What curl answers by: the status, or `000` and why.
    async fn curl(&self, arguments: &[&str]) -> String {
        let url = format!("https://localhost:{}/none", self.port());
        let authority = self.file("ca.pem");
        let told = ["--silent", "--show-error", "--output", "/dev/null"];
        let base = ["--cacert", &authority, "--write-out", "%{http_code}", &url];
        let output = run("curl", &[&told[..], &base, arguments].concat()).await;
        [output.stdout, output.stderr]
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .concat()
    }

    /// A handshake by openssl, which itself forbids nothing: whether it succeeds, and what is said.
    async fn openssl(&self, version: &str) -> (bool, String) {
        let (address, authority) = (format!("127.0.0.1:{}", self.port()), self.file("ca.pem"));
        let base = ["s_client", "-connect", &address, "-CAfile", &authority];
        let more = ["-cipher", "ALL:@SECLEVEL=0", version];
        let output = run("openssl", &[&base[..], &more].concat()).await;
        let [said, errors] = [output.stdout, output.stderr]
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let is_done = said.contains("Verify return code: 0 (ok)") && output.status.success();
        (is_done, said + &errors)
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs curl and openssl"]
async fn versions() {
    for (suite, versions) in [
        (CipherSuite::Compatible, ["-tls1_3", "-tls1_2"].as_slice()),
        (CipherSuite::Strong, &["-tls1_3"]),
    ] {
        let known = Known::start(|https, _, _| https.cipher_suite = Setting::exact(suite)).await;
        for version in ["-tls1_3", "-tls1_2", "-tls1_1", "-tls1"] {
            let (is_done, said) = known.openssl(version).await;
            assert_eq!(is_done, versions.contains(&version), "{version}: {said}");
            // It is the server that refuses.
            assert!(
                is_done || said.contains("SSL alert number"),
                "{version}: {said}"
            );
        }
        assert_eq!(known.curl(&["--tlsv1.3"]).await, "404");
        let of_1_2 = known.curl(&["--tls-max", "1.2"]).await;
        assert_eq!(of_1_2 == "404", versions.contains(&"-tls1_2"), "{of_1_2}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs curl and openssl"]
async fn a_clients_certificate() {
    let known = Known::start(|https, authority, folder| {
        https.cacertfile = Setting::given(folder.join("ca.pem"));
        https.fail_if_no_peer_cert = Setting::exact(true);
        for (name, signed) in [
            ("own", authority.sign("me")),
            ("strange", Authority::new().sign("me")),
        ] {
            let write = |extension: &str, pem: String| {
                std::fs::write(folder.join(name).with_extension(extension), pem).expect("a file");
            };
            write("pem", signed.certificate.pem());
            write("key", signed.key.serialize_pem());
        }
    })
    .await;
    for (name, is_known) in [("own", true), ("strange", false)] {
        let (certificate, key) = (
            known.file(&format!("{name}.pem")),
            known.file(&format!("{name}.key")),
        );
        for version in [&["--tlsv1.3"][..], &["--tls-max", "1.2"]] {
            let shown = ["--cert", &certificate, "--key", &key];
            let said = known.curl(&[&shown, version].concat()).await;
            assert_eq!(said == "404", is_known, "{name}: {said}");
        }
    }
    let without = known.curl(&[]).await;
    assert!(without.starts_with("000"), "{without}");
}
