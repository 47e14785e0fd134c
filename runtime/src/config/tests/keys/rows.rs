//! A row for each key.

use super::*;

/// A part of the configuration that is set from text and compared.
pub(super) trait Place: Sized {
    fn set(&mut self, key: Key<'_>, text: &str);
    fn is_same(&self, other: &Self) -> bool;
}

fn read<T: Value>(key: Key<'_>, text: &str) -> T {
    T::from_text(key, text.to_owned()).unwrap_or_else(|error| panic!("{error}"))
}

impl<T: Value> Place for T {
    fn set(&mut self, key: Key<'_>, text: &str) {
        *self = read(key, text);
    }

    fn is_same(&self, other: &Self) -> bool {
        super::super::value::Same::is_same(self, other)
    }
}

impl<T: Value> Place for Option<T> {
    fn set(&mut self, key: Key<'_>, text: &str) {
        *self = Some(read(key, text));
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(one), Some(other)) => Place::is_same(one, other),
            _ => self.is_none() && other.is_none(),
        }
    }
}

/// Layers hold it as text.
impl Place for Option<Scheme> {
    fn set(&mut self, _: Key<'_>, text: &str) {
        *self = Some(if text == "https" {
            Scheme::Https
        } else {
            Scheme::Http
        });
    }

    fn is_same(&self, other: &Self) -> bool {
        self == other
    }
}

fn said<T: Value>(key: &str, variable: Option<&'static str>, text: &str) -> Setting<T> {
    let value = read(Key(key), text);
    match variable {
        Some(variable) => Setting::env_or_exact(variable, value),
        None => Setting::exact(value),
    }
}

fn sentinel(settings: &mut Settings) -> &mut RedisSentinel {
    settings
        .pubsub
        .redis
        .get_or_insert_default()
        .sentinel
        .get_or_insert_default()
}

fn sentinel_config(config: &mut Config) -> &mut RedisSentinelConfig {
    config
        .pubsub
        .redis
        .get_or_insert_default()
        .sentinel
        .get_or_insert_default()
}

fn tls(settings: &mut Settings) -> &mut BrokerTls {
    settings
        .pubsub
        .redis
        .get_or_insert_default()
        .tls
        .get_or_insert_default()
}

fn tls_config(config: &mut Config) -> &mut BrokerTlsConfig {
    config
        .pubsub
        .redis
        .get_or_insert_default()
        .tls
        .get_or_insert_default()
}

macro_rules! rows {
    ($( $key:literal, $settings:ident => $setting:expr, $config:ident => $place:expr, $values:expr, $toml:expr; )*) => {
        [$( Row {
            key: $key,
            values: $values,
            toml: $toml,
            say: |$settings, variable, text| $setting = said($key, variable, text),
            set: |$config, text| $place.set(Key($key), text),
            is_same: |one, other| {
                let one = { let $config = one; &$place };
                let other = { let $config = other; &$place };
                Place::is_same(one, other)
            },
        }, )*]
    };
}

pub(super) fn rows() -> Vec<Row> {
    let rows = rows![
        "url.host", settings => settings.url.host, config => config.url.host,
            ["a.com", "b.com", "c.com", "d.com", "e.com"], "\"b.com\"";
        "url.port", settings => settings.url.port, config => config.url.port,
            ["1", "2", "3", "4", "5"], "2";
        "url.scheme", settings => settings.url.scheme, config => config.url.scheme,
            ["http", "https", "http", "https", "http"], "\"https\"";
        "url.path", settings => settings.url.path, config => config.url.path,
            ["/a", "/b", "/c", "/d", "/e"], "\"/b\"";
        "static_url.host", settings => settings.static_url.get_or_insert(Url::DEFAULT).host, config => config.static_url.get_or_insert_default().host,
            ["a.com", "b.com", "c.com", "d.com", "e.com"], "\"b.com\"";
        "static_url.port", settings => settings.static_url.get_or_insert(Url::DEFAULT).port, config => config.static_url.get_or_insert_default().port,
            ["1", "2", "3", "4", "5"], "2";
        "static_url.scheme", settings => settings.static_url.get_or_insert(Url::DEFAULT).scheme, config => config.static_url.get_or_insert_default().scheme,
            ["http", "https", "http", "https", "http"], "\"https\"";
        "static_url.path", settings => settings.static_url.get_or_insert(Url::DEFAULT).path, config => config.static_url.get_or_insert_default().path,
            ["/a", "/b", "/c", "/d", "/e"], "\"/b\"";
        "cache_static_manifest", settings => settings.cache_static_manifest, config => config.cache_static_manifest,
            ["a", "b", "c", "d", "e"], "\"b\"";
        "cache_manifest_skip_vsn", settings => settings.cache_manifest_skip_vsn, config => config.cache_manifest_skip_vsn,
            ["true", "false", "true", "false", "true"], "false";
        "cache_static_manifest_latest", settings => settings.cache_static_manifest_latest, config => config.cache_static_manifest_latest,
            ["a=1", "a=2", "a=3", "a=4", "a=5"], "{ a = \"2\" }";
        "http.ip", settings => settings.http.get_or_insert(Http::DEFAULT).ip, config => config.http.get_or_insert_default().ip,
            ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"], "\"127.0.0.2\"";
        "http.ipv6_only", settings => settings.http.get_or_insert(Http::DEFAULT).ipv6_only, config => config.http.get_or_insert_default().ipv6_only,
            ["true", "false", "true", "false", "true"], "false";
        "http.port", settings => settings.http.get_or_insert(Http::DEFAULT).port, config => config.http.get_or_insert_default().port,
            ["1001", "1002", "1003", "1004", "1005"], "1002";
        "http.header_timeout", settings => settings.http.get_or_insert(Http::DEFAULT).header_timeout, config => config.http.get_or_insert_default().header_timeout,
            ["1s", "2s", "3s", "4s", "5s"], "\"2s\"";
        "http.idle_timeout", settings => settings.http.get_or_insert(Http::DEFAULT).idle_timeout, config => config.http.get_or_insert_default().idle_timeout,
            ["1s", "2s", "3s", "4s", "5s"], "\"2s\"";
        "http.max_headers", settings => settings.http.get_or_insert(Http::DEFAULT).max_headers, config => config.http.get_or_insert_default().max_headers,
            ["10001", "10002", "10003", "10004", "10005"], "10002";
        "http.max_head_bytes", settings => settings.http.get_or_insert(Http::DEFAULT).max_head_bytes, config => config.http.get_or_insert_default().max_head_bytes,
            ["10001", "10002", "10003", "10004", "10005"], "10002";
        "http.max_connections", settings => settings.http.get_or_insert(Http::DEFAULT).max_connections, config => config.http.get_or_insert_default().max_connections,
            ["10001", "10002", "10003", "10004", "10005"], "10002";
        "http.max_connections_per_ip", settings => settings.http.get_or_insert(Http::DEFAULT).max_connections_per_ip, config => config.http.get_or_insert_default().max_connections_per_ip,
            ["10001", "10002", "10003", "10004", "10005"], "10002";
        "http.http2", settings => settings.http.get_or_insert(Http::DEFAULT).http2, config => config.http.get_or_insert_default().http2,
            ["true", "false", "true", "false", "true"], "false";
        "https.ip", settings => settings.https.get_or_insert(Https::DEFAULT).ip, config => config.https.get_or_insert_default().ip,
            ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"], "\"127.0.0.2\"";
        "https.ipv6_only", settings => settings.https.get_or_insert(Https::DEFAULT).ipv6_only, config => config.https.get_or_insert_default().ipv6_only,
            ["true", "false", "true", "false", "true"], "false";
        "https.port", settings => settings.https.get_or_insert(Https::DEFAULT).port, config => config.https.get_or_insert_default().port,
            ["2001", "2002", "2003", "2004", "2005"], "2002";
        "https.certfile", settings => settings.https.get_or_insert(Https::DEFAULT).certfile, config => config.https.get_or_insert_default().certfile,
            ["a.pem", "b.pem", "c.pem", "d.pem", "e.pem"], "\"b.pem\"";
        "https.keyfile", settings => settings.https.get_or_insert(Https::DEFAULT).keyfile, config => config.https.get_or_insert_default().keyfile,
            ["a.pem", "b.pem", "c.pem", "d.pem", "e.pem"], "\"b.pem\"";
        "https.cert", settings => settings.https.get_or_insert(Https::DEFAULT).cert, config => config.https.get_or_insert_default().cert,
            ["a.pem", "b.pem", "c.pem", "d.pem", "e.pem"], "\"b.pem\"";
        "https.key", settings => settings.https.get_or_insert(Https::DEFAULT).key, config => config.https.get_or_insert_default().key,
            ["canary a", "canary b", "canary c", "canary d", "canary e"], "\"canary b\"";
        "https.cacertfile", settings => settings.https.get_or_insert(Https::DEFAULT).cacertfile, config => config.https.get_or_insert_default().cacertfile,
            ["a.pem", "b.pem", "c.pem", "d.pem", "e.pem"], "\"b.pem\"";
        "https.fail_if_no_peer_cert", settings => settings.https.get_or_insert(Https::DEFAULT).fail_if_no_peer_cert, config => config.https.get_or_insert_default().fail_if_no_peer_cert,
            ["true", "false", "true", "false", "true"], "false";
        "https.cipher_suite", settings => settings.https.get_or_insert(Https::DEFAULT).cipher_suite, config => config.https.get_or_insert_default().cipher_suite,
            ["strong", "compatible", "strong", "compatible", "strong"], "\"compatible\"";
        "https.ciphers", settings => settings.https.get_or_insert(Https::DEFAULT).ciphers, config => config.https.get_or_insert_default().ciphers,
            ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"], "[\"TLS_AES_128_GCM_SHA256\"]";
        "https.handshake_timeout", settings => settings.https.get_or_insert(Https::DEFAULT).handshake_timeout, config => config.https.get_or_insert_default().handshake_timeout,
            ["1s", "2s", "3s", "4s", "5s"], "\"2s\"";
        "https.max_handshakes", settings => settings.https.get_or_insert(Https::DEFAULT).max_handshakes, config => config.https.get_or_insert_default().max_handshakes,
            ["10001", "10002", "10003", "10004", "10005"], "10002";
        "https.header_timeout", settings => settings.https.get_or_insert(Https::DEFAULT).header_timeout, config => config.https.get_or_insert_default().header_timeout,
            ["1s", "2s", "3s", "4s", "5s"], "\"2s\"";
        "https.idle_timeout", settings => settings.https.get_or_insert(Https::DEFAULT).idle_timeout, config => config.https.get_or_insert_default().idle_timeout,
            ["1s", "2s", "3s", "4s", "5s"], "\"2s\"";
        "https.max_headers", settings => settings.https.get_or_insert(Https::DEFAULT).max_headers, config => config.https.get_or_insert_default().max_headers,
            ["10001", "10002", "10003", "10004", "10005"], "10002";
        "https.max_head_bytes", settings => settings.https.get_or_insert(Https::DEFAULT).max_head_bytes, config => config.https.get_or_insert_default().max_head_bytes,
            ["10001", "10002", "10003", "10004", "10005"], "10002";
        "https.max_connections", settings => settings.https.get_or_insert(Https::DEFAULT).max_connections, config => config.https.get_or_insert_default().max_connections,
            ["10001", "10002", "10003", "10004", "10005"], "10002";
        "https.max_connections_per_ip", settings => settings.https.get_or_insert(Https::DEFAULT).max_connections_per_ip, config => config.https.get_or_insert_default().max_connections_per_ip,
            ["10001", "10002", "10003", "10004", "10005"], "10002";
        "https.http2", settings => settings.https.get_or_insert(Https::DEFAULT).http2, config => config.https.get_or_insert_default().http2,
            ["true", "false", "true", "false", "true"], "false";
        "secret_key_base", settings => settings.secret_key_base, config => config.secret_key_base,
            ["canary a canary a canary a canary a canary a canary a canary a canary a ", "canary b canary b canary b canary b canary b canary b canary b canary b ", "canary c canary c canary c canary c canary c canary c canary c canary c ", "canary d canary d canary d canary d canary d canary d canary d canary d ", "canary e canary e canary e canary e canary e canary e canary e canary e "], "\"canary b canary b canary b canary b canary b canary b canary b canary b \"";
        "check_origin", settings => settings.check_origin, config => config.check_origin,
            ["//a.com", "//b.com", "//c.com", "//d.com", "//e.com"], "[\"//b.com\"]";
        "trusted_proxies", settings => settings.trusted_proxies, config => config.trusted_proxies,
            ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"], "[\"10.0.0.2\"]";
        "pubsub.queue", settings => settings.pubsub.queue, config => config.pubsub.queue,
            ["10001", "10002", "10003", "10004", "10005"], "10002";
        "pubsub.queue_bytes", settings => settings.pubsub.queue_bytes, config => config.pubsub.queue_bytes,
            ["10001", "10002", "10003", "10004", "10005"], "10002";
        "pubsub.name", settings => settings.pubsub.name, config => config.pubsub.name,
            ["a", "b", "c", "d", "e"], "\"b\"";
        "pubsub.node", settings => settings.pubsub.node, config => config.pubsub.node,
            ["a", "b", "c", "d", "e"], "\"b\"";
        "pubsub.max_message", settings => settings.pubsub.max_message, config => config.pubsub.max_message,
            ["10001", "10002", "10003", "10004", "10005"], "10002";
        "pubsub.confirm", settings => settings.pubsub.confirm, config => config.pubsub.confirm,
            ["true", "false", "true", "false", "true"], "false";
        "pubsub.confirm_timeout", settings => settings.pubsub.confirm_timeout, config => config.pubsub.confirm_timeout,
            ["1s", "2s", "3s", "4s", "5s"], "\"2s\"";
        "pubsub.connect_timeout", settings => settings.pubsub.connect_timeout, config => config.pubsub.connect_timeout,
            ["1s", "2s", "3s", "4s", "5s"], "\"2s\"";
        "pubsub.required", settings => settings.pubsub.required, config => config.pubsub.required,
            ["true", "false", "true", "false", "true"], "false";
        "pubsub.redis.url", settings => settings.pubsub.redis.get_or_insert(RedisSettings::DEFAULT).url, config => config.pubsub.redis.get_or_insert_default().url,
            ["redis://a", "redis://b", "redis://c", "redis://d", "redis://e"], "\"redis://b\"";
        "pubsub.redis.cluster", settings => settings.pubsub.redis.get_or_insert_default().cluster, config => config.pubsub.redis.get_or_insert_default().cluster,
            ["redis://a,redis://b", "redis://b", "redis://c", "redis://d", "redis://e"], "[\"redis://b\"]";
        "pubsub.redis.sentinel.master", settings => sentinel(settings).master, config => sentinel_config(config).master,
            ["a", "b", "c", "d", "e"], "\"b\"";
        "pubsub.redis.sentinel.nodes", settings => sentinel(settings).nodes, config => sentinel_config(config).nodes,
            ["redis://a,redis://b", "redis://b", "redis://c", "redis://d", "redis://e"], "[\"redis://b\"]";
        "pubsub.redis.sentinel.username", settings => sentinel(settings).username, config => sentinel_config(config).username,
            ["a", "b", "c", "d", "e"], "\"b\"";
        "pubsub.redis.sentinel.password", settings => sentinel(settings).password, config => sentinel_config(config).password,
            ["canary a", "canary b", "canary c", "canary d", "canary e"], "\"canary b\"";
        "pubsub.redis.username", settings => settings.pubsub.redis.get_or_insert(RedisSettings::DEFAULT).username, config => config.pubsub.redis.get_or_insert_default().username,
            ["a", "b", "c", "d", "e"], "\"b\"";
        "pubsub.redis.password", settings => settings.pubsub.redis.get_or_insert(RedisSettings::DEFAULT).password, config => config.pubsub.redis.get_or_insert_default().password,
            ["canary a", "canary b", "canary c", "canary d", "canary e"], "\"canary b\"";
        "pubsub.redis.tls.ca", settings => tls(settings).ca, config => tls_config(config).ca,
            ["a.pem", "b.pem", "c.pem", "d.pem", "e.pem"], "\"b.pem\"";
        "pubsub.redis.tls.cert", settings => tls(settings).cert, config => tls_config(config).cert,
            ["a.pem", "b.pem", "c.pem", "d.pem", "e.pem"], "\"b.pem\"";
        "pubsub.redis.tls.key", settings => tls(settings).key, config => tls_config(config).key,
            ["a.pem", "b.pem", "c.pem", "d.pem", "e.pem"], "\"b.pem\"";
        "pubsub.redis.wire", settings => settings.pubsub.redis.get_or_insert(RedisSettings::DEFAULT).wire, config => config.pubsub.redis.get_or_insert_default().wire,
            ["landfall", "phoenix", "landfall", "phoenix", "landfall"], "\"phoenix\"";
        "pubsub.redis.compression", settings => settings.pubsub.redis.get_or_insert_default().compression, config => config.pubsub.redis.get_or_insert_default().compression,
            ["1", "2", "3", "4", "5"], "2";
        "pubsub.nats.url", settings => settings.pubsub.nats.get_or_insert(NatsSettings::DEFAULT).url, config => config.pubsub.nats.get_or_insert_default().url,
            ["nats://a", "nats://b,tls://b:1", "nats://c", "nats://d", "nats://e,nats://f"], "[\"nats://b\", \"tls://b:1\"]";
        "pubsub.nats.credentials", settings => settings.pubsub.nats.get_or_insert(NatsSettings::DEFAULT).credentials, config => config.pubsub.nats.get_or_insert_default().credentials,
            ["a", "b", "c", "d", "e"], "\"b\"";
        "pubsub.nats.user", settings => settings.pubsub.nats.get_or_insert(NatsSettings::DEFAULT).user, config => config.pubsub.nats.get_or_insert_default().user,
            ["a", "b", "c", "d", "e"], "\"b\"";
        "pubsub.nats.password", settings => settings.pubsub.nats.get_or_insert(NatsSettings::DEFAULT).password, config => config.pubsub.nats.get_or_insert_default().password,
            ["canary a", "canary b", "canary c", "canary d", "canary e"], "\"canary b\"";
        "pubsub.nats.token", settings => settings.pubsub.nats.get_or_insert(NatsSettings::DEFAULT).token, config => config.pubsub.nats.get_or_insert_default().token,
            ["canary a", "canary b", "canary c", "canary d", "canary e"], "\"canary b\"";
        "pubsub.nats.tls.ca", settings => settings.pubsub.nats.get_or_insert(NatsSettings::DEFAULT).tls.get_or_insert(BrokerTls::DEFAULT).ca, config => config.pubsub.nats.get_or_insert_default().tls.get_or_insert_default().ca,
            ["a.pem", "b.pem", "c.pem", "d.pem", "e.pem"], "\"b.pem\"";
        "pubsub.nats.tls.cert", settings => settings.pubsub.nats.get_or_insert(NatsSettings::DEFAULT).tls.get_or_insert(BrokerTls::DEFAULT).cert, config => config.pubsub.nats.get_or_insert_default().tls.get_or_insert_default().cert,
            ["a.pem", "b.pem", "c.pem", "d.pem", "e.pem"], "\"b.pem\"";
        "pubsub.nats.tls.key", settings => settings.pubsub.nats.get_or_insert(NatsSettings::DEFAULT).tls.get_or_insert(BrokerTls::DEFAULT).key, config => config.pubsub.nats.get_or_insert_default().tls.get_or_insert_default().key,
            ["a.key", "b.key", "c.key", "d.key", "e.key"], "\"b.key\"";
        "server", settings => settings.server, config => config.server,
            ["true", "false", "true", "false", "true"], "false";
        "log_access_url", settings => settings.log_access_url, config => config.log_access_url,
            ["true", "false", "true", "false", "true"], "false";
        "startup_log", settings => settings.startup_log, config => config.startup_log,
            ["true", "false", "true", "false", "true"], "false";
        "drainer.delay", settings => settings.drainer.get_or_insert(EndpointDrainer::DEFAULT).delay, config => config.drainer.get_or_insert_default().delay,
            ["1s", "2s", "3s", "4s", "5s"], "\"2s\"";
        "drainer.shutdown", settings => settings.drainer.get_or_insert(EndpointDrainer::DEFAULT).shutdown, config => config.drainer.get_or_insert_default().shutdown,
            ["1s", "2s", "3s", "4s", "5s"], "\"2s\"";
        "reload_on_sighup", settings => settings.reload_on_sighup, config => config.reload_on_sighup,
            ["true", "false", "true", "false", "true"], "false";
        "force_watchers", settings => settings.force_watchers, config => config.force_watchers,
            ["true", "false", "true", "false", "true"], "false";
        "live_reload.patterns", settings => settings.live_reload.get_or_insert(LiveReload::DEFAULT).patterns, config => config.live_reload.get_or_insert_default().patterns,
            ["a", "b", "c", "d", "e"], "[\"b\"]";
        "live_reload.dirs", settings => settings.live_reload.get_or_insert(LiveReload::DEFAULT).dirs, config => config.live_reload.get_or_insert_default().dirs,
            ["a", "b", "c", "d", "e"], "\"b\"";
        "live_reload.notify", settings => settings.live_reload.get_or_insert(LiveReload::DEFAULT).notify, config => config.live_reload.get_or_insert_default().notify,
            ["a=1", "a=2", "a=3", "a=4", "a=5"], "{ a = [\"2\"] }";
        "live_reload.debounce", settings => settings.live_reload.get_or_insert(LiveReload::DEFAULT).debounce, config => config.live_reload.get_or_insert_default().debounce,
            ["1s", "2s", "3s", "4s", "5s"], "\"2s\"";
        "live_reload.iframe_attrs", settings => settings.live_reload.get_or_insert(LiveReload::DEFAULT).iframe_attrs, config => config.live_reload.get_or_insert_default().iframe_attrs,
            ["a=1", "a=2", "a=3", "a=4", "a=5"], "{ a = \"2\" }";
        "live_reload.target_window", settings => settings.live_reload.get_or_insert(LiveReload::DEFAULT).target_window, config => config.live_reload.get_or_insert_default().target_window,
            ["top", "parent", "top", "parent", "top"], "\"parent\"";
        "live_reload.url", settings => settings.live_reload.get_or_insert(LiveReload::DEFAULT).url, config => config.live_reload.get_or_insert_default().url,
            ["a", "b", "c", "d", "e"], "\"b\"";
        "live_reload.suffix", settings => settings.live_reload.get_or_insert(LiveReload::DEFAULT).suffix, config => config.live_reload.get_or_insert_default().suffix,
            ["/a", "/b", "/c", "/d", "/e"], "\"/b\"";
        "live_reload.interval", settings => settings.live_reload.get_or_insert(LiveReload::DEFAULT).interval, config => config.live_reload.get_or_insert_default().interval,
            ["1s", "2s", "3s", "4s", "5s"], "\"2s\"";
        "live_reload.reload_page_on_css_changes", settings => settings.live_reload.get_or_insert(LiveReload::DEFAULT).reload_page_on_css_changes, config => config.live_reload.get_or_insert_default().reload_page_on_css_changes,
            ["true", "false", "true", "false", "true"], "false";
        "live_reload.web_console_logger", settings => settings.live_reload.get_or_insert(LiveReload::DEFAULT).web_console_logger, config => config.live_reload.get_or_insert_default().web_console_logger,
            ["true", "false", "true", "false", "true"], "false";
        "live_reload.in_release", settings => settings.live_reload.get_or_insert(LiveReload::DEFAULT).in_release, config => config.live_reload.get_or_insert_default().in_release,
            ["true", "false", "true", "false", "true"], "false";
        "filter_parameters.contains", settings => settings.filter_parameters.contains, config => config.filter_parameters.contains,
            ["a", "b", "c", "d", "e"], "[\"b\"]";
        "filter_parameters.keep", settings => settings.filter_parameters.keep, config => config.filter_parameters.keep,
            ["a", "b", "c", "d", "e"], "[\"b\"]";
    ];
    rows.into()
}
