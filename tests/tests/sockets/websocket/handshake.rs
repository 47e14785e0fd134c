//! Which clients are accepted, and what the others are told.

use landfall_tests::{client::Client, wire::Request};

use crate::websocket::site;

#[tokio::test]
async fn tokens_of_connection_and_upgrade_have_no_case() {
    let site = site::start().await;
    let request = Request::get("/echo/websocket")
        .header("connection", "keep-alive, UPGRADE")
        .header("upgrade", "WebSocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "x3JJHMbDL1EzLkh9GBhXDw==");
    let client = Client::open_by(site.port, &request).await;
    assert_eq!(
        client.response.header("sec-websocket-accept"),
        Some("HSmrc0sMlYUkAGmm5OPpG2HaGWk=")
    );
}

#[tokio::test]
async fn a_version_that_is_not_ours_is_told_which_one_is() {
    let site = site::start().await;
    let mut request = Request::upgrade("/echo/websocket");
    request
        .headers
        .retain(|(name, _)| name != "sec-websocket-version");
    let refused = Client::refused(site.port, &request.header("sec-websocket-version", "14")).await;
    assert_eq!(
        (refused.status, refused.header("sec-websocket-version")),
        (400, Some("13"))
    );
}

#[tokio::test]
async fn the_servers_preference_decides_about_the_subprotocol() {
    let site = site::start().await;
    let request = Request::upgrade("/spoken/websocket").header("sec-websocket-protocol", "v1, v2");
    let client = Client::open_by(site.port, &request).await;
    assert_eq!(client.response.header("sec-websocket-protocol"), Some("v2"));
    let request = Request::upgrade("/spoken/websocket").header("sec-websocket-protocol", "v3");
    assert_eq!(Client::refused(site.port, &request).await.status, 403);
}

#[tokio::test]
async fn foreign_origins_are_refused_with_an_empty_body() {
    let site = site::start().await;
    for origin in [
        "http://evil.example",
        "null",
        "http://localhost.evil.example",
        "",
    ] {
        let refused = Client::refused(
            site.port,
            &Request::upgrade("/echo/websocket").header("origin", origin),
        )
        .await;
        assert_eq!(
            (refused.status, refused.body.as_str()),
            (403, ""),
            "{origin}"
        );
    }
    Client::open_by(
        site.port,
        &Request::upgrade("/echo/websocket").header("origin", "https://localhost:1"),
    )
    .await;
}

#[tokio::test]
async fn path_parameters_that_are_not_utf8_are_refused() {
    let site = site::start().await;
    site.open("/rooms/caf%C3%A9").await;
    assert_eq!(
        Client::refused(site.port, &Request::upgrade("/rooms/%ff"))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn parameters_of_the_wrong_shape_are_the_clients_mistake() {
    let site = site::start().await;
    for target in [
        "/echo/websocket?id[]=1",
        "/echo/websocket?id[a]=1",
        "/echo/websocket?id=%ff",
    ] {
        assert_eq!(
            Client::refused(site.port, &Request::upgrade(target))
                .await
                .status,
            400,
            "{target}"
        );
    }
}

#[tokio::test]
async fn a_list_of_several_lines_is_one_list() {
    let site = site::start().await;
    let offer = |lines: &[&str]| {
        let request = Request::upgrade("/spoken/websocket");
        lines.iter().fold(request, |request, line| {
            request.header("sec-websocket-protocol", line)
        })
    };
    for lines in [
        &["v1", "v2"][..],
        &["v2", "v1"],
        &["v3", "x,\tv2 ,,"],
        &["", "v2"],
    ] {
        let client = Client::open_by(site.port, &offer(lines)).await;
        assert_eq!(
            client.response.header("sec-websocket-protocol"),
            Some("v2"),
            "{lines:?}"
        );
    }
    assert_eq!(
        Client::refused(site.port, &offer(&["v3", "v4"]))
            .await
            .status,
        403
    );
    assert_eq!(
        Client::refused(site.port, &offer(&[""])).await.status,
        403,
        "an offer of nothing"
    );
    // The same holds for the tokens that make the request an upgrade.
    let mut request = Request::upgrade("/echo/websocket");
    request
        .headers
        .retain(|(name, _)| !matches!(name.as_str(), "connection" | "upgrade"));
    let lines = [
        ("connection", "keep-alive"),
        ("connection", "upGrade"),
        ("upgrade", "h2c,webSocket"),
    ];
    let request = lines.iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    });
    Client::open_by(site.port, &request).await;
}

#[tokio::test]
async fn extensions_are_read_by_their_grammar() {
    let site = site::start().await;
    for (lines, answer) in [
        (
            &["foo", "permessage-deflate"][..],
            Some("permessage-deflate"),
        ),
        (
            &["permessage-deflate; server_max_window_bits=\"1\\0\""],
            Some("permessage-deflate;server_max_window_bits=10"),
        ),
        (&["foo; x=\"1, permessage-deflate, 2\""], None),
        (
            &["foo; x=\"1", "Permessage-Deflate"],
            Some("permessage-deflate"),
        ),
    ] {
        let request = Request::upgrade("/deflate/websocket");
        let request = lines.iter().fold(request, |request, line| {
            request.header("sec-websocket-extensions", line)
        });
        let client = Client::open_by(site.port, &request).await;
        assert_eq!(
            client.response.header("sec-websocket-extensions"),
            answer,
            "{lines:?}"
        );
    }
}

/// A byte that is not text invalidates only its own element.
#[tokio::test]
async fn a_bad_element_spoils_no_other() {
    let site = site::start().await;
    let head = Request::upgrade("/spoken/websocket")
        .header("sec-websocket-protocol", "~, v2")
        .to_bytes();
    let head: Vec<u8> = head
        .into_iter()
        .map(|byte| if byte == b'~' { 0xff } else { byte })
        .collect();
    let client = Client::open_raw(site.port, &head).await;
    assert_eq!(client.response.header("sec-websocket-protocol"), Some("v2"));
}

/// `connect` would panic, and the answer would be 500.
#[tokio::test]
async fn nobody_is_asked_about_a_request_that_is_no_handshake() {
    let site = site::start().await;
    let target = "/fragile/websocket?at=connect";
    assert_eq!(
        Client::refused(site.port, &Request::upgrade(target))
            .await
            .status,
        500
    );
    let without = |name: &str| {
        let mut request = Request::upgrade(target);
        request.headers.retain(|(found, _)| found != name);
        request
    };
    let post = Request {
        method: "POST".to_owned(),
        ..Request::upgrade(target)
    };
    for (request, text) in [
        (
            Request::get(target),
            "'connection' header must contain 'upgrade', got []",
        ),
        (
            without("connection"),
            "'connection' header must contain 'upgrade', got []",
        ),
        (
            without("upgrade"),
            "'upgrade' header must contain 'websocket', got []",
        ),
        (
            without("sec-websocket-key"),
            "'sec-websocket-key' header is absent",
        ),
        (
            without("sec-websocket-version").header("sec-websocket-version", "8"),
            "'sec-websocket-version' header must equal '13', got [\"8\"]",
        ),
        (post, ""),
        (
            Request {
                body: "body".to_owned(),
                ..Request::upgrade(target)
            }
            .header("content-length", "4"),
            "this connection cannot be upgraded",
        ),
        // The origin is not checked, either.
        (
            Request::get(target).header("origin", "https://evil.example"),
            "'connection' header must contain 'upgrade', got []",
        ),
    ] {
        let refused = Client::refused(site.port, &request).await;
        assert_eq!(
            (refused.status, refused.body.as_str()),
            (400, text),
            "{request:?}"
        );
    }
}
