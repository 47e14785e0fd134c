//! What each kind of value is, with a right and a wrong example.

use crate::language::{
    key::{Broker, Key, Kind},
    schema::LEVELS,
};

/// A kind of value in words and examples.
pub(super) struct Value {
    pub(super) what: String,
    pub(super) right: String,
    /// `None` if every mistake is left to the compiler.
    pub(super) wrong: Option<String>,
}

fn value(what: &str, right: &str, wrong: &str) -> Value {
    Value {
        what: what.to_owned(),
        right: right.to_owned(),
        wrong: Some(wrong.to_owned()),
    }
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

pub(super) fn of(key: &Key) -> Value {
    let levels = || words(LEVELS.iter().map(|(word, _)| *word));
    match key.kind {
        Kind::Flag => value("`true` or `false`", "true", "\"yes\""),
        Kind::Size { least } => size(least),
        Kind::OptionalSize { least } => size(least),
        Kind::Number { least, .. } => size(least),
        Kind::Duration => value(
            "`secs(n)`, `millis(n)` or a `Duration`",
            "secs(30)",
            "secs(0)",
        ),
        Kind::Wait { longer: true } => value(
            "a duration below 20 seconds, after which the JavaScript client gives a request up; \
             `on_purpose(.., reason = \"..\")` for more",
            "secs(10)",
            "secs(30)",
        ),
        Kind::Wait { longer: false } => value(
            "a duration below 20 seconds, after which the JavaScript client gives a request up",
            "secs(2)",
            "secs(30)",
        ),
        Kind::Timeout => value(
            "a duration, or `on_purpose(never, reason = \"..\")`",
            "secs(45)",
            "45",
        ),
        Kind::Pause => value("a duration, or `never`", "secs(30)", "30"),
        Kind::Age => value(
            "a duration of whole seconds, or `insecure(never, reason = \"..\")`",
            "secs(1_209_600)",
            "never",
        ),
        Kind::TransportPath => value(
            "a path that is appended to that of the mount",
            "\"/live\"",
            "\"live\"",
        ),
        Kind::Subprotocols => value(
            "a list of names, in the order of preference",
            "[\"chat\"]",
            "[\"a b\"]",
        ),
        Kind::CheckOrigin => value(
            "`true`, `conn`, a list of origins, a function `fn(&Origin) -> bool`, or \
             `insecure(false, reason = \"..\")`",
            "[\"https://example.com\", \"//*.example.org\"]",
            "false",
        ),
        Kind::TrustedProxies => value(
            "a list of addresses and networks, and `\"unix\"`",
            "[\"10.0.0.0/8\"]",
            "[\"10.0.0.0/33\"]",
        ),
        Kind::ConnectInfo => value(
            "a list of names, then own values as `name = value`",
            "[peer_data, uri, region = \"eu\"]",
            "[cookies]",
        ),
        Kind::Function { signature, .. } => {
            value(&format!("a function `{signature}`"), "refused", "403")
        }
        Kind::Formats => value(
            "the view of each format, in parentheses",
            "(html = ErrorHtml, json = ErrorJson)",
            "(html)",
        ),
        Kind::ErrorStatus => value("a function from an error to a status", "status_of", "404"),
        Kind::DebugErrors => value(
            "`cfg!(debug_assertions)` or another constant, or `insecure(true, reason = \"..\")`",
            "cfg!(debug_assertions)",
            "true",
        ),
        Kind::Level => value(
            &format!("a level ({}), or `false`", levels()),
            "info",
            "\"info\"",
        ),
        Kind::ChosenLevel { signature } => value(
            &format!(
                "a level ({}), `false`, or a function `{signature}`",
                levels()
            ),
            "info",
            "\"info\"",
        ),
        Kind::Word { words: known, .. } => value(
            &format!("one of {}", words(known.iter().map(|(word, _)| *word))),
            known.first().map_or("", |(word, _)| word),
            "other",
        ),
        Kind::Range { least, most } => value(
            &format!("a whole number from {least} to {most}"),
            &least.to_string(),
            &(most + 1).to_string(),
        ),
        Kind::Text => value("text", "\"text\"", "1"),
        Kind::ServerUrl(_) => value("a URL", "\"redis://localhost\"", "\"localhost\""),
        Kind::ServerUrls(Broker::Redis) => value(
            "a URL, or a list of them",
            "[\"redis://one.example\", \"redis://two.example\"]",
            "[\"localhost\"]",
        ),
        Kind::ServerUrls(Broker::Nats) => value(
            "a URL, or a list of them",
            "\"nats://localhost\"",
            "\"http://localhost\"",
        ),
        Kind::Host => value(
            "a name or an address, without scheme and port",
            "\"example.com\"",
            "\"https://example.com\"",
        ),
        Kind::Scheme => value("`\"http\"` or `\"https\"`", "\"http\"", "\"ftp\""),
        Kind::Port { least } => value(&format!("{least} to 65535"), "4000", "70_000"),
        Kind::UrlPath => value("a path", "\"/chat\"", "\"chat\""),
        Kind::Ip => value(
            "four or eight numbers, an address as text, `\"unix:/path\"`, `\"systemd\"`, or a list",
            "[127, 0, 0, 1]",
            "[127, 0, 0]",
        ),
        Kind::File => value("a path", "\"file.pem\"", "1"),
        Kind::Files => value("a path, or a list of them", "\"file.pem\"", "1"),
        Kind::Ciphers => value(
            "a list of cipher suites by name",
            "[\"TLS_AES_256_GCM_SHA384\"]",
            "[\"RC4\"]",
        ),
        Kind::PrivateKey => value("text, but no literal", "env(\"KEY\")", "\"text\""),
        Kind::Texts => value("a list of constant strings", "[\"/health\"]", "1"),
        Kind::Names => value("a list of names", "[\"password\"]", "1"),
        Kind::Patterns => value("a list of regular expressions", "[\"static/.*\"]", "1"),
        Kind::TopicPatterns => value(
            "a list of `(\"topic\", [regular expressions])`",
            "[(\"pages\", [\"posts/.*\"])]",
            "1",
        ),
        Kind::Attributes => value(
            "a list of `(\"attribute\", \"value\")`",
            "[(\"class\", \"hidden\")]",
            "1",
        ),
        Kind::Latest => value(
            "a list of `(\"app.css\", \"app-1.css\")`",
            "[(\"app.css\", \"app-1.css\")]",
            "1",
        ),
        Kind::Forwarded => value(
            "a list of headers by name",
            "[x_forwarded_proto]",
            "[\"X-Forwarded-Proto\"]",
        ),
        Kind::SecureHost => value(
            "a host, with a port or without, `conn`, or a function of the request's head",
            "\"example.com\"",
            "\"https://example.com\"",
        ),
        Kind::Excluded => value(
            "a list of hosts, or a function of the request's head",
            "[\"localhost\"]",
            "1",
        ),
        Kind::WhoMay => value(
            "a function `fn(&http::request::Parts) -> Access`",
            "may_see",
            "\"admin\"",
        ),
        Kind::Serializers => value(
            "a list of `(serializer, requirement)`",
            "[(V2, \"~> 2.0.0\")]",
            "[\"2.0.0\"]",
        ),
        Kind::Secret => value(
            "text, but no literal: `env(..)`, or an expression",
            "env(\"SECRET\")",
            "\"secret\"",
        ),
        Kind::Transport => value(
            "a value whose type implements `Transport`, or a closure `|edge|` that makes one",
            "Sse::new()",
            "\"sse\"",
        ),
        Kind::Adapter => value(
            "a value whose type implements `Adapter`, or a closure `|state|` that makes one",
            "Broker::new()",
            "\"redis\"",
        ),
        Kind::Constant => Value {
            what: "any constant".to_owned(),
            right: "LIMITS".to_owned(),
            wrong: None,
        },
        Kind::Group(_) => group("its keys in parentheses"),
        Kind::SwitchedGroup(_) => group("`true`, `false`, or its keys in parentheses"),
        Kind::OptionalGroup(_) => group("`false`, or its keys in parentheses"),
    }
}

fn size(least: u64) -> Value {
    let wrong = match least {
        0 => "-1".to_owned(),
        least => (least - 1).to_string(),
    };
    value(
        &format!("a whole number from {least} on"),
        &least.max(1_000).to_string(),
        &wrong,
    )
}

fn group(what: &str) -> Value {
    Value {
        what: what.to_owned(),
        right: String::new(),
        wrong: None,
    }
}
