//! What pages and topics are told of changes.

use std::{fs, time::Duration};

use landfall::{
    config::{Patterns, Setting},
    live_reload::ConsoleLogger,
    testing::{Channel, Site},
};
use serde_json::{Value, json};
use tracing_subscriber::layer::SubscriberExt;

use crate::site::{Web, directory, start};

async fn join(site: &Site<Web>) -> Channel {
    let client = site.connect("/phoenix/live_reload/socket").await.unwrap();
    let channel = client.join("phoenix:live_reload", json!({})).await.unwrap();
    assert_eq!(
        channel.joined().payload().parse::<Value>().unwrap(),
        json!({})
    );
    channel
}

async fn kind(channel: &mut Channel) -> String {
    let told: Value = channel.expect("assets_change").await.parse();
    told["asset_type"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn pages_are_told_of_files_that_match() {
    let place = directory("match");
    fs::create_dir_all(place.join("deep/er")).unwrap();
    fs::create_dir_all(place.join("target")).unwrap();
    let site = start(place.clone(), |_| {}).await;
    let mut page = join(&site).await;
    let mut topic = site.listen("templates");
    for (file, expected) in [
        ("a.css", Some("css")),
        ("a.txt", None),
        ("target/a.css", None),
        ("deep/er/x.JS", Some("JS")),
        ("deep/no_extension", Some("")),
        ("a.html", Some("html")),
    ] {
        fs::write(place.join(file), "x").unwrap();
        if let Some(expected) = expected {
            assert_eq!(kind(&mut page).await, expected, "{file}");
        }
        // A file that is created and closed makes two events, which may come apart.
        tokio::time::sleep(Duration::from_millis(300)).await;
        while let Ok(again) = tokio::time::timeout(Duration::from_millis(50), page.recv()).await {
            assert_eq!(
                again.parse::<Value>()["asset_type"].as_str(),
                expected,
                "{file}"
            );
        }
    }
    let told: Value = topic.expect("phoenix_live_reload").await.parse();
    let path = place.join("a.html").canonicalize().unwrap();
    assert_eq!(told, json!({ "topic": "templates", "path": path.to_str() }));
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn directories_that_come_into_being_are_watched() {
    let place = directory("new");
    let site = start(place.clone(), |_| {}).await;
    let mut page = join(&site).await;
    fs::create_dir_all(place.join("new/deep")).unwrap();
    fs::write(place.join("new/deep/a.css"), "x").unwrap();
    assert_eq!(kind(&mut page).await, "css");
    tokio::time::sleep(Duration::from_millis(300)).await;
    fs::remove_file(place.join("new/deep/a.css")).unwrap();
    assert_eq!(kind(&mut page).await, "css");
    site.shutdown().await.unwrap();
}

/// Changes within the time are told together, each kind once.
#[tokio::test]
async fn changes_are_collected() {
    let place = directory("collected");
    let site = start(place.clone(), |live| {
        live.debounce = Setting::exact(Duration::from_secs(1));
    })
    .await;
    let mut page = join(&site).await;
    for file in ["a.css", "b.css", "a.html", "c.css"] {
        fs::write(place.join(file), "x").unwrap();
    }
    let mut kinds = [kind(&mut page).await, kind(&mut page).await];
    kinds.sort();
    assert_eq!(kinds, ["css", "html"]);
    assert!(
        tokio::time::timeout(Duration::from_millis(1500), page.recv())
            .await
            .is_err()
    );
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_page_of_an_earlier_start_is_told_at_once() {
    let site = start(directory("stale"), |_| {}).await;
    for (id, is_stale) in [
        ("of an earlier start", true),
        (site.handle().endpoint_id(), false),
    ] {
        let client = site
            .connect("/phoenix/live_reload/socket")
            .param("endpoint_id", id)
            .await;
        let mut page = client
            .unwrap()
            .join("phoenix:live_reload", json!({}))
            .await
            .unwrap();
        match is_stale {
            true => assert_eq!(kind(&mut page).await, ""),
            false => assert!(
                tokio::time::timeout(Duration::from_millis(200), page.recv())
                    .await
                    .is_err()
            ),
        }
    }
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn without_its_directory_a_join_says_so() {
    let place = directory("missing").join("missing");
    let site = start(place, |_| {}).await;
    let client = site.connect("/phoenix/live_reload/socket").await.unwrap();
    let refused = client
        .join("phoenix:live_reload", json!({}))
        .await
        .unwrap_err();
    let expected = json!({ "message": "live reload backend not running" });
    assert_eq!(refused.parse::<Value>(), expected);
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_editor_asks_where_a_file_is() {
    let site = start(directory("editor"), |_| {}).await;
    let page = join(&site).await;
    let path = page
        .push("full_path", json!({ "rel_path": "src/x.rs", "app": "web" }))
        .await;
    let expected = std::env::current_dir().unwrap().join("src/x.rs");
    assert_eq!(
        path.ok::<Value>(),
        json!({ "full_path": expected.to_str() })
    );
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn browsers_show_log_lines() {
    let subscriber = tracing_subscriber::registry().with(ConsoleLogger::new());
    let _guard = tracing::subscriber::set_default(subscriber);
    let site = start(directory("console"), |live| {
        live.patterns = Setting::exact(Patterns::default());
        live.web_console_logger = Setting::exact(true);
    })
    .await;
    let mut page = join(&site).await;
    tracing::warn!(left = 3, "a tide {}", "comes");
    let line = loop {
        let line: Value = page.expect("log").await.parse();
        if line["msg"]
            .as_str()
            .is_some_and(|text| text.contains("tide"))
        {
            break line;
        }
    };
    assert_eq!(
        (&line["level"], &line["msg"]),
        (&json!("warning"), &json!("a tide comes left=3"))
    );
    assert!(
        line["file"].as_str().unwrap().ends_with("changes.rs"),
        "{line}"
    );
    // A line that is sent makes none.
    let more = tokio::time::timeout(Duration::from_millis(300), page.recv()).await;
    assert!(more.is_err(), "{more:?}");
    site.shutdown().await.unwrap();
}
