//! Which format a client gets.

use http::Method;
use landfall::{prelude::*, testing};

use crate::site::{App, Web};

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

#[tokio::test]
async fn a_client_gets_the_format_that_it_likes_best() {
    let site = testing::start_with::<Web>(App("")).await;
    for (target, accept, kind) in [
        ("/x", Some("text/html"), HTML),
        ("/x", None, HTML),
        ("/x", Some("*/*"), HTML),
        ("/x", Some("image/png"), HTML),
        ("/x", Some("%%%"), HTML),
        ("/x", Some("application/json"), JSON),
        ("/x", Some("text/html;q=0.1, application/json;q=0.9"), JSON),
        ("/x", Some("text/html;q=0, */*"), JSON),
        ("/x", Some("text/plain"), "text/plain; charset=utf-8"),
        (
            "/x",
            Some("application/problem+json"),
            "application/problem+json",
        ),
        (
            "/x",
            Some("application/vnd.problem"),
            "application/problem+json",
        ),
        ("/x?_format=json", Some("text/html"), JSON),
        ("/x?a=b&_format=text", None, "text/plain; charset=utf-8"),
        ("/x?_format=nothing", Some("application/json"), HTML),
        ("/x?a=%ff&_format=%ff", None, HTML),
        ("/x.json", None, HTML),
    ] {
        let request = site.get(target);
        let request = match accept {
            Some(accept) => request.header("accept", accept),
            None => request,
        };
        let page = request.await;
        assert_eq!(page.status(), 404);
        assert_eq!(
            page.header("content-type"),
            Some(kind),
            "{target} {accept:?}"
        );
        let cached = page.header("cache-control");
        assert_eq!(cached, Some("max-age=0, private, must-revalidate"));
    }
}

#[tokio::test]
async fn views_that_come_along_say_the_status() {
    let site = testing::start_with::<Web>(App("")).await;
    for (format, body) in [
        ("json", r#"{"errors":{"detail":"I'm a teapot"}}"#),
        ("problem", r#"{"status":418,"title":"I'm a teapot"}"#),
        ("text", "I'm a teapot in words"),
    ] {
        let page = site.get(&format!("/teapot?_format={format}")).await;
        assert_eq!((page.status().as_u16(), page.text()), (418, body));
    }
    let page = site.request(Method::HEAD, "/teapot").await;
    assert_eq!((page.status().as_u16(), page.text()), (418, ""));
}

mod bare {
    use super::*;

    endpoint! {
        pub(crate) struct Defaults;
        render_errors(log = false);
    }

    endpoint! {
        #[allow(deprecated, reason = "it answers 404")]
        pub(crate) struct Nothing;
    }
}

#[tokio::test]
async fn formats_need_not_be_said() {
    let site = testing::start::<bare::Defaults>().await;
    let page = site.get("/x").await;
    assert_eq!(
        (page.header("content-type"), page.text()),
        (Some(HTML), "Not Found")
    );
    let page = site.get("/x").header("accept", "application/json").await;
    assert_eq!(page.text(), r#"{"errors":{"detail":"Not Found"}}"#);
    let site = testing::start::<bare::Nothing>().await;
    let page = site.get("/x").header("accept", "application/json").await;
    assert_eq!(
        page.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(page.text(), "Not Found");
}
