//! Secure headers, and the nonce of a policy.

use std::convert::Infallible;

use http::{HeaderValue, Request, Response};
use landfall::security::{CspNonce, SecureHeaders};
use tower::{Layer, ServiceExt, service_fn};

/// Answers with the nonce that it was given. `/own` sets its own policy.
async fn page(request: Request<()>) -> Result<Response<String>, Infallible> {
    let nonce = request.extensions().get::<CspNonce>();
    let mut response = Response::new(nonce.map(ToString::to_string).unwrap_or_default());
    if request.uri() == "/own" {
        response
            .headers_mut()
            .insert("content-security-policy", HeaderValue::from_static("own"));
    }
    Ok(response)
}

async fn get(headers: &SecureHeaders, target: &str) -> Response<String> {
    headers
        .layer(service_fn(page))
        .oneshot(Request::get(target).body(()).unwrap())
        .await
        .unwrap()
}

fn told(response: &Response<String>) -> Vec<(&str, &str)> {
    let mut all: Vec<_> = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    all.sort_unstable();
    all
}

#[tokio::test]
async fn answers_have_the_headers_of_phoenix() {
    let response = get(&SecureHeaders::new(), "/").await;
    let expected = [
        (
            "content-security-policy",
            "base-uri 'self'; frame-ancestors 'self';",
        ),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("x-content-type-options", "nosniff"),
        ("x-permitted-cross-domain-policies", "none"),
    ];
    assert_eq!(
        (told(&response), response.body().as_str()),
        (expected.to_vec(), "")
    );
    let own = get(&SecureHeaders::new(), "/own").await;
    assert_eq!(told(&own)[0], ("content-security-policy", "own"));
}

#[tokio::test]
async fn headers_can_be_others() {
    let headers = SecureHeaders::new()
        .without("Referrer-Policy")
        .without("x-permitted-cross-domain-policies")
        .header("x-content-type-options", "none")
        .header("x-frame-options", "DENY")
        .content_security_policy("default-src 'self'");
    let expected = [
        ("content-security-policy", "default-src 'self'"),
        ("x-content-type-options", "none"),
        ("x-frame-options", "DENY"),
    ];
    assert_eq!(told(&get(&headers, "/").await), expected);
}

#[tokio::test]
async fn each_request_has_a_nonce_of_its_own() {
    let headers = SecureHeaders::new()
        .content_security_policy("script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'");
    let (one, other) = (get(&headers, "/").await, get(&headers, "/").await);
    assert_ne!(one.body(), other.body());
    for response in [one, other] {
        let nonce = response.body();
        assert_eq!(nonce.len(), 22);
        let policy = format!("script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'");
        assert_eq!(told(&response)[0], ("content-security-policy", &*policy));
    }
    assert_eq!(told(&get(&headers, "/own").await)[0].1, "own");
}
