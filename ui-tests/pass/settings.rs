use std::time::Duration;

use landfall::{Endpoint, EndpointHandle, config::{Config, ConfigError, Ips}};

const LOCAL: &str = "unix:/run/app.sock";
const TIMEOUT: Duration = Duration::from_secs(5);
const ORIGINS: &[&str] = &["https://example.com"];
const PROXIES: &[&str] = &["10.0.0.0/8", "unix"];

const PATTERN: &str = r"templates/";
const ARGUMENT: &str = "--watch";

async fn css() {}

async fn js(_: EndpointHandle<Watched>) -> Result<(), std::io::Error> {
    Ok(())
}

landfall::endpoint! {
    pub struct Web;
    url(host = env("HOST_OF_NOBODY").or("example.com"), port = env("PORT_OF_NOBODY").or(443), scheme = "https");
    static_url(host = "cdn.example.com");
    http(ip = "::1", port = 0, header_timeout = TIMEOUT, idle_timeout = secs(5), max_headers = 50, max_connections_per_ip = 100);
    secret_key_base =
        insecure("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", reason = "a test");
    check_origin = ORIGINS;
    trusted_proxies = env("PROXIES_OF_NOBODY").or(PROXIES);
    pubsub(queue = 1024);
    server = false;
    extra(live_view(signing_salt = "salt", sizes = [1, 2]), region = env("REGION_OF_NOBODY").or("eu"));

    fn init(config: Config) -> Result<Config, ConfigError> {
        Ok(config)
    }
}

landfall::endpoint! {
    pub struct Watched;
    server = false;
    watchers(
        node = ["build.js", ARGUMENT, cd = "assets", env(NODE_ENV = "development", DEBUG = false)],
        "tailwindcss-linux" = ["--watch".to_owned(), command = "npm"],
        deno = false,
        css = css,
        js = js,
        icons = |edge| async move { drop(edge.url()) },
    );
    force_watchers = false;
    live_reload(
        patterns = [r"static/.*\.(css|js)$", PATTERN],
        dirs = ["static", "templates"],
        notify = [("one", ["a"]), ("two", ["a", "b"])],
        debounce = millis(50),
        iframe_attrs = [("class", "reload")],
        target_window = top,
        url = env("SOCKET_OF_NOBODY").or("ws://localhost:4000/phoenix/live_reload/socket"),
        suffix = "/admin",
        interval = millis(10),
        reload_page_on_css_changes = true,
        web_console_logger = false,
        in_release = insecure(true, reason = "nobody else is here"),
    );
}

landfall::endpoint! {
    pub struct Open;
    trusted_proxies = insecure(["0.0.0.0/0"], reason = "a firewall lets in nobody but the proxy");
}

fn batch<const N: usize>() -> usize {
    N
}

landfall::endpoint! {
    pub struct Drained;
    http = false;
    drainer = false;
    socket(
        "/echo",
        landfall_ui_tests::EchoSocket,
        drainer(batch_size = batch::<5>(), batch_interval = env("INTERVAL_OF_NOBODY").or(millis(5)), shutdown = TIMEOUT, log = false),
    );
}

landfall::endpoint! {
    pub struct Alone;
    http(ip = env("PLACES_OF_NOBODY").or([[127, 0, 0, 1], "[::1]:4001", LOCAL]));
    server = false;
    trusted_proxies = [];
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), landfall::Error> {
    let web = Web::start().await?;
    assert_eq!(web.url(), "https://example.com");
    assert_eq!(web.config().extra::<String>("region").ok(), Some("eu".to_owned()));
    let proxies = &web.config().trusted_proxies;
    assert_eq!(proxies, &landfall::config::TrustedProxies::from(PROXIES));
    Drained::start().await?.shutdown().await?;
    let alone = Alone::start().await?.config();
    assert!(alone.trusted_proxies.is_empty());
    let places = alone.http.as_ref().map(|http| http.ip.clone());
    assert_eq!(places, Some(Ips::from(["127.0.0.1", "[::1]:4001", LOCAL])));
    assert!(!Open::start().await?.config().trusted_proxies.is_empty());
    let watchers = Watched::start().await?.config().watchers.clone();
    let names: Vec<_> = watchers.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["node", "tailwindcss-linux", "css", "js", "icons"]);
    assert_eq!(watchers.get("node").map(|node| node.args().len()), Some(2));
    web.shutdown().await
}
