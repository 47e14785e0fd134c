//! curl and Node as clients.

use landfall::config::Scheme;
use std::process::{Output, Stdio};
use tokio::process::Command;

use crate::http2::tls::Secured;

async fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    match command.output().await {
        Ok(output) => Some(output),
        Err(error) => {
            println!("skipped: {program} does not start: {error}");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn curl() {
    let site = Secured::with(|_| {}).await;
    let Some(version) = run("curl", &["--version"]).await else {
        return;
    };
    let version = String::from_utf8_lossy(&version.stdout);
    if !version.contains("HTTP2") {
        println!("skipped: this curl speaks no HTTP/2");
        return;
    }
    let (http, https) = (site.address(Scheme::Http), site.address(Scheme::Https));
    let plain = format!("http://127.0.0.1:{}/large", http.port());
    let secure = format!("https://localhost:{}/large", https.port());
    for (arguments, expected) in [
        (&["--http2-prior-knowledge", &plain][..], "2 200 16777216"),
        (&["--http1.1", &plain], "1.1 200 16777216"),
        (&["--http2", "--insecure", &secure], "2 200 16777216"),
        (&["--http1.1", "--insecure", &secure], "1.1 200 16777216"),
    ] {
        let told = "%{http_version} %{http_code} %{size_download}";
        let base = [
            "--silent",
            "--show-error",
            "--output",
            "/dev/null",
            "--write-out",
            told,
        ];
        let output = run("curl", &[&base, arguments].concat()).await;
        let output = output.expect("curl has started before");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            expected,
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// Many requests at a time, and bodies both ways.
const NODE: &str = r#"
const http2 = require("node:http2");
const client = http2.connect(process.argv[1], { rejectUnauthorized: false });
const ask = (method, path, body) => new Promise((resolve, reject) => {
    const stream = client.request({ ":method": method, ":path": path });
    let text = "";
    stream.setEncoding("utf8");
    stream.on("data", (piece) => (text += piece));
    stream.on("end", () => resolve(text));
    stream.on("error", reject);
    stream.end(body);
});
(async () => {
    const bodies = await Promise.all(Array.from({ length: 300 }, (_, n) => ask("POST", "/upload", "x".repeat(n * 100))));
    bodies.forEach((text, n) => { if (text !== `${n * 100} bytes`) throw new Error(`${n}: ${text}`); });
    const large = await ask("GET", "/large");
    if (large.length !== 16 * 1024 * 1024) throw new Error(`${large.length} bytes`);
    client.close();
})().catch((error) => { console.error(error); process.exit(1); });
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node() {
    let site = Secured::with(|_| {}).await;
    for (scheme, address) in [
        ("http", site.address(Scheme::Http)),
        ("https", site.address(Scheme::Https)),
    ] {
        let origin = format!("{scheme}://localhost:{}", address.port());
        let Some(output) = run("node", &["-e", NODE, &origin]).await else {
            return;
        };
        assert!(
            output.status.success(),
            "{scheme}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// A few requests at a time on each of a few connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs h2load, of nghttp2"]
async fn h2load() {
    let site = Secured::with(|_| {}).await;
    let url = format!("https://localhost:{}/x", site.address(Scheme::Https).port());
    for (protocols, agreed) in [("h2,http/1.1", "h2"), ("http/1.1", "http/1.1")] {
        let numbers = [
            "-n",
            "4000",
            "-c",
            "10",
            "-m",
            "20",
            "--connection-active-timeout",
            "60",
        ];
        let output = run(
            "h2load",
            &[&numbers, &["--npn-list", protocols, &url][..]].concat(),
        )
        .await;
        let output = output.expect("h2load starts");
        let said = String::from_utf8_lossy(&output.stdout);
        for expected in [
            &format!("Application protocol: {agreed}\n"),
            "TLS Protocol: TLSv1.3\n",
            "requests: 4000 total, 4000 started, 4000 done, 4000 succeeded, 0 failed, 0 errored, 0 timeout\n",
            "status codes: 4000 2xx, 0 3xx, 0 4xx, 0 5xx\n",
        ] {
            assert!(said.contains(expected), "{said}");
        }
    }
}
