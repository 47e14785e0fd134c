//! SIGHUP, in a process of its own: the signal is for the whole process.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::PathBuf};

use landfall::prelude::*;
use landfall_tests::{logged::Log, process::kill};

endpoint! {
    struct Web;
    reload_on_sighup = true;
}

endpoint! {
    #[allow(deprecated, reason = "it serves nothing")]
    struct Deaf;
}

#[tokio::test]
async fn those_who_declare_it_reload() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_ansi(false);
    let _logged = tracing::subscriber::set_default(subscriber.finish());

    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hangup.toml");
    let says = |text: &str| fs::write(&path, text).unwrap();
    says("url.host = \"a.com\"");
    let web = Web::builder().file(&path).start().await.unwrap();
    let deaf = Deaf::builder().file(&path).start().await.unwrap();
    let mut changes = web.changes();

    says("url.host = \"b.com\"");
    kill("-HUP");
    assert_eq!(changes.next().await.unwrap().url.host, "b.com");
    while !log.text().contains("reloaded Web by SIGHUP") {
        tokio::task::yield_now().await;
    }

    says("url.host = \"not a host\"");
    kill("-HUP");
    while !log
        .text()
        .contains("SIGHUP changes nothing: the configuration of `Web` is wrong")
    {
        tokio::task::yield_now().await;
    }
    assert_eq!(web.host(), "b.com");
    assert_eq!(deaf.host(), "a.com");
    fs::remove_file(path).unwrap();

    web.shutdown().await.unwrap();
    assert_eq!(web.stats().tasks, 0);
    kill("-HUP");
    deaf.shutdown().await.unwrap();
}
