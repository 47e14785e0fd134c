//! Plugs that change a request's method.

use std::convert::Infallible;

use http::{Method, Request, Response};
use http_body_util::BodyExt;
use landfall::{
    plug::{Head, MethodOverride},
    prelude::*,
    testing,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

endpoint! {
    struct Web;
    plug(MethodOverride::new().max_form_size(100));
    plug(Head);
    service(tower::service_fn(page));
}

/// Says the method and the body.
async fn page(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let method = request.method().clone();
    let body = request.into_body().collect().await;
    let body = body.map(|body| body.to_bytes()).unwrap_or_default();
    let text = format!("{method} {}", String::from_utf8_lossy(&body));
    Ok(Response::new(Body::from(text)))
}

#[tokio::test(start_paused = true)]
async fn a_form_can_stand_for_another_method() {
    let site = testing::start::<Web>().await;
    for (fields, method) in [
        (&[("_method", "delete"), ("a", "1")][..], "DELETE"),
        (&[("a", "1"), ("_method", "PuT")], "PUT"),
        (&[("_method", "PATCH"), ("_method", "PUT")], "PATCH"),
        (&[("_method", "GET")], "POST"),
        (&[("_method", "TRACE")], "POST"),
        (&[("_method", "")], "POST"),
        (&[("method", "PUT")], "POST"),
        (&[], "POST"),
    ] {
        let form = site.post("/").form(fields).await;
        let told = form.text().split(' ').next();
        assert_eq!(told, Some(method), "{fields:?}");
        // The service has the form whole.
        let count = form.text().matches('=').count();
        assert_eq!(count, fields.len(), "{fields:?}");
    }
    let escaped = site
        .post("/")
        .header("content-type", FORM)
        .body("%5Fmethod=pu%74");
    assert_eq!(escaped.await.text(), "PUT %5Fmethod=pu%74");
    let other = site.post("/").body("_method=PUT").await;
    assert_eq!(other.text(), "POST _method=PUT");
    let put = site
        .request(Method::PUT, "/")
        .form(&[("_method", "DELETE")]);
    assert!(put.await.text().starts_with("PUT "));
    let large = [("_method", "PUT"), ("a", &*"x".repeat(100))];
    assert_eq!(site.post("/").form(&large).await.status(), 413);
    let not_text = site
        .post("/")
        .header("content-type", FORM)
        .body(&b"_method=\xff"[..]);
    assert!(not_text.await.text().starts_with("POST "));
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test(start_paused = true)]
async fn head_is_answered_as_get_without_a_body() {
    let site = testing::start::<Web>().await;
    let (head, get) = (site.request(Method::HEAD, "/").await, site.get("/").await);
    assert_eq!(get.text(), "GET ");
    assert_eq!(head.text(), "");
    assert_eq!(head.header("content-length"), Some("4"));
    assert_eq!(get.header("content-length"), Some("4"));

    // Nothing follows the head: the next response begins at once.
    let mut wire = site.network().connect().await.expect("a connection");
    let asked =
        b"HEAD / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    wire.write_all(asked).await.expect("written");
    let mut answered = String::new();
    wire.read_to_string(&mut answered).await.expect("read");
    let (head, rest) = answered.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains("content-length: 4"), "{head}");
    assert!(rest.starts_with("HTTP/1.1 200"), "{answered}");
    assert!(rest.ends_with("GET "), "{answered}");
}
