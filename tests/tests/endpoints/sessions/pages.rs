//! The plugs.

use landfall_tests::wire::Request;

use super::site::{SealedSite, Site, Visitor, cookie, start};

const NOTHING: &str = "{}";

#[tokio::test]
async fn a_session_comes_back_with_its_cookie() {
    let site = start::<Site>().await;
    let answer = site.get("/login", "").await;
    let set = answer.header("set-cookie").unwrap();
    let (value, attributes) = set.split_once("; ").unwrap();
    assert!(value.starts_with("_site=SFMyNTY."), "{set}");
    assert_eq!(attributes, "path=/; max-age=60; HttpOnly; SameSite=Lax");
    let answer = site.get("/who", value).await;
    assert!(
        answer
            .body
            .contains(r#""roles":["reader","writer"],"user":"ann""#),
        "{}",
        answer.body
    );
    assert_eq!(answer.header("set-cookie"), None, "nothing has changed");
    assert_eq!(
        site.get("/same", value).await.header("set-cookie"),
        None,
        "set to what it was"
    );
    site.running.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_encrypted_session_can_not_be_read_by_its_bearer() {
    let site = start::<SealedSite>().await;
    let visitor = site.log_in().await;
    assert!(
        visitor.cookie.starts_with("_sealed=XCP."),
        "{}",
        visitor.cookie
    );
    assert!(
        site.get("/who", &visitor.cookie)
            .await
            .body
            .contains(r#""user":"ann""#)
    );
    site.running.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_cookie_that_is_not_ours_is_an_empty_session() {
    let site = start::<Site>().await;
    let Visitor { cookie, .. } = site.log_in().await;
    for at in (cookie.find('=').unwrap() + 1)..cookie.len() {
        let mut changed = cookie.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(site.get("/who", &changed).await.body, NOTHING, "{changed}");
    }
    let found = site.get("/who", &format!("_site=first; {cookie}")).await;
    assert!(
        found.body.contains(r#""user":"ann""#),
        "one that is ours is found behind one that is not"
    );
    for other in ["", "_site=", "_site=a.b.c", "other=1", "_site=XCP.AAAA"] {
        assert_eq!(site.get("/who", other).await.body, NOTHING, "{other}");
    }
    let sealed = start::<SealedSite>().await;
    let of_another_kind = sealed.log_in().await.cookie.replace("_sealed", "_site");
    assert_eq!(site.get("/who", &of_another_kind).await.body, NOTHING);
    site.running.shutdown().await.unwrap();
    sealed.running.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_deleted_session_makes_the_browser_forget_it() {
    let site = start::<Site>().await;
    let Visitor { cookie, token } = site.log_in().await;
    let request = Request {
        method: "POST".to_owned(),
        ..Request::get("/logout")
    };
    let answer = site
        .request(
            &request
                .header("cookie", &cookie)
                .header("x-csrf-token", &token),
        )
        .await;
    let set = answer.header("set-cookie").unwrap();
    assert!(
        set.starts_with("_site=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=0"),
        "{set}"
    );
    site.running.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_no_cookie_holds_is_an_error() {
    let site = start::<Site>().await;
    let answer = site.get("/long", "").await;
    assert_eq!((answer.status, answer.header("set-cookie")), (500, None));
    site.running.shutdown().await.unwrap();
}

fn post(visitor: &Visitor, body: &str) -> Request {
    let request = Request {
        method: "POST".to_owned(),
        body: body.to_owned(),
        ..Request::get("/who")
    };
    request
        .header("cookie", &visitor.cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("content-length", &body.len().to_string())
}

#[tokio::test]
async fn other_sites_can_not_post() {
    let site = start::<Site>().await;
    let (visitor, other) = (site.log_in().await, site.log_in().await);
    let form = |token: &str| format!("a=b&_csrf_token={}&c=d", token.replace('=', "%3D"));
    for (request, status) in [
        (post(&visitor, ""), 403),
        (post(&visitor, "a=b"), 403),
        (post(&visitor, &form("wrong")), 403),
        (post(&visitor, &form(&other.token)), 403),
        (post(&visitor, &form(&visitor.token)), 200),
        (
            post(&visitor, "").header("x-csrf-token", &visitor.token),
            200,
        ),
        (post(&visitor, "").header("x-csrf-token", &other.token), 403),
        // One right token beside a wrong one is enough.
        (
            post(&visitor, &form(&visitor.token)).header("x-csrf-token", &other.token),
            200,
        ),
        (
            post(&visitor, "")
                .header("x-csrf-token", "")
                .header("x-csrf-token", &visitor.token),
            200,
        ),
        (
            post(
                &visitor,
                &format!("_csrf_token=wrong&{}", form(&visitor.token)),
            ),
            200,
        ),
        (
            post(&visitor, &format!("a=%ff&%ff&{}", form(&visitor.token))),
            200,
        ),
        (
            post(&visitor, &form(&visitor.token).replace("_csrf", "%5Fcsrf")),
            200,
        ),
        // The search for the token in the body is bounded.
        (
            post(
                &visitor,
                &format!("{}{}", "_csrf_token=wrong&".repeat(8), form(&visitor.token)),
            ),
            403,
        ),
        (
            Request {
                method: "DELETE".to_owned(),
                ..Request::get("/who")
            },
            403,
        ),
    ] {
        assert_eq!(site.request(&request).await.status, status, "{request:?}");
    }
    site.running.shutdown().await.unwrap();
}

#[tokio::test]
async fn scripts_are_not_for_other_sites() {
    let site = start::<Site>().await;
    assert_eq!(site.get("/script.js", "").await.status, 403);
    let own = Request::get("/script.js").header("x-requested-with", "XMLHttpRequest");
    assert_eq!(site.request(&own).await.status, 200);
    site.running.shutdown().await.unwrap();
}

#[tokio::test]
async fn after_a_renewal_earlier_pages_are_void() {
    let site = start::<Site>().await;
    let visitor = site.log_in().await;
    let renewed = site.get("/renew", &visitor.cookie).await;
    let renewed = Visitor {
        cookie: cookie(&renewed),
        token: serde_json::from_str(&renewed.body).unwrap(),
    };
    let old = post(&renewed, "").header("x-csrf-token", &visitor.token);
    assert_eq!(site.request(&old).await.status, 403);
    let new = post(&renewed, "").header("x-csrf-token", &renewed.token);
    assert_eq!(site.request(&new).await.status, 200);
    site.running.shutdown().await.unwrap();
}
