//! What is rendered, and what a view is told of it.

use http::{Method, header};
use landfall::testing;

use crate::site::{App, Web};

async fn told(path: &str) -> (u16, String) {
    let site = testing::start_with::<Web>(App("the state")).await;
    let page = site
        .get(path)
        .header("user-agent", "tester")
        .header("cookie", "id=canary")
        .await;
    (page.status().as_u16(), page.text().to_owned())
}

#[tokio::test]
async fn a_view_is_told_what_failed_and_for_which_request() {
    let (status, text) = told("/error?a=b&token=canary").await;
    assert_eq!(status, 500);
    assert_eq!(
        text,
        "500 Internal Server Error kind=error error=Some(\"the service failed\") panic=None format=html \
         GET /error?a=b&token=[FILTERED] agent=Some(\"tester\") cookie=Some(\"[FILTERED]\") state=Some(\"the state\")"
    );
    let (status, text) = told("/panic").await;
    assert_eq!(status, 500);
    assert!(
        text.contains("kind=panic error=None panic=Some(\"the service <panicked>\")"),
        "{text}"
    );
}

#[tokio::test]
async fn an_error_may_bring_its_status() {
    for (path, status, kind) in [
        ("/teapot", 418, "kind=error"),
        ("/missing", 404, "kind=error"),
        ("/wrapped", 404, "kind=error"),
        // The failure decides before `status` does, although it holds an error that `status` knows.
        ("/deep", 409, "kind=error error=Some(\"outer\")"),
        ("/returned", 404, "kind=error error=Some(\"not found\")"),
        ("/error", 500, "kind=error"),
    ] {
        let (got, text) = told(path).await;
        assert_eq!(got, status, "{path}: {text}");
        assert!(text.contains(kind), "{path}: {text}");
    }
}

#[tokio::test]
async fn what_is_the_applications_stays() {
    assert_eq!(told("/fine").await, (200, "fine".to_owned()));
    assert_eq!(
        told("/own").await,
        (404, "the application's own".to_owned())
    );
    assert_eq!(told("/gone").await, (410, "a page of its own".to_owned()));
}

#[tokio::test]
async fn a_view_that_fails_is_a_plain_500() {
    for path in ["/view/fails", "/view/panics"] {
        assert_eq!(
            told(path).await,
            (500, "Internal Server Error".to_owned()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn plugs_that_refuse_are_rendered() {
    let (status, text) = told("/files/..%2fCargo.toml").await;
    assert_eq!(status, 400);
    assert!(
        text.starts_with("400 Bad Request kind=refusal error=None"),
        "{text}"
    );
}

#[tokio::test]
async fn a_socket_renders_failures_and_no_decisions() {
    let site = testing::start_with::<Web>(App("")).await;
    let open = |path: &'static str| {
        site.get(path)
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
    };
    let failed = open("/s/fails/websocket").await;
    assert_eq!(failed.status(), 500);
    assert!(
        failed
            .text()
            .contains("kind=error error=Some(\"the database is down\")"),
        "{}",
        failed.text()
    );
    let crashed = open("/s/panics/websocket").await;
    assert_eq!(crashed.status(), 500);
    assert!(crashed.text().contains("kind=panic"), "{}", crashed.text());
    let malformed = open("/s/x/websocket?a=%ff").await;
    assert_eq!(malformed.status(), 400);
    assert!(
        malformed.text().contains("kind=refusal"),
        "{}",
        malformed.text()
    );

    let refused = open("/s/x/websocket").await;
    assert_eq!((refused.status().as_u16(), refused.text()), (403, ""));
    assert_eq!(refused.header("content-type"), None);
    let foreign = open("/s/x/websocket")
        .header("origin", "https://elsewhere.example")
        .await;
    assert_eq!((foreign.status().as_u16(), foreign.text()), (403, ""));
    // The JavaScript client would take any JSON for an answer of the transport.
    let longpoll = site
        .get("/s/fails/longpoll")
        .header("accept", "application/json")
        .await;
    assert_eq!(longpoll.status(), 500);
    assert_eq!(longpoll.text(), "Internal Server Error");
}

#[tokio::test]
async fn headers_of_the_bare_answer_do_not_stay() {
    let site = testing::start_with::<Web>(App("")).await;
    let page = site
        .request(Method::GET, "/error")
        .header("accept", "application/json")
        .await;
    let length = page
        .header(header::CONTENT_LENGTH.as_str())
        .map(str::to_owned);
    assert_eq!(length, Some(page.body().len().to_string()));
}
