//! `force_ssl` and `rewrite_on`, in front of sockets and pipeline.

use std::net::SocketAddr;

use http::Method;

use super::*;
use crate::{
    arrival::Forwarded,
    config::{HttpsConfig, Scheme},
    endpoint::{Exclude, ForceSsl, SecureHost},
};

const ALL: &[Forwarded] = &[
    Forwarded::For,
    Forwarded::Host,
    Forwarded::Port,
    Forwarded::Proto,
];

fn config() -> Config {
    let mut config = Config::default();
    config.url.host = "example.com".to_owned();
    config.trusted_proxies = ["10.0.0.0/8"].into();
    config
}

fn behind(
    config: Config,
    rewrite_on: &'static [Forwarded],
    force: Option<ForceSsl>,
) -> EndpointService {
    let handle = Handle::new("Test", config, PubSub::new(), AppState::default());
    EndpointService::new(
        handle,
        OnePath,
        Pipeline::new(Named),
        Gate::new(rewrite_on, force),
        Pages::default(),
        (None, None),
    )
}

fn forced(force: ForceSsl) -> EndpointService {
    behind(config(), &[], Some(force))
}

/// Status, `location` and `strict-transport-security`.
type Said = (u16, String, String);

async fn come(
    service: &EndpointService,
    method: Method,
    uri: &str,
    headers: &[(&str, &str)],
) -> Said {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    interop::put_peer(
        request.extensions_mut(),
        SocketAddr::new([10, 0, 0, 1].into(), 7),
    );
    let response = service.clone().call(request).await.unwrap();
    let said = |name| {
        response
            .headers()
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
            .to_owned()
    };
    (
        response.status().as_u16(),
        said(header::LOCATION),
        said(header::STRICT_TRANSPORT_SECURITY),
    )
}

async fn get(service: &EndpointService, uri: &str, headers: &[(&str, &str)]) -> Said {
    come(service, Method::GET, uri, headers).await
}

fn redirected(status: u16, to: &str) -> Said {
    (status, to.to_owned(), String::new())
}

fn passed(hsts: &str) -> Said {
    (200, String::new(), hsts.to_owned())
}

const FOO: (&str, &str) = ("host", "foo.com:1234");

#[tokio::test]
async fn what_comes_without_tls_is_sent_to_the_url() {
    let service = forced(ForceSsl::DEFAULT);
    let to = "https://example.com/hello?x=y";
    for (method, status) in [
        (Method::GET, 301),
        (Method::HEAD, 301),
        (Method::POST, 307),
        (Method::PUT, 307),
        (Method::DELETE, 307),
        (Method::OPTIONS, 307),
    ] {
        assert_eq!(
            come(&service, method, "/hello?x=y", &[FOO]).await,
            redirected(status, to)
        );
    }
    assert_eq!(
        get(&service, "/socket", &[FOO]).await,
        redirected(301, "https://example.com/socket"),
        "sockets too"
    );
    assert_eq!(
        get(&service, "/", &[]).await,
        redirected(301, "https://example.com/"),
        "without a host too"
    );
    let believed = [
        FOO,
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "localhost"),
    ];
    assert_eq!(
        get(&service, "/", &believed).await.0,
        301,
        "nothing says that it is believed"
    );
}

#[tokio::test]
async fn what_came_over_tls_has_the_header() {
    let year = "max-age=31536000";
    let service = forced(ForceSsl::DEFAULT);
    assert_eq!(
        get(&service, "https://example.com/hello", &[]).await,
        passed(year)
    );
    assert_eq!(
        get(&service, "https://example.com/socket", &[]).await,
        passed(year)
    );
    assert_eq!(
        get(&service, "https://localhost/hello", &[]).await,
        passed(""),
        "excluded"
    );
    let long = ForceSsl {
        expires: 1000,
        subdomains: true,
        preload: true,
        ..ForceSsl::DEFAULT
    };
    let said = get(&forced(long), "https://example.com/", &[]).await;
    assert_eq!(said, passed("max-age=1000; preload; includeSubDomains"));
    let none = ForceSsl {
        hsts: false,
        ..ForceSsl::DEFAULT
    };
    assert_eq!(
        get(&forced(none), "https://example.com/", &[]).await,
        passed("")
    );
}

#[tokio::test]
async fn what_is_excluded_passes() {
    let service = forced(ForceSsl::DEFAULT);
    for host in ["localhost", "localhost:41001", "LocalHost"] {
        assert_eq!(
            get(&service, "/hello", &[("host", host)]).await,
            passed(""),
            "{host}"
        );
    }
    let own = ForceSsl {
        host: SecureHost::Named("secure.example.org:8443"),
        exclude: Exclude::Hosts(&["skip.example.com"]),
        exclude_paths: &["/health"],
        ..ForceSsl::DEFAULT
    };
    let service = forced(own);
    assert_eq!(
        get(&service, "/hello", &[("host", "skip.example.com:99")]).await,
        passed("")
    );
    assert_eq!(get(&service, "/health?x", &[FOO]).await, passed(""));
    let to = redirected(301, "https://secure.example.org:8443/hello");
    for host in ["localhost", "a.skip.example.com"] {
        assert_eq!(
            get(&service, "/hello", &[("host", host)]).await,
            to,
            "{host}"
        );
    }
}

/// A request only decides about the path after the host.
#[tokio::test]
async fn a_redirect_cannot_be_bent() {
    let service = forced(ForceSsl::DEFAULT);
    for host in [
        "evil.com",
        "evil.com/",
        "example.com@evil.com",
        "example.com\t.evil.com",
    ] {
        let said = get(&service, "/hello", &[("host", host)]).await;
        assert_eq!(said, redirected(301, "https://example.com/hello"), "{host}");
    }
    for path in [
        "//evil.com/x",
        "/@evil.com",
        "/%0d%0aset-cookie:x",
        "/.evil.com",
    ] {
        assert_eq!(
            get(&service, path, &[FOO]).await,
            redirected(301, &format!("https://example.com{path}"))
        );
    }
    let said = come(&service, Method::OPTIONS, "*", &[FOO]).await;
    assert_eq!(
        said,
        redirected(307, "https://example.com/"),
        "`*` would become a part of the host"
    );
    let own = forced(ForceSsl {
        host: SecureHost::Conn,
        ..ForceSsl::DEFAULT
    });
    assert_eq!(
        get(&own, "/hello", &[FOO]).await,
        redirected(301, "https://foo.com/hello"),
        "asked for"
    );
}

#[tokio::test]
async fn a_redirect_knows_the_port_of_https() {
    let mut config = config();
    config.https = Some(HttpsConfig {
        port: 8443,
        ..HttpsConfig::default()
    });
    let service = behind(config.clone(), &[], Some(ForceSsl::DEFAULT));
    assert_eq!(
        get(&service, "/", &[FOO]).await,
        redirected(301, "https://example.com:8443/")
    );
    config.url.scheme = Some(Scheme::Http);
    config.url.port = Some(8080);
    config.url.host = "::1".to_owned();
    let service = behind(config, &[], Some(ForceSsl::DEFAULT));
    assert_eq!(
        get(&service, "/", &[FOO]).await,
        redirected(301, "https://[::1]/")
    );
}

#[tokio::test]
async fn a_trusted_proxy_says_how_a_request_came() {
    let service = forced(ForceSsl {
        rewrite_on: ALL,
        ..ForceSsl::DEFAULT
    });
    let proto = ("x-forwarded-proto", "https");
    assert_eq!(
        get(&service, "/hello", &[FOO, proto]).await,
        passed("max-age=31536000")
    );
    assert_eq!(
        get(
            &service,
            "/hello",
            &[FOO, ("x-forwarded-host", "localhost")]
        )
        .await,
        passed("")
    );
    for other in [
        ("x-forwarded-proto", "http"),
        ("x-forwarded-proto", "https, http"),
        ("x-forwarded-proto", ""),
    ] {
        assert_eq!(
            get(&service, "/hello", &[FOO, other]).await.0,
            301,
            "{other:?}"
        );
    }
}

#[tokio::test]
async fn a_socket_sees_what_the_proxy_was_asked() {
    let service = behind(config(), ALL, None);
    let mut request = Request::builder()
        .uri("/socket")
        .body(Body::empty())
        .unwrap();
    interop::put_peer(
        request.extensions_mut(),
        SocketAddr::new([10, 0, 0, 1].into(), 7),
    );
    for (name, value) in [
        ("host", "inner:4000"),
        ("x-forwarded-host", "example.com"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", "1.2.3.4"),
    ] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let body = service
        .clone()
        .call(request)
        .await
        .unwrap()
        .into_body()
        .collect()
        .await
        .unwrap();
    let text = String::from_utf8(body.to_bytes().into()).unwrap();
    assert_eq!(
        text,
        "socket https://example.com/socket from Some(1.2.3.4:0)"
    );
}
