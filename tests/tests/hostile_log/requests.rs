//! Requests: path, query, headers, method.

use landfall_tests::{longpoll::post, wire::Request};

use crate::{encoded, hostile, in_header, log::Log, site::Site};

#[tokio::test(start_paused = true)]
async fn threat_19_requests_forge_no_line() {
    let log = Log::default();
    let _logging = log.start();
    let site = Site::start(&log).await;
    for text in hostile() {
        let (query, header) = (encoded(&text), in_header(&text));
        for path in [
            "/plain/a/websocket",
            "/plain/a/longpoll",
            "/plain/a/lines",
            "/open/websocket",
        ] {
            for target in [
                format!("{path}?{query}={query}"),
                format!("{path}?refuse={query}"),
                format!("{path}?vsn={query}&token={query}"),
                path.replace("/a/", &format!("/{query}/")),
                path.replace("/a/", &format!("/{header}/")),
            ] {
                site.ask(&Request::upgrade(&target)).await;
                site.ask(&post(&target, "", &text)).await;
            }
            for name in [
                "origin",
                "host",
                "user-agent",
                "cookie",
                "content-type",
                "x-forwarded-for",
                "x-phoenix-authtoken",
                "x-phoenix-longpoll-token",
                "sec-websocket-protocol",
                "sec-websocket-extensions",
                "sec-websocket-key",
                "upgrade",
                "connection",
            ] {
                site.ask(&Request::upgrade(path).header(name, &header))
                    .await;
                site.ask(
                    &Request::upgrade(path).header(name, header.trim_end_matches("\t\u{fffd}")),
                )
                .await;
                site.ask(&Request::get(path).header(name, &header)).await;
            }
            site.ask(&Request {
                method: header.replace([' ', '\t'], ""),
                ..Request::get(path)
            })
            .await;
        }
    }
    log.says("path", "/plain/");
    log.says("origin", "\"a2030-01-01");
    log.says("offered", "\"a2030-01-01");
    log.says("params", "{\"a\\r\\n2030");
    site.stop().await;
}
