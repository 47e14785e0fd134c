//! The checks of a whole configuration.

use std::time::Duration;

use super::{
    Config, ConfigError, HttpConfig, Scheme, UrlConfig, host, origin, proxies,
    value::{invalid_ip, must_be_positive, port_range},
};
use crate::origin::CheckOrigin;

/// More headers do not fit into a header map.
const MOST_HEADERS: usize = 32_768;

/// Less is not enough for the HTTP parser's own needs.
const LEAST_HEAD: usize = 8192;

/// Enough for hours of broadcasts, and within what a queue can be.
const LONGEST_QUEUE: usize = 1 << 28;

/// Longer is a mistake, and in the end overflows the clock.
const LONGEST_TIME: Duration = Duration::from_secs(366 * 24 * 3600);

/// The bytes that session cookies need.
const LEAST_SECRET: usize = 64;

/// What a check found about a key.
pub(super) enum Finding {
    /// It cannot work.
    Error(String, ConfigError),
    /// It works, but hardly as wanted.
    Warning(String, ConfigError),
}

/// Collects findings.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn error(&mut self, key: impl Into<String>, error: ConfigError) {
        self.0.push(Finding::Error(key.into(), error));
    }

    fn warn(&mut self, key: impl Into<String>, error: ConfigError) {
        self.0.push(Finding::Warning(key.into(), error));
    }
}

pub(super) fn findings(config: &Config) -> Vec<Finding> {
    let mut found = Findings::default();
    check_url("url", &config.url, config.http.as_ref(), &mut found);
    if let Some(url) = &config.static_url {
        check_url("static_url", url, config.http.as_ref(), &mut found);
    }
    if let Some(http) = &config.http {
        check_http(http, &mut found);
    } else if config.server {
        let error = ConfigError::new("`server = true` but no listener is configured");
        found.error("server", error.help("add `http(port = 4000)`"));
    }
    check_secret(config, &mut found);
    check_origin(config, &mut found);
    check_proxies(config, &mut found);
    let queue = config.pubsub.queue;
    if queue == 0 {
        found.error("pubsub.queue", must_be_positive("queue"));
    } else if queue > LONGEST_QUEUE {
        found.error("pubsub.queue", ConfigError::new(format!("`queue` must be at most {LONGEST_QUEUE}")));
    }
    if config.pubsub.queue_bytes == 0 {
        found.error("pubsub.queue_bytes", must_be_positive("queue_bytes"));
    }
    found.0
}

pub(super) fn scheme(text: &str) -> Result<Scheme, ConfigError> {
    let help = match text {
        "http" => return Ok(Scheme::Http),
        "https" => return Ok(Scheme::Https),
        "ws" => "clients derive `ws` from `http`",
        "wss" => "clients derive `wss` from `https`",
        "htps" | "htpps" | "httsp" | "HTTPS" => "did you mean `\"https\"`?",
        "htp" | "htttp" | "HTTP" => "did you mean `\"http\"`?",
        _ => "write `scheme = \"https\"`",
    };
    Err(ConfigError::new(format!("`scheme` is `\"http\"` or `\"https\"`, not `{text:?}`")).help(help))
}

fn check_url(group: &str, url: &UrlConfig, http: Option<&HttpConfig>, found: &mut Findings) {
    if let Err(error) = host::check(&url.host) {
        found.error(format!("{group}.host"), error);
    } else if url.host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        let lower = url.host.to_ascii_lowercase();
        let text = format!("browsers send origins in lower case, `{}` will never equal one", url.host);
        found.warn(format!("{group}.host"), ConfigError::new(text).help(format!("write `{lower:?}`")));
    }
    let port_key = format!("{group}.port");
    match (url.port, url.scheme) {
        (Some(0), _) => {
            let help = "for a port chosen by the system use `http(port = 0)`";
            found.error(port_key, port_range(1).help(help));
        }
        (Some(port), Some(scheme)) if [80, 443].contains(&port) && port != scheme.default_port() => {
            let other = if port == 443 { "https" } else { "http" };
            let error = ConfigError::new(format!("port {port} with scheme `{scheme}` is unusual"));
            found.warn(port_key, error.help(format!("did you mean `scheme = \"{other}\"`?")));
        }
        (None, Some(Scheme::Https)) => {
            let port = match http.and_then(|http| http.port) {
                Some(0) => "the one that the system chooses".to_owned(),
                port => port.unwrap_or(80).to_string(),
            };
            let text = format!(
                "the port of `{group}()` would be {port}, inferred from `http`, under scheme `https`"
            );
            found.warn(port_key, ConfigError::new(text).help("add `port = 443`"));
        }
        _ => {}
    }
    if let Err(error) = path(&url.path) {
        found.error(format!("{group}.path"), error);
    }
}

fn path(path: &str) -> Result<(), ConfigError> {
    let plain = |c: char| c.is_ascii_graphic() && !"?#\\\"<>^`{|}".contains(c);
    if path == "/" {
        Ok(())
    } else if !path.starts_with('/') {
        let error = ConfigError::new("`path` must start with `/`");
        Err(error.help(format!("`path = {:?}`", format!("/{path}"))))
    } else if !path.chars().all(plain) || path.contains("//") || path.split('/').any(is_dots) {
        Err(ConfigError::new("`path` is not a plain absolute path"))
    } else if let Some(short) = path.strip_suffix('/') {
        let text = format!("`path` must not end with `/`, `path(\"/x\")` would give `{path}/x`");
        Err(ConfigError::new(text).help(format!("`path = {short:?}`")))
    } else {
        Ok(())
    }
}

fn is_dots(segment: &str) -> bool {
    segment == "." || segment == ".."
}

fn check_http(http: &HttpConfig, found: &mut Findings) {
    if !http.ip.is_valid() {
        found.error("http.ip", invalid_ip());
    }
    let times = [
        ("header_timeout", http.header_timeout),
        ("idle_timeout", http.idle_timeout),
        ("shutdown_timeout", http.shutdown_timeout),
    ];
    for (name, time) in times {
        if time.is_zero() {
            found.error(format!("http.{name}"), must_be_positive(name));
        } else if time > LONGEST_TIME {
            found.error(format!("http.{name}"), ConfigError::new(format!("`{name}` must be at most a year")));
        }
    }
    if http.max_headers == 0 || http.max_headers > MOST_HEADERS {
        let text = format!("`max_headers` must be between 1 and {MOST_HEADERS}");
        found.error("http.max_headers", ConfigError::new(text));
    }
    if http.max_head_bytes < LEAST_HEAD {
        let text = format!("`max_head_bytes` must be at least {LEAST_HEAD}");
        found.error("http.max_head_bytes", ConfigError::new(text));
    }
    if http.max_connections == Some(0) {
        found.error("http.max_connections", must_be_positive("max_connections"));
    }
    match (http.max_connections_per_ip, http.max_connections) {
        (Some(0), _) => {
            found.error("http.max_connections_per_ip", must_be_positive("max_connections_per_ip"));
        }
        (Some(one), Some(all)) if one > all && all > 0 => {
            let text = "`max_connections_per_ip` is more than `max_connections`: it limits nobody";
            found.error("http.max_connections_per_ip", ConfigError::new(text).help(format!("at most {all}")));
        }
        _ => {}
    }
}

fn check_secret(config: &Config, found: &mut Findings) {
    let Some(secret) = &config.secret_key_base else { return };
    let bytes = secret.expose();
    if bytes.len() < LEAST_SECRET {
        let text =
            format!("`secret_key_base` has {} bytes, sessions need at least {LEAST_SECRET}", bytes.len());
        found
            .error("secret_key_base", ConfigError::new(text).help("generate one: `openssl rand -base64 48`"));
    } else if bytes.windows(2).all(|pair| pair[0] == pair[1]) {
        let error = ConfigError::new("`secret_key_base` is one character repeated: anybody can guess it");
        found.warn("secret_key_base", error.help("generate one: `openssl rand -base64 48`"));
    }
}

fn check_origin(config: &Config, found: &mut Findings) {
    const KEY: &str = "check_origin";
    match &config.check_origin {
        CheckOrigin::Off => {
            let error = ConfigError::new("any web site could open a socket in a visitor's name");
            found.warn(KEY, error.help("list the origins"));
        }
        CheckOrigin::List(list) if list.is_empty() => {
            found.error(KEY, origin::empty_list());
        }
        CheckOrigin::List(list) => list.iter().for_each(|entry| match origin::check(entry) {
            Ok(Some(warning)) => found.warn(KEY, warning),
            Ok(None) => {}
            Err(error) => found.error(KEY, error),
        }),
        CheckOrigin::Host | CheckOrigin::Conn | CheckOrigin::Function(_) => {}
    }
}

fn check_proxies(config: &Config, found: &mut Findings) {
    const KEY: &str = "trusted_proxies";
    for entry in config.trusted_proxies.entries() {
        match proxies::check(entry) {
            Ok(Some(warning)) => found.warn(KEY, warning),
            Ok(None) => {}
            Err(error) => found.error(KEY, error),
        }
    }
}
