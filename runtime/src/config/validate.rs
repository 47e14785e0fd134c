//! The checks of a whole configuration: each value by its kind, then keys against one another.

use super::{
    Config, ConfigError, HttpConfig, HttpsConfig, Ip, LiveReloadConfig, PubSubConfig, Scheme,
    Settings, UrlConfig,
    finding::{Finding, Findings},
    key::Key,
    row::Resolve,
};
use crate::{
    feature::Feature,
    grammar::{
        self,
        place::{self, Taken},
    },
};

/// The maximum number of headers that a header map can hold.
const MOST_HEADERS: usize = 32_768;

/// The minimum size of a head that the HTTP parser works with.
const LEAST_HEAD: usize = 8192;

/// Enough for hours of broadcasts, and not more than a queue can hold.
const LONGEST_QUEUE: usize = 1 << 28;

/// zlib's strongest compression.
const STRONGEST: usize = 9;

/// The checks of each value by itself.
pub(super) fn values(config: &Config) -> Vec<Finding> {
    let mut found = Findings::default();
    Settings::check(Key::TOP, config, &mut found);
    check_url(Key("url"), &config.url, &mut found);
    if let Some(url) = &config.static_url {
        check_url(Key("static_url"), url, &mut found);
    }
    if let Some(http) = &config.http {
        check_http(Key("http"), http, &mut found);
    }
    if let Some(https) = &config.https {
        check_http(Key("https"), &https.http(), &mut found);
        if https.ip.iter().any(|ip| ip.unix_path().is_some()) {
            let error = ConfigError::new("`https` does not listen on a Unix socket");
            found.error(
                Key("https.ip"),
                error.help("nobody listens in on one: `http(ip = \"unix:..\")`"),
            );
        }
    }
    check_pubsub(&config.pubsub, &mut found);
    found.0
}

/// The checks of values against one another, and of missing ones. They need the whole file.
pub(super) fn together(config: &Config) -> Vec<Finding> {
    let mut found = Findings::default();
    check_url_port(Key("url"), &config.url, config, &mut found);
    if let Some(url) = &config.static_url {
        check_url_port(Key("static_url"), url, config, &mut found);
    }
    if let Some(http) = &config.http {
        check_limits(Key("http"), http, &mut found);
    }
    if let Some(https) = &config.https {
        check_limits(Key("https"), &https.http(), &mut found);
        check_https(https, &mut found);
    }
    check_places(config, &mut found);
    if config.server == Some(true) && config.http.is_none() && config.https.is_none() {
        let error = ConfigError::new("`server = true` but no listener is configured");
        found.error(Key("server"), error.help("add `http(port = 4000)`"));
    }
    if let Some(live) = &config.live_reload {
        check_live_reload(live, &mut found);
    }
    if config.force_watchers && config.watchers.is_empty() {
        let error = ConfigError::new("`force_watchers` has no effect without `watchers`");
        found.warn(Key("force_watchers"), error);
    }
    if config.reload_on_sighup && cfg!(not(unix)) {
        let error = ConfigError::new("there is no SIGHUP on this system");
        let error = error.help("call `reload` of the handle instead");
        found.error(Key("reload_on_sighup"), error);
    }
    found.0
}

fn check_live_reload(live: &LiveReloadConfig, found: &mut Findings) {
    if let Some(Feature { text, help, .. }) = Feature::LIVE_RELOAD.lacking() {
        found.error(Key("live_reload"), ConfigError::new(text).help(help));
    } else if live.patterns.is_empty() && !live.web_console_logger {
        let error = ConfigError::new("`live_reload` without patterns does nothing");
        let error = error.help("add `patterns`, such as `[\"static/.*\"]`");
        found.error(Key("live_reload.patterns"), error);
    }
    if let Some(Err(mistake)) = live
        .suffix
        .as_deref()
        .map(|suffix| grammar::path::check("suffix", suffix))
    {
        found.error(Key("live_reload.suffix"), mistake.into());
    }
}

fn check_url(group: Key<'_>, url: &UrlConfig, found: &mut Findings) {
    let [host_key, path_key] = ["host", "path"].map(|name| group.below(name));
    if let Err(mistake) = grammar::host::check(&url.host) {
        found.error(Key(&host_key), mistake.into());
    } else if url.host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        let lower = url.host.to_ascii_lowercase();
        let text = format!(
            "browsers send origins in lower case, `{}` will never equal one",
            url.host
        );
        found.warn(
            Key(&host_key),
            ConfigError::new(text).help(format!("write `{lower:?}`")),
        );
    }
    if let Err(mistake) = grammar::path::check("path", &url.path) {
        found.error(Key(&path_key), mistake.into());
    }
}

fn check_url_port(group: Key<'_>, url: &UrlConfig, config: &Config, found: &mut Findings) {
    let port_key = group.below("port");
    match (url.port, url.scheme, &config.http) {
        (Some(port), Some(scheme), _)
            if [80, 443].contains(&port) && port != scheme.default_port() =>
        {
            let other = if port == 443 { "https" } else { "http" };
            let error = ConfigError::new(format!("port {port} with scheme `{scheme}` is unusual"));
            found.warn(
                Key(&port_key),
                error.help(format!("did you mean `scheme = \"{other}\"`?")),
            );
        }
        (None, Some(Scheme::Https), Some(http)) if config.https.is_none() => {
            let port = match http.ip.first_port(http.port) {
                Some(0) => "the one that the system chooses".to_owned(),
                Some(port) => port.to_string(),
                None if http.ip.iter().any(Ip::is_systemd) => "that of its socket".to_owned(),
                None => return,
            };
            let text = format!(
                "the port of `{}()` would be {port}, inferred from `http`, under scheme `https`",
                group.0
            );
            found.warn(
                Key(&port_key),
                ConfigError::new(text).help("add `port = 443`"),
            );
        }
        _ => {}
    }
}

fn check_https(https: &HttpsConfig, found: &mut Findings) {
    if https.fail_if_no_peer_cert && https.cacertfile.is_empty() {
        let error = ConfigError::new("`fail_if_no_peer_cert` has no effect without `cacertfile`");
        found.error(
            Key("https.fail_if_no_peer_cert"),
            error.help("say who signs the certificates of clients"),
        );
    }
}

/// Reports listeners that cannot both be opened.
fn check_places(config: &Config, found: &mut Findings) {
    let mut places: Vec<(&str, &Ip, Taken<'_, String>)> = Vec::new();
    let https = config.https.as_ref().map(HttpsConfig::http);
    let groups = [("http.ip", &config.http), ("https.ip", &https)];
    let groups = groups
        .into_iter()
        .filter_map(|(key, group)| Some((key, group.as_ref()?)));
    for (key, http) in groups {
        for ip in http.ip.iter() {
            let Some(place) = ip.place() else { continue };
            let taken = Taken {
                place,
                port: http.port,
                ipv6_only: http.ipv6_only,
            };
            let before = places.iter().find(|(.., other)| other.overlaps(&taken));
            if let Some((_, other, at)) = before {
                let [one, two] =
                    [(other, at.port), (&ip, http.port)].map(|(ip, port)| ip.with_port(port));
                found.error(Key(key), place::overlap(&one, &two).into());
            }
            places.push((key, ip, taken));
        }
    }
}

fn check_http(group: Key<'_>, http: &HttpConfig, found: &mut Findings) {
    let [headers_key, head_key, http2_key] =
        ["max_headers", "max_head_bytes", "http2"].map(|name| group.below(name));
    if http.http2
        && let Some(feature) = Feature::HTTP2.lacking()
    {
        found.error(Key(&http2_key), feature.into());
    }
    if http.ipv6_only
        && !http
            .ip
            .iter()
            .any(|ip| ip.address().is_some_and(|address| address.is_ipv6()))
    {
        let error = ConfigError::new("`ipv6_only` has no effect without an IPv6 address");
        let help = "`ip = \"::\"`: all addresses of this machine";
        found.error(Key(&group.below("ipv6_only")), error.help(help));
    }
    if http.max_headers > MOST_HEADERS {
        let text = format!("`max_headers` must be at most {MOST_HEADERS}");
        found.error(Key(&headers_key), ConfigError::new(text));
    }
    if (1..LEAST_HEAD).contains(&http.max_head_bytes) {
        let text = format!("`max_head_bytes` must be at least {LEAST_HEAD}");
        found.error(Key(&head_key), ConfigError::new(text));
    }
}

fn check_limits(group: Key<'_>, http: &HttpConfig, found: &mut Findings) {
    let client_key = group.below("max_connections_per_ip");
    if let (Some(one), Some(all)) = (http.max_connections_per_ip, http.max_connections)
        && one > all
        && all > 0
    {
        let text = "`max_connections_per_ip` is more than `max_connections`: it limits nobody";
        let error = ConfigError::new(text).help(format!("at most {all}"));
        found.error(Key(&client_key), error);
    }
}

fn check_pubsub(pubsub: &PubSubConfig, found: &mut Findings) {
    if pubsub.queue > LONGEST_QUEUE {
        let error = ConfigError::new(format!("`queue` must be at most {LONGEST_QUEUE}"));
        found.error(Key("pubsub.queue"), error);
    }
    if pubsub.nats.is_some()
        && let Some(feature) = Feature::NATS.lacking()
    {
        found.error(Key("pubsub.nats"), feature.into());
    }
    for url in pubsub.nats.iter().flat_map(|nats| nats.url.iter()) {
        let url = String::from_utf8_lossy(url.expose());
        if let Err(mistake) = grammar::nats::check(&url) {
            found.error(Key("pubsub.nats.url"), mistake.into());
        }
    }
    let names = [("pubsub.name", &pubsub.name), ("pubsub.node", &pubsub.node)];
    for (key, name) in names {
        if name
            .as_ref()
            .is_some_and(|name| !(1..=255).contains(&name.len()))
        {
            found.error(Key(key), ConfigError::new("a name has 1 to 255 bytes"));
        }
    }
    let compression = pubsub.redis.as_ref().and_then(|redis| redis.compression);
    if compression.is_some_and(|level| level > STRONGEST) {
        let text = format!("`compression` must be between 1 and {STRONGEST}");
        found.error(Key("pubsub.redis.compression"), ConfigError::new(text));
    }
}
