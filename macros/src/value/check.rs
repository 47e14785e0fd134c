//! Is each value one that can work? What only the runtime can know is left to it, what `rustc` says better to `rustc`.

mod numbers;

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, LitStr};

use self::numbers::{TOO_LONG, millis, outlasts_the_client};
use crate::{
    diag::{Diagnostic, Diagnostics},
    grammar::spelling::{did_you_mean, list},
    language::expr::{self, Env, Insecure},
    language::{
        options::{Entry, Options, Value},
        schema::{self, Kind, Phase},
    },
    value::{closure, connect_info, host, origin, pattern, proxies, secret},
};

/// Checks every value of a group, and what its keys say together.
pub(crate) fn options(options: &Options, diag: &mut Diagnostics) {
    for entry in &options.entries {
        match &entry.value {
            Value::Expr(value) => {
                Check {
                    name: entry.key.name,
                    kind: entry.key.kind,
                    diag,
                }
                .value(value, options.group.phase);
            }
            Value::Group(nested) => self::options(nested, diag),
        }
    }
    match options.group.name {
        "websocket" => {
            auth_token_adds_its_own(options, diag);
            one_check_is_on(options, diag);
        }
        "longpoll" => {
            one_check_is_on(options, diag);
            one_within_all(options, "max_sessions_per_ip", "max_sessions", diag);
        }
        "http" => one_within_all(options, "max_connections_per_ip", "max_connections", diag),
        "drainer" => interval_within_shutdown(options, diag),
        _ => {}
    }
}

/// Checks the value of one key.
pub(crate) fn key(
    name: &'static str,
    kind: Kind,
    value: &Expr,
    phase: Phase,
    diag: &mut Diagnostics,
) {
    Check { name, kind, diag }.value(value, phase);
}

/// Checks a value of `extra(..)`, about which nothing is known but where it may come from.
pub(crate) fn extra(value: &Expr, may_be_env: bool, diag: &mut Diagnostics) {
    let Some(env) = Env::of(value) else { return };
    if may_be_env {
        variable(&env, value, diag);
    } else {
        diag.push(value, "`env(..)` gives a whole setting, not a part of one")
            .help("write `extra(name = env(\"NAME\"))`");
    }
}

/// Reports a variable of the environment where only what is part of the binary can stand.
pub(crate) fn not_read_at_start<'a>(
    name: &str,
    at: &Expr,
    diag: &'a mut Diagnostics,
) -> &'a mut Diagnostic {
    diag.push(
        at,
        format!("`{name}` is fixed at compile time, `env(..)` is read at start"),
    )
}

struct Check<'a> {
    name: &'static str,
    kind: Kind,
    diag: &'a mut Diagnostics,
}

impl Check<'_> {
    fn value(mut self, value: &Expr, phase: Phase) {
        let Some(env) = Env::of(value) else {
            return self.acknowledged(value);
        };
        if phase == Phase::Compile {
            not_read_at_start(self.name, value, self.diag)
                .help("use a constant, such as one made with `cfg!(..)` or `option_env!(..)`");
            return;
        }
        variable(&env, value, self.diag);
        match (self.kind, env.default) {
            (Kind::Secret, Some(default)) => {
                self.diag
                    .push(default, "a secret must not have a default")
                    .help("remove `.or(..)`; a missing variable is reported at start");
            }
            (_, Some(default)) => self.acknowledged(default),
            (_, None) => {}
        }
    }

    /// Looks through `insecure(value, reason = "..")`.
    fn acknowledged(&mut self, value: &Expr) {
        let Some(insecure) = Insecure::of(value) else {
            self.weakens(value);
            return self.plain(value);
        };
        match insecure.reason {
            Some(reason) if !reason.value().trim().is_empty() => {}
            Some(reason) => {
                self.diag
                    .push(reason, "the reason is empty")
                    .help("say why this is right here");
            }
            None => {
                self.diag
                    .push(value, "`insecure(..)` needs a reason")
                    .help("write `insecure(value, reason = \"why this is right here\")`");
            }
        }
        self.plain(insecure.value);
    }

    /// Reports values that work but open a door, unless they are acknowledged.
    fn weakens(&mut self, value: &Expr) {
        let word = expr::word(value).map(ToString::to_string);
        let (message, form) = match (self.kind, word.as_deref()) {
            (Kind::CheckOrigin, _) if expr::boolean(value) == Some(false) => {
                let found = self.diag.push(
                    value,
                    "any web site could open this socket in a visitor's name",
                );
                found.help("list the origins: `check_origin = [\"https://example.com\"]`");
                found.help("or write `check_origin = insecure(false, reason = \"..\")`");
                return;
            }
            (Kind::CheckOrigin, _) => return origin::public_suffixes(value, self.diag),
            (Kind::Millis { longer: true }, _) if outlasts_the_client(value) => {
                let found = self.diag.push(value, TOO_LONG);
                found.help("at most 15_000");
                let name = self.name;
                let shown = value.to_token_stream();
                found.help(format!(
                    "or, if your clients wait longer by `longpollerTimeout`, write `{name} = insecure({shown}, reason = \"..\")`"
                ));
                return;
            }
            (Kind::Age, Some("never")) => ("a leaked token would be valid for ever", "never"),
            (Kind::Timeout, Some("never")) => ("dead connections would stay for ever", "never"),
            (Kind::Size { .. }, Some("unlimited")) if self.name == "max_channels" => (
                "one client could make the server hold any number of channels",
                "unlimited",
            ),
            (Kind::TrustedProxies, _) => return proxies::everybody(self.name, value, self.diag),
            (Kind::OptionalSize { .. }, Some("unlimited"))
                if self.name == "max_sessions_per_ip" =>
            {
                (
                    "one client could take every session of the mount",
                    "unlimited",
                )
            }
            (Kind::Size { .. } | Kind::OptionalSize { .. }, Some("unlimited")) => (
                "a client could make the server buffer any amount",
                "unlimited",
            ),
            (Kind::Secret, _) => return secret::in_the_source(value, self.diag),
            _ => return,
        };
        self.diag.push(value, message).help(format!(
            "if that is right here, write `{} = insecure({form}, reason = \"..\")`",
            self.name
        ));
    }

    fn plain(&mut self, value: &Expr) {
        match self.kind {
            Kind::Flag => self.flag(value),
            Kind::Size { least } | Kind::OptionalSize { least } => self.size(value, least),
            Kind::Number { least, .. } => self.number(value, least),
            Kind::Millis { longer } => self.millis(value, longer),
            Kind::Duration => self.duration(value, None),
            Kind::Age => {
                self.duration(value, Some("insecure(never, reason = \"..\")"));
                self.whole_seconds(value);
            }
            Kind::Timeout => self.duration(value, Some("insecure(never, reason = \"..\")")),
            Kind::Pause => self.duration(value, Some("never")),
            Kind::TransportPath => self.text(value, pattern::check_transport_path),
            Kind::Subprotocols => self.subprotocols(value),
            Kind::CheckOrigin => {
                closure::check(self.name, value, &["|origin|", "|origin, edge|"], self.diag);
                origin::check(value, self.diag);
            }
            Kind::TrustedProxies => proxies::check(self.name, value, self.diag),
            Kind::ConnectInfo => connect_info::check(value, self.diag),
            Kind::Function {
                signature,
                closures,
            } => self.function(value, signature, closures),
            Kind::Level => self.level(value),
            Kind::Word { words, .. } => self.word(
                value,
                &words.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
                None,
            ),
            Kind::Text => self.text(value, |_, _| {}),
            Kind::Host => self.text(value, host::check),
            Kind::Scheme => self.text(value, host::check_scheme),
            Kind::Port { least } => self.port(value, least),
            Kind::UrlPath => self.text(value, pattern::check_url_path),
            Kind::Ip => host::check_ip(value, self.diag),
            Kind::Files => self.files(value),
            Kind::PrivateKey => self.private_key(value),
            Kind::Texts => self.texts(value),
            Kind::Forwarded => self.forwarded(value),
            Kind::SecureHost => self.secure_host(value),
            Kind::Secret => secret::check(value, self.diag),
            Kind::Transport => self.transport(value),
            Kind::Serializers => self.serializers(value),
            Kind::Constant => {}
            Kind::Group(_) | Kind::SwitchedGroup(_) | Kind::OptionalGroup(_) => {}
        }
    }

    fn flag(&mut self, value: &Expr) {
        let name = self.name;
        let what = match (
            expr::boolean(value),
            expr::literal_name(value),
            expr::word(value),
        ) {
            (Some(_), ..) => return,
            (None, Some(literal), _) => format!("this is {literal}"),
            (None, None, Some(word))
                if did_you_mean(&word.to_string(), ["true", "false"]).is_some() =>
            {
                format!("not `{word}`")
            }
            _ => return,
        };
        let found = self
            .diag
            .push(value, format!("`{name}` takes `true` or `false`, {what}"));
        found.help(format!("write `{name} = true`"));
    }

    fn text(&mut self, value: &Expr, check: fn(&LitStr, &mut Diagnostics)) {
        match (expr::text(value), expr::literal_name(value)) {
            (Some(text), _) => check(text, self.diag),
            (None, Some(literal)) => {
                let name = self.name;
                self.diag
                    .push(value, format!("`{name}` takes a string, this is {literal}"));
            }
            (None, None) => {}
        }
    }

    fn texts(&mut self, value: &Expr) {
        let name = self.name;
        if let Some(literal) = expr::literal_name(value) {
            let found = self
                .diag
                .push(value, format!("`{name}` takes a list, this is {literal}"));
            if let Some(text) = expr::text(value) {
                found.help(format!("write `{name} = [{:?}]`", text.value()));
            }
        }
        for text in expr::list(value)
            .into_iter()
            .flatten()
            .filter_map(expr::text)
        {
            let said = text.value();
            let (of_hosts, is_path) = (name == "exclude", said.starts_with('/'));
            if of_hosts && is_path {
                self.diag
                    .push(text, "`exclude` lists hosts")
                    .help(format!("write `exclude_paths = [{said:?}]`"));
            } else if of_hosts && said.contains(['/', ':']) && !said.starts_with('[') {
                self.diag
                    .push(text, "`exclude` lists hosts, without scheme and port");
            } else if !of_hosts && !is_path {
                self.diag.push(text, "a path begins with `/`");
            }
        }
    }

    fn forwarded(&mut self, value: &Expr) {
        let name = self.name;
        let Some(headers) = expr::list(value) else {
            if expr::literal_name(value).is_some() || expr::word(value).is_some() {
                self.diag
                    .push(value, format!("`{name}` takes a list"))
                    .help(format!("write `{name} = [x_forwarded_proto]`"));
            }
            return;
        };
        for header in headers {
            let word = expr::word(header).map(ToString::to_string);
            let text = expr::text(header).map(LitStr::value);
            let said = word.or(text.map(|text| text.to_lowercase().replace('-', "_")));
            let Some(said) = said else { continue };
            let known = || schema::FORWARDED.iter().map(|(name, _)| *name);
            if known().any(|name| name == said) && expr::word(header).is_some() {
                continue;
            }
            if known().any(|name| name == said) {
                self.diag
                    .push(header, format!("`{name}` takes names, this is a string"))
                    .help(format!("write `{said}`"));
                continue;
            }
            let found = self
                .diag
                .push(header, format!("unknown header `{said}` in `{name}`"));
            match did_you_mean(&said, known()) {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found.help(format!("known headers: {}", list(known()))),
            };
        }
    }

    fn secure_host(&mut self, value: &Expr) {
        let Some(text) = expr::text(value) else {
            if let Some(literal) = expr::literal_name(value) {
                self.diag
                    .push(value, format!("`host` takes a string, this is {literal}"));
            }
            return;
        };
        let said = text.value();
        if said.is_empty()
            || said.contains(['/', '@', '?', '#'])
            || said.contains(char::is_whitespace)
        {
            let bare = said
                .split("://")
                .last()
                .and_then(|rest| rest.split('/').next())
                .unwrap_or_default();
            self.diag
                .push(
                    text,
                    "`host` in `force_ssl` is a host, optionally with a port",
                )
                .help(format!("write `host = {bare:?}`"));
        }
    }

    fn private_key(&mut self, value: &Expr) {
        let plain = Env::of(value).and_then(|env| env.default).unwrap_or(value);
        if expr::literal(plain).is_some() {
            self.diag
                .push(
                    plain,
                    "a key in the source ends up in version control and in the binary",
                )
                .help("write `key = env(\"TLS_KEY\")`, or name its file by `keyfile`");
        }
    }

    fn files(&mut self, value: &Expr) {
        let name = self.name;
        let mut path = |value: &Expr| match (expr::text(value), expr::literal_name(value)) {
            (Some(text), _) if text.value().contains("-----BEGIN ") => {
                let other = if name == "keyfile" { "key" } else { "cert" };
                let found = self.diag.push(
                    text,
                    format!("`{name}` takes a path, this is what stands in a file"),
                );
                found.help(format!("did you mean `{other}`?"));
            }
            (Some(text), _) if text.value().is_empty() => {
                self.diag.push(text, format!("`{name}` is empty"));
            }
            (None, Some(literal)) => {
                self.diag.push(
                    value,
                    format!("`{name}` takes a path, or a list of them, this is {literal}"),
                );
            }
            _ => {}
        };
        match expr::list(value) {
            Some(paths) => paths.iter().for_each(path),
            None => path(value),
        }
    }

    fn transport(&mut self, value: &Expr) {
        let name = self.name;
        let example =
            format!("write `{name} = Sse::new()`, with a type that implements `Transport`");
        match (
            expr::literal_name(value),
            expr::word(value).map(ToString::to_string),
        ) {
            (Some(literal), _) => {
                self.diag
                    .push(
                        value,
                        format!("`{name}` takes a transport, this is {literal}"),
                    )
                    .help(example);
            }
            (None, Some(word)) if word == "websocket" || word == "longpoll" => {
                self.diag
                    .push(value, format!("`{word}` is a built-in transport"))
                    .help(format!(
                        "write `{word}` beside path and type, or `{word}(..)`"
                    ));
            }
            _ => {}
        }
    }

    fn serializers(&mut self, value: &Expr) {
        const FORM: &str = "write `serializers = [(V2, \"~> 2.0.0\")]`";
        let name = self.name;
        if let Some(literal) = expr::literal_name(value) {
            self.diag
                .push(value, format!("`{name}` takes a list, this is {literal}"))
                .help(FORM);
        }
        let Some(elements) = expr::list(value) else {
            return;
        };
        if elements.is_empty() {
            self.diag
                .push(value, "without a serializer no client could connect")
                .help(FORM);
        }
        for element in elements {
            let pair = match element {
                Expr::Tuple(pair) => pair.elems.len() == 2,
                _ => expr::literal(element).is_none(),
            };
            if !pair {
                self.diag
                    .push(
                        element,
                        "a serializer stands with the versions that it is for",
                    )
                    .help(FORM);
            }
        }
    }

    fn subprotocols(&mut self, value: &Expr) {
        if let Some(text) = expr::text(value) {
            self.diag
                .push(value, "`subprotocols` takes a list")
                .help(format!("write `subprotocols = [{:?}]`", text.value()));
            return;
        }
        let Some(elements) = expr::list(value) else {
            return;
        };
        if elements.is_empty() {
            self.diag
                .push(
                    value,
                    "an empty list refuses every client that offers a subprotocol",
                )
                .help("leave `subprotocols` out to ignore what clients offer");
        }
        let mut seen: Vec<String> = Vec::new();
        for element in elements {
            let Some(text) = expr::text(element) else {
                continue;
            };
            let token = text.value();
            if token.is_empty() || !token.bytes().all(is_token_byte) {
                self.diag
                    .push(element, format!("{token:?} is not a token (RFC 9110)"))
                    .help("letters, digits and any of !#$%&'*+-.^_`|~");
            } else if seen.contains(&token) {
                self.diag
                    .push(element, format!("{token:?} is listed twice"))
                    .help("remove one of them");
            }
            seen.push(token);
        }
    }

    fn function(&mut self, value: &Expr, signature: &str, closures: &[&str]) {
        closure::check(self.name, value, closures, self.diag);
        if let Some(literal) = expr::literal_name(value) {
            self.diag
                .push(
                    value,
                    format!("`{}` takes a function, this is {literal}", self.name),
                )
                .help(format!("its shape is `{signature}`"));
        }
    }

    fn level(&mut self, value: &Expr) {
        let names: Vec<&str> = schema::LEVELS.iter().map(|(name, _)| *name).collect();
        if expr::boolean(value) == Some(false) {
            return;
        }
        if let Some(literal) = expr::literal_name(value) {
            let found = self.diag.push(
                value,
                format!("`{}` takes a level, this is {literal}", self.name),
            );
            found.help(format!("one of {}, `false`", list(names)));
            return;
        }
        self.word(value, &names, Some("`false` logs nothing"));
    }

    /// A word of a closed set; anything that is not a word is left to `rustc`.
    fn word(&mut self, value: &Expr, words: &[&str], more: Option<&str>) {
        let name = self.name;
        let Some(word) = expr::word(value).map(ToString::to_string) else {
            return;
        };
        if words.contains(&word.as_str()) {
            return;
        }
        let found = self
            .diag
            .push(value, format!("unknown value `{word}` of `{name}`"));
        match did_you_mean(&word, words.iter().copied()) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(format!("one of {}", list(words.iter().copied()))),
        };
        if let Some(more) = more {
            found.help(more);
        }
    }
}

/// The name of an environment variable is one, and `env` has nothing else.
fn variable(env: &Env, at: &Expr, diag: &mut Diagnostics) {
    let name = env.name.first().and_then(expr::text);
    match (name, env.name.len()) {
        (Some(name), 1) => {
            let text = name.value();
            let starts_well =
                text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
            if !starts_well
                || !text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            {
                let found = diag.push(
                    name,
                    format!("{text:?} is not a name of an environment variable"),
                );
                found.help(format!("write `env(\"{}\")`", variable_name(&text)));
            }
        }
        _ => {
            diag.push(at, "`env` takes the name of a variable, as a literal")
                .help("write `env(\"PORT\")`");
        }
    }
}

fn variable_name(text: &str) -> String {
    let name: String = text
        .split('=')
        .next()
        .unwrap_or_default()
        .chars()
        .map(|char| {
            if char.is_ascii_alphanumeric() {
                char.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    if name.is_empty() {
        "NAME".to_owned()
    } else {
        name
    }
}

/// Without both, any site could use the session of a visitor.
fn one_check_is_on(options: &Options, diag: &mut Diagnostics) {
    let off = |name| {
        let value = options.get(name).and_then(Entry::expr)?;
        (expr::boolean(Insecure::unwrap(value)) == Some(false)).then_some(value)
    };
    if let (Some(_), Some(value)) = (off("check_origin"), off("check_csrf")) {
        diag.push(value, "one of `check_origin` and `check_csrf` must be on")
            .help("remove `check_csrf = false`");
    }
}

/// `auth_token` makes the handshake choose `phoenix` by itself.
fn auth_token_adds_its_own(options: &Options, diag: &mut Diagnostics) {
    let on = options
        .get("auth_token")
        .and_then(Entry::expr)
        .and_then(expr::boolean)
        == Some(true);
    let listed = options
        .get("subprotocols")
        .and_then(Entry::expr)
        .and_then(expr::list);
    for element in listed.into_iter().flatten() {
        if on && expr::text(element).is_some_and(|text| text.value() == "phoenix") {
            diag.push(element, "`phoenix` is added by `auth_token`")
                .help("remove it");
        }
    }
}

/// A limit for each that is above the one for all is a mistake.
fn one_within_all(options: &Options, one: &str, all: &str, diag: &mut Diagnostics) {
    let number = |name| {
        let value = options.get(name).and_then(Entry::expr)?;
        Some((value, expr::integer(value)?))
    };
    if let (Some((value, of_one)), Some((_, of_all))) = (number(one), number(all))
        && of_one > of_all
    {
        diag.push(
            value,
            format!("`{one}` is more than `{all}`: it limits nobody"),
        )
        .help(format!("at most {of_all}"));
    }
}

fn interval_within_shutdown(options: &Options, diag: &mut Diagnostics) {
    let millis = |name| options.get(name).and_then(Entry::expr).and_then(millis);
    let (Some(interval), Some(shutdown)) = (millis("batch_interval"), millis("shutdown")) else {
        return;
    };
    if interval > shutdown {
        let at = options
            .get("batch_interval")
            .map_or_else(Span::call_site, Entry::span);
        diag.push_at(at, "the first interval is already longer than `shutdown`")
            .help("make `batch_interval` shorter, or `shutdown` longer");
    }
}

/// RFC 9110 §5.6.2.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
