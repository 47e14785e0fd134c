//! Plain HTTP.

use http::{Method, StatusCode};
use landfall::{config::Setting, error_page::FailureKind, testing};
use serde_json::{Value, json};

use crate::testing::chat::{Chat, SESSION};

#[tokio::test(start_paused = true)]
async fn requests() {
    let site = testing::start::<Chat>().await;
    assert_eq!(site.url(), "https://chat.example");
    let missing = site.get("/nowhere").await;
    assert_eq!(
        (missing.status().as_u16(), missing.text()),
        (404, "no such page")
    );
    assert_eq!(missing.header("content-length"), Some("12"));
    let asked = site
        .get("/host?a=b")
        .header("accept", "x/y")
        .header("host", "other.example")
        .await;
    let expected = json!({"host": "other.example", "accept": "x/y", "query": "a=b"});
    assert_eq!(asked.parse::<Value>(), expected);
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        assert_eq!(
            site.request(method.clone(), "/method")
                .await
                .parse::<String>(),
            method.as_str()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn bodies_and_their_types() {
    let site = testing::start::<Chat>().await;
    let login = site.post("/login").json(&json!({"a": 1})).await;
    assert_eq!(
        login.parse::<Value>(),
        json!({"type": "application/json", "body": "{\"a\":1}"})
    );
    let login = site
        .post("/login")
        .form(&[("name", "Ann & Bo"), ("a[]", "é")])
        .await;
    let expected = json!({"type": "application/x-www-form-urlencoded", "body": "name=Ann%20%26%20Bo&a%5B%5D=%C3%A9"});
    assert_eq!(login.parse::<Value>(), expected);
    let login = site.post("/login").body("plain").await;
    assert_eq!(
        login.parse::<Value>(),
        json!({"type": null, "body": "plain"})
    );
}

#[tokio::test(start_paused = true)]
async fn a_visitor_keeps_cookies_and_no_other_has_them() {
    let site = testing::start::<Chat>().await;
    let other = site.visitor();
    site.post("/login").body("ann").await;
    other.post("/login").body("bob").await;
    assert_eq!(site.get("/me").await.parse::<Value>(), "ann");
    assert_eq!(other.get("/me").await.parse::<Value>(), "bob");
    assert_eq!(
        site.visitor().get("/me").await.parse::<Value>(),
        Value::Null
    );
    let cookie = site.cookie("_chat").expect("a session");
    assert_ne!(other.cookie("_chat"), Some(cookie.clone()));

    other.set_cookie("_chat", &cookie);
    assert_eq!(other.get("/me").await.parse::<Value>(), "ann");
    site.get("/logout").await;
    assert_eq!(
        (site.cookie("_chat"), site.get("/me").await.parse::<Value>()),
        (None, Value::Null)
    );
}

#[tokio::test(start_paused = true)]
async fn settings_win_over_the_declaration() {
    let site = testing::start::<Chat>()
        .settings(|settings| settings.url.host = Setting::given("x.example"))
        .await;
    assert_eq!(site.host(), "x.example");
    site.shutdown().await.expect("a clean end");
    assert_eq!(site.stats().tasks, 0);
}

#[tokio::test]
async fn time_need_not_be_paused() {
    let site = testing::start::<Chat>().await;
    assert_eq!(site.get("/method").await.parse::<String>(), "GET");
    site.shutdown().await.expect("a clean end");
}

#[tokio::test(start_paused = true)]
async fn a_site_that_is_dropped_stops() {
    let site = testing::start::<Chat>().await;
    let running = site.clone();
    drop(site);
    running.wait().await.expect("a clean end");
    assert_eq!(running.stats().tasks, 0);
}

mod secure {
    landfall::endpoint! {
        pub(super) struct Secure;
        https(port = 1, certfile = "nowhere/cert.pem", keyfile = "nowhere/key.pem");
    }
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_with_https_needs_neither_its_port_nor_its_files() {
    let one = testing::start::<secure::Secure>().await;
    let other = testing::start::<secure::Secure>().await;
    assert_eq!(one.get("/").await.status(), 404);
    assert_eq!(other.get("/").await.status(), 404);
    one.reload().await.expect("without the files, too");
    one.reload_certificates().expect("nothing to read");
}

#[tokio::test(start_paused = true)]
async fn a_session_can_be_given() {
    let site = testing::start::<Chat>().await;
    let bo = site.visitor();
    site.init_test_session(SESSION, |session| {
        session.insert("name", "ann").expect("a string");
    });
    assert_eq!(
        site.get("/me").await.parse::<Option<String>>().as_deref(),
        Some("ann")
    );
    assert_eq!(bo.get("/me").await.parse::<Option<String>>(), None);
    site.init_test_session(SESSION, |session| {
        assert_eq!(session.get::<String>("name").as_deref(), Some("ann"));
        session.delete();
    });
    assert_eq!(site.cookie("_chat"), None);
    assert_eq!(site.get("/me").await.parse::<Option<String>>(), None);
}

#[tokio::test(start_paused = true)]
async fn errors_that_were_sent() {
    let site = testing::start::<Chat>().await;
    let error = site.get("/panics?a=1").assert_error_sent(500).await;
    assert_eq!(error.kind(), FailureKind::Panic);
    assert_eq!(error.message(), "as asked by Some(\"a=1\")");
    assert_eq!(error.response().status(), 500);
    let peer = ([192, 0, 2, 7], 5000);
    let asked = site.get("/gone").peer(peer);
    let error = asked.assert_error_sent(StatusCode::GONE).await;
    assert_eq!(
        (error.kind(), error.message()),
        (FailureKind::Error, "it has moved")
    );
    assert_eq!(error.response().text(), "Gone");
    // The next request from there ends in no error.
    assert_eq!(site.get("/method").peer(peer).await.status(), 200);
    let panics = (0..20).map(|number| {
        let target = format!("/panics?{number}");
        let asked = site.get(&target);
        tokio::spawn(async move { (number, asked.assert_error_sent(500).await) })
    });
    for panicked in panics.collect::<Vec<_>>() {
        let (number, error) = panicked.await.expect("the test passes");
        assert_eq!(error.message(), format!("as asked by Some(\"{number}\")"));
    }
}
