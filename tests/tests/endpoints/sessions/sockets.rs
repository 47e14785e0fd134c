//! connect_info `session`.

use landfall_tests::{client::Client, wire::Request as Wire};
use serde_json::{Value, json};

use super::site::{SealedSite, Site, Visitor, start};

#[tokio::test]
async fn a_socket_gets_the_session_of_a_page_that_shows_its_token() {
    let site = start::<Site>().await;
    let Visitor { cookie, token } = site.log_in().await;
    let seen = site
        .seen("/plain", &format!("?_csrf_token={token}"), &cookie)
        .await;
    assert_eq!(seen, json!({ "session": true, "user": "ann" }));
    let sealed = start::<SealedSite>().await;
    let Visitor { cookie, token } = sealed.log_in().await;
    let seen = site
        .seen("/sealed", &format!("?_csrf_token={token}"), &cookie)
        .await;
    assert_eq!(seen, json!({ "session": true, "user": "ann" }));
    site.running.shutdown().await.unwrap();
    sealed.running.shutdown().await.unwrap();
}

/// The client is let in without a session. The application decides whether to refuse it.
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
    ] {
        let seen = site.seen("/plain", query, cookie).await;
        assert_eq!(
            seen,
            json!({ "session": false, "user": null }),
            "{query} {cookie}"
        );
    }
    site.running.shutdown().await.unwrap();
}

#[tokio::test]
async fn without_the_check_the_cookie_is_enough() {
    let site = start::<Site>().await;
    let Visitor { cookie, .. } = site.log_in().await;
    let seen = site.seen("/unchecked", "", &cookie).await;
    assert_eq!(seen, json!({ "session": true, "user": "ann" }));
    assert_eq!(
        site.seen("/unchecked", "", "").await["session"],
        json!(false)
    );
    site.running.shutdown().await.unwrap();
}

/// The header holds other cookies, too. Ours can be there twice: of another path or subdomain.
#[tokio::test]
async fn the_cookie_is_found_among_others() {
    let site = start::<Site>().await;
    let (Visitor { cookie, token }, other) = (site.log_in().await, site.log_in().await);
    let target = format!("/plain/websocket?_csrf_token={token}");
    let forged = "_site=SFMyNTY.g3QAAAAA.AAAA";
    for (lines, user) in [
        (vec![format!("_site=first; {cookie}")], "ann"),
        (
            vec![format!("{forged}; _site=; {cookie}; _site=last")],
            "ann",
        ),
        (vec!["theirs=~".to_owned(), cookie.clone()], "ann"),
        (vec![format!("theirs=~; {cookie}")], "ann"),
        (vec![format!("~=1; _site=~; {cookie}; x=~")], "ann"),
        (vec![format!("{}{cookie}", "_site=x; ".repeat(7))], "ann"),
        // Each check costs a signature, so their number is bounded.
        (vec![format!("{}{cookie}", "_site=x; ".repeat(8))], ""),
        // The first cookie that is valid counts, as for pages.
        (vec![format!("{}; {cookie}", other.cookie)], ""),
    ] {
        let request = Wire::upgrade(&target);
        let request = lines
            .iter()
            .fold(request, |request, line| request.header("cookie", line));
        // `~` becomes a byte that is not text.
        let head = request
            .to_bytes()
            .into_iter()
            .map(|byte| if byte == b'~' { 0xff } else { byte });
        let mut client = Client::open_raw(site.port, &head.collect::<Vec<_>>()).await;
        client.text("who?").await;
        let seen: Value = serde_json::from_str(&client.hear_text().await).unwrap();
        assert_eq!(seen["user"].as_str().unwrap_or_default(), user, "{lines:?}");
    }
    site.running.shutdown().await.unwrap();
}
