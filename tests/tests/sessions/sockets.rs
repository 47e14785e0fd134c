//! connect_info `session`.

use serde_json::json;

use super::site::{SealedSite, Site, Visitor, start};

#[tokio::test]
async fn a_socket_gets_the_session_of_a_page_that_shows_its_token() {
    let site = start::<Site>().await;
    let Visitor { cookie, token } = site.log_in().await;
    let seen = site.seen("/plain", &format!("?_csrf_token={token}"), &cookie).await;
    assert_eq!(seen, json!({ "session": true, "user": "ann" }));
    let sealed = start::<SealedSite>().await;
    let Visitor { cookie, token } = sealed.log_in().await;
    let seen = site.seen("/sealed", &format!("?_csrf_token={token}"), &cookie).await;
    assert_eq!(seen, json!({ "session": true, "user": "ann" }));
    site.running.shutdown().await.unwrap();
    sealed.running.shutdown().await.unwrap();
}

/// It is let in all the same, and told nothing: whether to refuse is the application's decision.
#[tokio::test]
async fn without_it_there_is_no_session_whatever_the_reason() {
    let site = start::<Site>().await;
    let (Visitor { cookie, token }, other) = (site.log_in().await, site.log_in().await);
    let mut changed = token.clone();
    changed.replace_range(..1, if token.starts_with('A') { "B" } else { "A" });
    let right = format!("?_csrf_token={token}");
    for (query, cookie) in [
        ("", cookie.as_str()),
        ("?_csrf_token=", &cookie),
        ("?_csrf_token=wrong", &cookie),
        (&format!("?_csrf_token={changed}"), &cookie),
        (&format!("?_csrf_token={token}A"), &cookie),
        (&format!("?_csrf_token[]={token}"), &cookie),
        (&format!("?_csrf_token={}", other.token), &cookie),
        (&right, ""),
        (&right, &other.cookie),
        (&right, &cookie[..cookie.len() - 1]),
        (&right, &cookie.replace("_site", "_sealed")),
        (&right, &format!("_site=first; {cookie}")),
    ] {
        let seen = site.seen("/plain", query, cookie).await;
        assert_eq!(seen, json!({ "session": false, "user": null }), "{query} {cookie}");
    }
    site.running.shutdown().await.unwrap();
}

#[tokio::test]
async fn without_the_check_the_cookie_is_enough() {
    let site = start::<Site>().await;
    let Visitor { cookie, .. } = site.log_in().await;
    let seen = site.seen("/unchecked", "", &cookie).await;
    assert_eq!(seen, json!({ "session": true, "user": "ann" }));
    assert_eq!(site.seen("/unchecked", "", "").await["session"], json!(false));
    site.running.shutdown().await.unwrap();
}
