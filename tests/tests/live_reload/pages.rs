//! The frame in pages, and the page in the frame.

use http::Method;
use landfall::{
    config::{Attributes, Setting, TargetWindow},
    testing::Site,
};

use crate::site::{Web, directory, start};

const TAG: &str =
    r#"<iframe hidden height="0" width="0" src="/phoenix/live_reload/frame"></iframe>"#;

/// What becomes of a page whose parts are divided by `|`.
async fn becomes(site: &Site<Web>, page: &str) -> String {
    let page = percent_encoding::utf8_percent_encode(page, percent_encoding::NON_ALPHANUMERIC);
    site.get(&format!("/?text/html|{page}").replace('|', "%7C"))
        .await
        .text()
        .to_owned()
}

#[tokio::test]
async fn the_frame_stands_before_the_last_end_of_the_body() {
    let site = start(directory("frame"), |_| {}).await;
    for (page, expected) in [
        (
            "<html><body>a</body></html>",
            "<html><body>a@</body></html>",
        ),
        ("<BODY class=x>a</Body >b", "<BODY class=x>a@</Body >b"),
        (
            "<body><script>'</body>'</script></body>",
            "<body><script>'</body>'</script>@</body>",
        ),
        ("<body>no end", "<body>no end@"),
        ("no body</body>", "no body</body>"),
        ("", ""),
        ("</body><bod", "</body><bod"),
    ] {
        assert_eq!(
            becomes(&site, page).await,
            expected.replace('@', TAG),
            "{page}"
        );
    }
    site.shutdown().await.unwrap();
}

/// Wherever a stream is cut, the page is the same.
#[tokio::test]
async fn a_page_that_streams_is_the_same_however_it_is_cut() {
    let site = start(directory("cuts"), |_| {}).await;
    let page = "<p><body>1</body>2</bod</body>3</html>";
    let expected = "<p><body>1</body>2</bod@</body>3</html>".replace('@', TAG);
    for cut in 1..page.len() {
        let (one, other) = page.split_at(cut);
        assert_eq!(
            becomes(&site, &format!("{one}|{other}")).await,
            expected,
            "{one}|{other}"
        );
    }
    let each: Vec<_> = page.chars().map(String::from).collect();
    assert_eq!(becomes(&site, &each.join("|")).await, expected);
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_is_held_back_is_bounded_in_bytes_and_in_time() {
    let site = start(directory("bounds"), |_| {}).await;
    let many = "#".repeat(80);
    let page = becomes(&site, &format!("<body>a</body>|{many}|b")).await;
    assert!(
        page.starts_with("<body>a</body>xxx") && page.ends_with(&format!("xb{TAG}")),
        "{}",
        page.len()
    );
    // After a second of silence `</body>` counts as any text.
    tokio::time::pause();
    let page = becomes(&site, "<body>a</body>|~b").await;
    assert_eq!(page, format!("<body>a</body>b{TAG}"));
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn other_responses_stay_as_they_are() {
    let site = start(directory("others"), |_| {}).await;
    let page = "<body></body>";
    let plain = site
        .get(&format!("/?text/plain%7C{}", "%3Cbody%3E%3C/body%3E"))
        .await;
    assert_eq!(plain.text(), page);
    assert_eq!(plain.header("content-length"), Some("13"));
    let html = site
        .get("/?text/html;charset=utf-8%7C%3Cbody%3E%3C/body%3E")
        .await;
    assert_eq!(html.text(), format!("<body>{TAG}</body>"));
    assert_eq!(html.header("content-length"), None);
    let head = site
        .request(Method::HEAD, "/?text/html%7C%3Cbody%3E%3C/body%3E")
        .await;
    assert_eq!(head.header("content-length"), Some("13"));
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_frame_has_a_page_that_joins() {
    let site = start(directory("page"), |live| {
        live.interval = Setting::exact(std::time::Duration::from_millis(7));
        live.target_window = Setting::exact(TargetWindow::Top);
        live.suffix = Setting::given("/admin");
        live.iframe_attrs = Setting::exact(Attributes::from([("class", "a\"<b"), ("width", "1")]));
    })
    .await;
    let page = site.get("/phoenix/live_reload/frame/admin").await;
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let text = page.text();
    for part in [
        "var Phoenix=",
        r#"new Phoenix.Socket("/phoenix/live_reload/socket/admin", {"params":{"endpoint_id":""#,
        "var interval = 7;",
        r#"var targetWindow = "top";"#,
        "var reloadPageOnCssChanges = false;",
        "phx:live_reload:attached",
    ] {
        assert!(text.contains(part), "{part}");
    }
    let expected = r#"<body><iframe hidden height="0" src="/phoenix/live_reload/frame/admin" class="a&quot;&lt;b" width="1"></iframe></body>"#;
    assert_eq!(becomes(&site, "<body></body>").await, expected);
    assert_eq!(
        site.get("/phoenix/live_reload/frames").await.status(),
        200,
        "it is the application's"
    );
    let admin = site.connect("/phoenix/live_reload/socket/admin").await;
    admin
        .unwrap()
        .join("phoenix:live_reload", ())
        .await
        .unwrap();
    site.shutdown().await.unwrap();
}
