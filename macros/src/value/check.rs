//! Checks of values. What only the runtime knows is left to the runtime, and what `rustc` says
//! better is left to `rustc`.

mod live_reload;
mod numbers;
mod protocols;
mod text;
mod time;
mod together;
mod variable;
mod words;

use quote::ToTokens;
use syn::Expr;

pub(crate) use self::time::millis;
use self::time::{TOO_LONG, outlasts_the_client};
pub(crate) use self::variable::not_read_at_start;
use crate::{
    diag::Diagnostics,
    language::{
        expr::{self, Acknowledged, Env},
        key::{Kind, Phase},
        options::{Options, Value},
    },
    value::{
        closure, connect_info, formats, host, latest, origin, pattern, place, proxies, secret,
        server_urls,
    },
};

/// Checks every value of a group, and the group as a whole.
pub(crate) fn options(options: &Options, diag: &mut Diagnostics) {
    for entry in &options.entries {
        diag.within(entry.key.name, |diag| match &entry.value {
            Value::Expr(value) => {
                Check {
                    name: entry.key.name,
                    kind: entry.key.kind,
                    diag,
                }
                .value(value, options.group.phase);
            }
            Value::Group(nested) => self::options(nested, diag),
        });
    }
    together::check(options, diag);
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

/// Checks a value of `extra(..)`. Only its source is known: a constant, or the environment.
pub(crate) fn extra(value: &Expr, may_be_env: bool, diag: &mut Diagnostics) {
    let Some(env) = Env::of(value) else { return };
    if may_be_env {
        variable::check(&env, value, diag);
    } else {
        diag.push(value, "`env(..)` gives a whole setting, not a part of one")
            .help("write `extra(name = env(\"NAME\"))`");
    }
}

/// Closures that look at the head of a request.
const OF_A_HEAD: &[&str] = &["|head|", "|head, edge|"];

/// The same, where the second argument is a handle.
const OF_A_REQUEST: &[&str] = &["|head|", "|head, handle|"];

struct Check<'a> {
    name: &'static str,
    kind: Kind,
    diag: &'a mut Diagnostics,
}

impl Check<'_> {
    fn value(mut self, value: &Expr, phase: Phase) {
        // An adapter is code, not a setting.
        let env = Env::of(value).filter(|_| !matches!(self.kind, Kind::Adapter));
        let Some(env) = env else {
            if variable::within(self.name, value, self.diag) {
                return;
            }
            return self.acknowledged(value);
        };
        if phase == Phase::Compile {
            not_read_at_start(self.name, value, self.diag)
                .help("use a constant, such as one made with `cfg!(..)` or `option_env!(..)`");
            return;
        }
        variable::check(&env, value, self.diag);
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

    /// Looks through `insecure(value, reason = "..")` and `on_purpose(value, reason = "..")`.
    fn acknowledged(&mut self, value: &Expr) {
        let Some(acknowledged) = Acknowledged::of(value) else {
            let before = self.diag.count();
            self.weakens(value);
            // What else is wrong with a secret does not matter once it has left the source.
            let told = matches!(self.kind, Kind::Secret) && self.diag.count() > before;
            if !told {
                self.plain(value);
            }
            return;
        };
        let word = self.kind.acknowledgement();
        if acknowledged.word != word {
            self.diag
                .push(
                    acknowledged.word,
                    format!("`{}` takes `{word}(..)` here", self.name),
                )
                .help(format!(
                    "write `{} = {word}(value, reason = \"..\")`",
                    self.name
                ));
        }
        match acknowledged.reason {
            Some(reason) if !reason.value().trim().is_empty() => {}
            Some(reason) => {
                self.diag
                    .push(reason, "the reason is empty")
                    .help("say why this is right here");
            }
            None => {
                self.diag
                    .push(value, format!("`{word}(..)` needs a reason"))
                    .help(format!(
                        "write `{word}(value, reason = \"why this is right here\")`"
                    ));
            }
        }
        self.plain(acknowledged.value);
    }

    /// Reports a value that works, but must be acknowledged.
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
            (Kind::DebugErrors, _) if expr::boolean(value) == Some(true) => {
                let found = self.diag.push(
                    value,
                    "`debug_errors` would show source code and requests to everyone",
                );
                found.help("write `debug_errors = cfg!(debug_assertions)`: debug builds, and this machine alone");
                found.help("or write `debug_errors = insecure(true, reason = \"..\")`");
                return;
            }
            (Kind::Flag, _) if self.name == "in_release" && expr::boolean(value) == Some(true) => {
                ("everybody would be told when files change", "true")
            }
            (Kind::CheckOrigin, _) => {
                origin::public_suffixes(value, self.diag);
                return origin::hardly_meant(value, self.diag);
            }
            (Kind::Wait { longer: true }, _) if outlasts_the_client(value) => {
                let found = self.diag.push(value, TOO_LONG);
                found.help("at most `secs(15)`");
                let name = self.name;
                let shown = value.to_token_stream();
                found.help(format!(
                    "or, if your clients wait longer by `longpollerTimeout`, write `{name} = on_purpose({shown}, reason = \"..\")`"
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
            (Kind::Secret, _) => return secret::in_the_source(self.name, value, self.diag),
            (Kind::ServerUrl(broker) | Kind::ServerUrls(broker), _) => {
                return server_urls::secrets_in_the_source(self.name, value, broker, self.diag);
            }
            _ => return,
        };
        self.diag.push(value, message).help(format!(
            "if that is right here, write `{} = {}({form}, reason = \"..\")`",
            self.name,
            self.kind.acknowledgement()
        ));
    }

    fn plain(&mut self, value: &Expr) {
        match self.kind {
            Kind::Flag => self.flag(value),
            Kind::Size { least } | Kind::OptionalSize { least } => self.size(value, least),
            Kind::Number { least, .. } => self.number(value, least),
            Kind::Duration => self.duration(value, None),
            Kind::Wait { longer } => self.wait(value, longer),
            Kind::Age => {
                self.duration(value, Some("insecure(never, reason = \"..\")"));
                self.whole_seconds(value);
            }
            Kind::Timeout => self.duration(value, Some("on_purpose(never, reason = \"..\")")),
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
            Kind::Formats => formats::check(value, self.diag),
            Kind::ErrorStatus => {
                let signature = "fn(&(dyn Error + 'static)) -> Option<StatusCode>";
                self.function(value, signature, &["|error|"]);
            }
            Kind::DebugErrors => self.debug_errors(value),
            Kind::Level => self.level(value),
            Kind::ChosenLevel { signature } => self.chosen_level(value, signature),
            Kind::Word { words, .. } => self.word(
                value,
                &words.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
                None,
            ),
            Kind::Text => self.text(value, |_, _| {}),
            Kind::Host => self.text(value, host::check),
            Kind::Scheme => {
                if let Some(word) =
                    expr::word(value).filter(|word| *word == "http" || *word == "https")
                {
                    self.diag
                        .push(value, "`scheme` takes a string")
                        .help(format!("write `scheme = \"{word}\"`"));
                }
                self.text(value, host::check_scheme);
            }
            Kind::Port { least } => self.port(value, least),
            Kind::UrlPath => {
                let name = self.name;
                self.text(value, |text, diag| {
                    pattern::check_url_path(name, text, diag)
                });
            }
            Kind::Ip => place::check(value, self.diag),
            Kind::File => self.file(value, "a path"),
            Kind::Files => self.files(value),
            Kind::Ciphers => self.ciphers(value),
            Kind::PrivateKey => self.private_key(value),
            Kind::Texts => self.texts(value),
            Kind::Names => self.names(value),
            Kind::Patterns => self.patterns(value),
            Kind::TopicPatterns => self.topics(value),
            Kind::Attributes => self.attributes(value),
            Kind::Latest => latest::check(self.name, value, self.diag),
            Kind::Forwarded => self.forwarded(value),
            Kind::SecureHost => {
                closure::check(self.name, value, OF_A_HEAD, self.diag);
                self.secure_host(value);
            }
            Kind::Excluded => {
                closure::check(self.name, value, OF_A_HEAD, self.diag);
                self.texts(value);
            }
            Kind::WhoMay => {
                closure::check(self.name, value, OF_A_REQUEST, self.diag);
                self.who_may(value);
            }
            Kind::Secret => secret::check(self.name, value, self.diag),
            Kind::Range { least, most } => self.range(value, least, most),
            Kind::ServerUrl(broker) => server_urls::check(self.name, value, broker, self.diag),
            Kind::ServerUrls(broker) => {
                server_urls::check_all(self.name, value, broker, self.diag);
            }
            Kind::Transport => self.transport(value),
            Kind::Adapter => self.adapter(value),
            Kind::Serializers => self.serializers(value),
            Kind::Constant => {}
            Kind::Group(_) | Kind::SwitchedGroup(_) | Kind::OptionalGroup(_) => {}
        }
    }

    fn debug_errors(&mut self, value: &Expr) {
        if let (None, Some(literal)) = (expr::boolean(value), expr::literal_name(value)) {
            let message = format!("`debug_errors` takes `true` or `false`, this is {literal}");
            self.diag
                .push(value, message)
                .help("write `debug_errors = cfg!(debug_assertions)`");
        }
    }

    fn who_may(&mut self, value: &Expr) {
        let Some(literal) = expr::literal_name(value) else {
            return;
        };
        let message = format!("`who_may` takes a function, this is {literal}");
        let found = self.diag.push(value, message);
        found.help("its shape is `fn(&http::request::Parts) -> Access`");
        if expr::boolean(value) == Some(true) {
            found.help(
                "the dashboard shows addresses, topics and log lines: do not let everybody see it",
            );
        }
    }

    fn adapter(&mut self, value: &Expr) {
        closure::check(self.name, value, &["|state|"], self.diag);
        let name = self.name;
        if let Some(literal) = expr::literal_name(value) {
            let message = format!("`{name}` takes an adapter, this is {literal}");
            let found = self.diag.push(value, message);
            found.help(format!(
                "write `{name} = Broker::new()`, with a type that implements `Adapter`"
            ));
        } else if Env::of(value).is_some() {
            let message =
                format!("`{name}` takes an adapter, this is a variable of the environment");
            let found = self.diag.push(value, message);
            found.help(format!(
                "write `{name} = Broker::new()`, with a type that implements `Adapter`"
            ));
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
}
