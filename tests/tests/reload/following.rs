//! What follows from the configuration.

use std::net::SocketAddr;

use landfall::{
    Endpoint,
    config::{Http, Scheme, Setting, Url},
    endpoint::Address,
    origin::CheckOrigin,
    testing::{self, Site},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{File, Web};

async fn lets_in(site: &Site<Web>, path: &str, origin: &str) -> bool {
    site.raw(path).origin(origin).await.is_ok()
}

#[tokio::test]
async fn urls_origins_and_settings_of_others_follow_the_file() {
    let file = File::new("follow.toml", "extra.mail = \"a\"");
    let site = testing::start::<Web>().file(file.path()).await;
    let mut before = site.raw("/echo").origin("https://a.com").await.unwrap();
    assert!(!lets_in(&site, "/echo", "https://b.com").await);

    file.write(
        "check_origin = [\"https://c.com\"]\n\
         url = { host = \"b.com\", scheme = \"https\", port = 443, path = \"/x\" }\n\
         extra.mail = \"b\"\nstatic_url.host = \"cdn.com\"\ntrusted_proxies = [\"10.0.0.0/8\"]",
    );
    site.reload().await.unwrap();
    assert_eq!(site.url(), "https://b.com");
    assert_eq!(site.host(), "b.com");
    assert_eq!(site.path("/a"), "/x/a");
    assert_eq!(site.script_name(), ["x"]);
    assert_eq!(site.struct_url().port, 443);
    assert!(
        site.static_url().starts_with("http://cdn.com"),
        "{}",
        site.static_url()
    );
    assert!(!site.config().trusted_proxies.is_empty());
    assert_eq!(site.config().extra::<String>("mail").unwrap(), "b");
    for (path, origin, good) in [
        ("/echo", "https://c.com", true),
        ("/echo", "https://a.com", false),
        ("/echo", "https://b.com", false),
        ("/host", "https://b.com", true),
        ("/host", "https://a.com", false),
        ("/own", "https://own.com", true),
        ("/own", "https://b.com", false),
    ] {
        assert_eq!(lets_in(&site, path, origin).await, good, "{path} {origin}");
    }

    // A value that the file no longer has comes from the layers below.
    file.write("");
    site.reload().await.unwrap();
    assert_eq!(site.host(), "a.com");
    assert_eq!(site.config().check_origin, CheckOrigin::Host);
    assert_eq!(site.config().extra::<Option<String>>("mail").unwrap(), None);
    assert!(lets_in(&site, "/echo", "https://a.com").await);

    before.send("still here");
    before.expect("still here").await;
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn options_stay_for_later_reloads() {
    let site = testing::start::<Web>().await;
    let set = |host: &'static str| {
        site.reload_with(move |settings| settings.url.host = Setting::given(host))
    };
    set("b.com").await.unwrap();
    assert_eq!(site.host(), "b.com");
    assert!(set("not a host").await.is_err());
    site.reload().await.unwrap();
    assert_eq!(site.host(), "b.com");
    site.reload_with(|settings| settings.url = Url::DEFAULT)
        .await
        .unwrap();
    assert_eq!(site.host(), "a.com");
}

#[tokio::test]
async fn reloads_follow_one_another() {
    let site = testing::start::<Web>().await;
    let one = |key: usize| {
        let handle = site.handle().clone();
        tokio::spawn(async move {
            let set = |settings: &mut landfall::config::Settings| {
                settings.extra(format!("key{key}"), Setting::given(1));
            };
            handle.reload_with(set).await.unwrap();
        })
    };
    let reloads: Vec<_> = (0..50).map(one).collect();
    for reload in reloads {
        reload.await.unwrap();
    }
    for key in 0..50 {
        assert!(
            site.config().extra::<u32>(&format!("key{key}")).is_ok(),
            "{key}"
        );
    }
}

#[tokio::test]
async fn a_manifest_follows_and_one_that_is_lost_does_not() {
    let manifest = |digested: &str| {
        format!(r#"{{"version":1,"latest":{{"app.css":"{digested}"}},"digests":{{}}}}"#)
    };
    let file = File::new("follow_manifest.json", &manifest("app-1.css"));
    let path = file.path().to_str().unwrap().to_owned();
    let site = testing::start::<Web>()
        .settings(|settings| settings.cache_static_manifest = Setting::given(path))
        .await;
    assert_eq!(site.static_path("/app.css").unwrap(), "/app-1.css?vsn=d");
    assert_eq!(site.static_latest()["app.css"], "app-1.css");

    file.write(&manifest("app-2.css"));
    let skip = site.reload_with(|settings| settings.cache_manifest_skip_vsn = Setting::exact(true));
    skip.await.unwrap();
    assert_eq!(site.static_path("/app.css").unwrap(), "/app-2.css");
    assert_eq!(site.static_latest()["app.css"], "app-2.css");

    file.write("{");
    let error = site.reload().await.unwrap_err().to_string();
    assert!(
        error.contains("could not warm up static assets: \""),
        "{error}"
    );
    assert!(
        error.contains("(`cache_static_manifest` from start options)"),
        "{error}"
    );
    assert_eq!(site.static_path("/app.css").unwrap(), "/app-2.css");

    let told = site.reload_with(|settings| {
        settings.cache_static_manifest = Setting::UNSET;
        settings.cache_static_manifest_latest = Setting::given([("app.css", "app-3.css")]);
    });
    told.await.unwrap();
    assert_eq!(site.static_path("/app.css").unwrap(), "/app.css");
    assert_eq!(site.static_latest()["app.css"], "app-3.css");
}

/// Such a site could start. The missing manifest does not keep other values from changing.
#[tokio::test]
async fn a_manifest_that_never_was_there_refuses_nothing() {
    let missing = |settings: &mut landfall::config::Settings| {
        settings.cache_static_manifest = Setting::given("/nowhere/cache_manifest.json");
    };
    let site = testing::start::<Web>().settings(missing).await;
    site.reload_with(|settings| settings.url.host = Setting::given("b.com"))
        .await
        .unwrap();
    assert_eq!(site.host(), "b.com");
}

/// A connection that stays open, and the status of the answer to a request on it.
async fn ask(address: SocketAddr) -> (TcpStream, u16) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A connection that is refused is answered before it has sent the request.
    let _ = stream
        .write_all(b"GET / HTTP/1.1\r\nhost: a.com\r\n\r\n")
        .await;
    let mut line = [0; 12];
    stream.read_exact(&mut line).await.unwrap();
    let status = str::from_utf8(&line[9..]).unwrap();
    (stream, status.parse().unwrap())
}

#[tokio::test]
async fn limits_of_connections_follow() {
    let builder = Web::builder().settings(|settings| {
        settings.http.get_or_insert(Http::DEFAULT).ip = Setting::given([127, 0, 0, 1]);
    });
    let web = builder.start().await.unwrap();
    let Ok(Address::Tcp(address)) = web.server_info(Scheme::Http) else {
        panic!("not TCP")
    };
    let most = |all: Setting<usize>, of_one: Setting<usize>| {
        web.reload_with(|settings| {
            let http = settings.http.get_or_insert(Http::DEFAULT);
            (http.max_connections, http.max_connections_per_ip) = (all, of_one);
        })
    };
    let mut open = vec![ask(address).await];
    assert_eq!(open[0].1, 404);
    most(Setting::exact(1), Setting::UNSET).await.unwrap();
    assert_eq!(ask(address).await.1, 503);

    most(Setting::exact(10), Setting::exact(1)).await.unwrap();
    // The first connection came before clients were counted.
    open.push(ask(address).await);
    assert_eq!(open[1].1, 404);
    assert_eq!(ask(address).await.1, 429);

    most(Setting::UNSET, Setting::UNSET).await.unwrap();
    assert_eq!(ask(address).await.1, 404);
    drop(open);
    web.shutdown().await.unwrap();
}
