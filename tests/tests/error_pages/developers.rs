//! The pages of `debug_errors`.

use std::net::{IpAddr, SocketAddr};

use landfall::{
    prelude::*,
    testing::{self, Response, Site},
};
use serde_json::Value;

use crate::{
    log::log,
    site::{CANARY, Picky, answer},
};

endpoint! {
    pub(crate) struct Developed;

    debug_errors = cfg!(debug_assertions);
    secret_key_base = format!("{CANARY}{}", "x".repeat(64));
    socket("/s/:id", Picky, longpoll);
    plug(landfall::assets::Static::new("src").at("/files"));
    service(tower::service_fn(answer));
}

mod routeless {
    use super::*;

    endpoint! {
        pub(crate) struct Routeless;

        debug_errors = cfg!(debug_assertions);
        secret_key_base = format!("{CANARY}{}", "x".repeat(64));
        socket("/s/:id", Picky, longpoll);
        plug(landfall::assets::Static::new("src").at("/arguments-are-not-shown"));
    }
}

mod public {
    use super::*;

    endpoint! {
        pub(crate) struct Public;

        debug_errors = insecure(true, reason = "the test is about this");
        render_errors(log = false);
    }
}

mod release {
    use super::*;

    endpoint! {
        pub(crate) struct Release;

        debug_errors = cfg!(not(debug_assertions));
    }
}

mod heavy {
    use landfall::transport::{Attempt, Denied, Transport, TransportOptions};

    use super::*;

    pub(super) struct TooHeavy;

    impl Transport for TooHeavy {
        const NAME: &'static str = "too_heavy";

        fn options(&self) -> TransportOptions {
            TransportOptions {
                path: "/post",
                ..TransportOptions::DEFAULT
            }
        }

        async fn answer<S: Socket>(&self, _: Attempt) -> Result<http::Response<Body>, Denied> {
            Err(Denied::LargeBody)
        }
    }

    endpoint! {
        pub(crate) struct Heavy;

        debug_errors = cfg!(debug_assertions);
        socket("/s/:id", Picky, websocket = false, transport = TooHeavy);
    }
}

const HERE: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 50_000);
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn ask<E: Endpoint>(site: &Site<E>, path: &str, accept: &str) -> Response {
    site.get(path)
        .peer(HERE)
        .header("accept", accept)
        .header("cookie", CANARY)
        .header("authorization", CANARY)
        .header("x-api-key", CANARY)
        .header("x-hostile", "<script>alert(1)</script>")
        .header("referer", &format!("http://localhost/?token={CANARY}"))
        .await
}

#[tokio::test]
async fn a_panic_is_shown_with_its_place_and_source() {
    let site = testing::start::<Developed>().await;
    let page = ask(&site, "/panic", "application/json").await;
    assert_eq!(page.status(), 500);
    let told: Value = page.parse();
    assert_eq!(told["kind"], "panic");
    assert_eq!(told["title"], "Panic at GET /panic");
    assert_eq!(told["errors"]["detail"], "the service <panicked>");
    let place = &told["place"];
    let file = place["file"].as_str().expect("a file");
    assert!(file.ends_with("error_pages/site.rs"), "{file}");
    let lines = place["source"]["lines"].as_array().expect("lines");
    let quoted = lines.iter().filter_map(Value::as_str);
    assert!(
        quoted
            .clone()
            .any(|line| line.contains("panic!(\"the service <panicked>\")"))
    );
    let stack = told["stack"].as_array().expect("a stack");
    let ours = |frame: &Value| {
        frame["function"]
            .as_str()
            .is_some_and(|name| name.contains("site::answer"))
    };
    assert!(stack.iter().any(ours), "{stack:#?}");
}

#[tokio::test]
async fn an_error_is_shown_with_its_causes_and_where_it_got_its_status() {
    let site = testing::start::<Developed>().await;
    let told: Value = ask(&site, "/deep", "application/json").await.parse();
    assert_eq!(told["status"], 409);
    assert_eq!(told["errors"]["detail"], "outer");
    assert_eq!(told["causes"][0], "no such <b>record</b>");
    let file = told["place"]["file"].as_str().expect("a file");
    assert!(file.ends_with("error_pages/site.rs"), "{file}");
}

#[tokio::test]
async fn a_person_gets_a_page_on_which_nothing_runs_but_its_own() {
    let site = testing::start::<Developed>().await;
    let page = ask(&site, "/panic", BROWSER).await;
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = page
        .header("content-security-policy")
        .expect("a policy")
        .to_owned();
    let (_, rest) = policy.split_once("script-src 'nonce-").expect("a nonce");
    let nonce = rest.split('\'').next().expect("its end");
    assert_eq!(nonce.len(), 22);
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let text = page.text();
    assert_eq!(text.matches("<script").count(), 1);
    assert!(text.contains(&format!("<script nonce=\"{nonce}\">")));
    assert!(text.contains("the service &lt;panicked&gt;"));
    assert!(!text.contains("<panicked>"));
    let other = ask(&site, "/panic", BROWSER).await;
    assert!(!other.text().contains(nonce), "a nonce is good once");
}

#[tokio::test]
async fn a_terminal_gets_markdown() {
    let site = testing::start::<Developed>().await;
    let page = ask(&site, "/panic", "*/*").await;
    assert_eq!(
        page.header("content-type"),
        Some("text/markdown; charset=utf-8")
    );
    let text = page.text();
    assert!(
        text.starts_with("# Panic at GET /panic\n\n500 Internal Server Error\n"),
        "{text}"
    );
    assert!(text.contains("cookie: [FILTERED]"), "{text}");
    assert!(
        text.lines()
            .any(|line| line.starts_with('>') && line.contains("panic!(")),
        "{text}"
    );
}

#[tokio::test]
async fn a_request_that_nothing_answers_is_told_what_there_is() {
    let site = testing::start::<routeless::Routeless>().await;
    let told: Value = ask(&site, "/nope", "application/json").await.parse();
    assert_eq!(
        (&told["status"], &told["kind"]),
        (&404.into(), &"no route".into())
    );
    let paths: Vec<_> = told["routes"]["sockets"]
        .as_array()
        .expect("sockets")
        .iter()
        .map(|socket| socket["path"].as_str().expect("a path"))
        .collect();
    assert_eq!(paths, ["/s/:id/websocket", "/s/:id/longpoll"]);
    let plugs = &told["routes"]["plugs"];
    assert_eq!(plugs[0], "plug(landfall::assets::Static::new(..).at(..))");
}

#[tokio::test]
async fn no_secret_is_shown() {
    log();
    let developed = testing::start::<Developed>().await;
    let routeless = testing::start::<routeless::Routeless>().await;
    for accept in [BROWSER, "application/json", "*/*"] {
        let query = format!("token={CANARY}&user[password]={CANARY}");
        for path in ["/panic", "/error", "/teapot", "/s/fails/websocket"] {
            let page = ask(&developed, &format!("{path}?{query}"), accept).await;
            assert!(
                !page.text().contains(CANARY),
                "{path} {accept}: {}",
                page.text()
            );
        }
        let page = ask(&routeless, &format!("/nope?{query}"), accept).await;
        assert!(page.text().contains("[FILTERED]"));
        assert!(!page.text().contains(CANARY), "{accept}: {}", page.text());
    }
    assert!(!log().text().contains(CANARY), "{}", log().text());
}

#[tokio::test]
async fn only_this_machine_sees_them() {
    let site = testing::start::<Developed>().await;
    let plain = |page: Response| page.header("content-type") == Some("text/plain; charset=utf-8");
    assert!(!plain(site.get("/error").peer(HERE).await));
    let there = SocketAddr::from(([192, 0, 2, 1], 5000));
    assert!(plain(site.get("/error").peer(there).await));
    let rebound = site.get("/error").peer(HERE).header("host", "evil.example");
    assert!(plain(rebound.await));
    let proxied = site
        .get("/error")
        .peer(HERE)
        .header("x-forwarded-for", "127.0.0.1");
    assert!(plain(proxied.await));
}

#[tokio::test]
async fn whoever_may_not_see_them_gets_the_answer_as_it_is() {
    let site = testing::start::<heavy::Heavy>().await;
    let there = SocketAddr::from(([192, 0, 2, 1], 5000));
    let answer = site.get("/s/1/post").peer(there).await;
    assert_eq!(
        (answer.status().as_u16(), answer.text()),
        (413, "the body is too large")
    );
    let page: Value = ask(&site, "/s/1/post", "application/json").await.parse();
    assert_eq!(page["status"], 413);
}

#[tokio::test]
async fn a_release_build_has_none_unless_it_is_said_by_name() {
    let site = testing::start::<release::Release>().await;
    let page = site.get("/x").peer(HERE).await;
    assert_eq!(
        page.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    let site = testing::start::<public::Public>().await;
    let page = site
        .get("/x")
        .peer(SocketAddr::from(([192, 0, 2, 1], 5000)))
        .await;
    assert_eq!(
        page.header("content-type"),
        Some("text/markdown; charset=utf-8")
    );
}

#[tokio::test]
async fn a_panic_that_was_caught_elsewhere_is_not_taken_for_this_one() {
    let site = testing::start::<Developed>().await;
    let _ = std::panic::catch_unwind(|| panic!("another one"));
    let told: Value = ask(&site, "/error", "application/json").await.parse();
    assert_eq!(told["place"], Value::Null);
}
