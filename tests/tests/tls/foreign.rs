//! curl and openssl as clients.

use std::process::Output;

use landfall::config::{CipherSuite, Scheme, Setting};
use tokio::process::Command;

use crate::site::{Secured, folder};

async fn run(program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).stdin(std::process::Stdio::null());
    command
        .output()
        .await
        .unwrap_or_else(|error| panic!("{program}: {error}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs curl and openssl"]
async fn curl_and_openssl_speak_with_us() {
    let folder = folder();
    let site = Secured::start_with(|https, _| {
        https.cipher_suite = Setting::exact(CipherSuite::Compatible)
    })
    .await;
    let authority = folder.join("ca.pem");
    std::fs::write(&authority, site.authority.pem()).expect("a file");
    let authority = authority.to_str().expect("a path");
    let port = site.address(Scheme::Https).port();
    let url = format!("https://localhost:{port}/none");
    for version in [&["--tls-max", "1.2"][..], &["--tlsv1.3"]] {
        let base = [
            "--silent",
            "--show-error",
            "--cacert",
            authority,
            "--write-out",
            "%{http_code}",
            &url,
        ];
        let output = run("curl", &[version, &base[..]].concat()).await;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            said.ends_with("404"),
            "{version:?}: {said} {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let address = format!("127.0.0.1:{port}");
    for (version, spoken) in [
        ("-tls1_3", true),
        ("-tls1_2", true),
        ("-tls1_1", false),
        ("-tls1", false),
    ] {
        let output = run(
            "openssl",
            &[
                "s_client", "-connect", &address, "-CAfile", authority, version,
            ],
        )
        .await;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(
            said.contains("Verify return code: 0 (ok)") && output.status.success(),
            spoken,
            "{version}: {said}"
        );
    }
    std::fs::remove_dir_all(folder).expect("a folder");
}
