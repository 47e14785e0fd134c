//! In what two configurations differ: what `init` has changed, say.

use super::{Config, HttpConfig, Secret, UrlConfig};

/// The keys in which two configurations differ.
pub(super) fn between(before: &Config, after: &Config) -> Vec<String> {
    let mut changed = Vec::new();
    let mut compare = |group: &str, same: &[(&str, bool)]| {
        let differing = same.iter().filter(|(_, same)| !same);
        changed.extend(differing.map(|(name, _)| format!("{group}{name}")));
    };
    compare("url.", &same_url(Some(&before.url), Some(&after.url)));
    compare("static_url.", &same_url(before.static_url.as_ref(), after.static_url.as_ref()));
    compare("http.", &same_http(before.http.as_ref(), after.http.as_ref()));
    let same_secret = match (&before.secret_key_base, &after.secret_key_base) {
        (Some(before), Some(after)) => Secret::is_same(before, after),
        (None, None) => true,
        _ => false,
    };
    compare(
        "",
        &[
            ("secret_key_base", same_secret),
            ("check_origin", before.check_origin == after.check_origin),
            ("trusted_proxies", before.trusted_proxies == after.trusted_proxies),
            ("pubsub.queue", before.pubsub.queue == after.pubsub.queue),
            ("pubsub.queue_bytes", before.pubsub.queue_bytes == after.pubsub.queue_bytes),
            ("server", before.server == after.server),
        ],
    );
    let extras = after.extra.iter().filter(|(key, value)| before.extra.get(*key) != Some(value));
    changed.extend(extras.map(|(key, _)| format!("extra.{key}")));
    changed
}

fn same_url(a: Option<&UrlConfig>, b: Option<&UrlConfig>) -> [(&'static str, bool); 4] {
    [
        ("host", a.map(|url| &url.host) == b.map(|url| &url.host)),
        ("port", a.map(|url| url.port) == b.map(|url| url.port)),
        ("scheme", a.map(|url| url.scheme) == b.map(|url| url.scheme)),
        ("path", a.map(|url| &url.path) == b.map(|url| &url.path)),
    ]
}

fn same_http(a: Option<&HttpConfig>, b: Option<&HttpConfig>) -> [(&'static str, bool); 9] {
    [
        ("ip", a.map(|http| &http.ip) == b.map(|http| &http.ip)),
        ("port", a.map(|http| http.port) == b.map(|http| http.port)),
        ("header_timeout", a.map(|http| http.header_timeout) == b.map(|http| http.header_timeout)),
        ("idle_timeout", a.map(|http| http.idle_timeout) == b.map(|http| http.idle_timeout)),
        ("shutdown_timeout", a.map(|http| http.shutdown_timeout) == b.map(|http| http.shutdown_timeout)),
        ("max_headers", a.map(|http| http.max_headers) == b.map(|http| http.max_headers)),
        ("max_head_bytes", a.map(|http| http.max_head_bytes) == b.map(|http| http.max_head_bytes)),
        ("max_connections", a.map(|http| http.max_connections) == b.map(|http| http.max_connections)),
        (
            "max_connections_per_ip",
            a.map(|http| http.max_connections_per_ip) == b.map(|http| http.max_connections_per_ip),
        ),
    ]
}
