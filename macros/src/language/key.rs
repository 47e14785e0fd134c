//! What a directive and a key are, and the kinds of values that keys take.

/// The version of everything that was there from the beginning.
pub(super) const FIRST: &str = "0.1.0";

/// When a value is fixed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// In the binary: a constant.
    Compile,
    /// In the binary, or at start: a constant, a function's result or a variable.
    Either,
    /// At start: a default that a file, the environment, start options and `init` override.
    Start,
}

/// `name(key = value, ..)`: lowers to a literal of the runtime's struct `literal`.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) literal: &'static str,
    pub(crate) phase: Phase,
    pub(crate) keys: &'static [Key],
}

/// `name = value`: one field of the group's struct.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// The version that has it first.
    #[cfg_attr(
        not(all(test, feature = "channels")),
        expect(dead_code, reason = "the reference says it")
    )]
    pub(crate) since: &'static str,
}

/// What a key takes.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// `true` or `false`.
    Flag,
    /// A number of bytes or things.
    Size { least: u64 },
    /// A number that may be absent.
    OptionalSize { least: u64 },
    /// A number that the runtime's `check` accepts.
    Number { least: u64, check: &'static str },
    /// `secs(n)`, `millis(n)` or a `Duration`.
    Duration,
    /// A duration below what the JavaScript client waits for. `longer`: past that if acknowledged.
    Wait { longer: bool },
    /// A duration or `on_purpose(never, ..)`.
    Timeout,
    /// A duration or `never`.
    Pause,
    /// A duration of whole seconds, or `insecure(never, ..)`.
    Age,
    /// A path that is appended to the mount's path.
    TransportPath,
    /// A list of RFC 9110 tokens.
    Subprotocols,
    /// `true`, `conn`, a list of origins, a function, or `insecure(false, ..)`.
    CheckOrigin,
    /// A list of addresses and networks, and `"unix"`.
    TrustedProxies,
    /// A list of built-in names, then `name = value` of the application.
    ConnectInfo,
    /// A function, or a closure of one of these forms.
    Function {
        signature: &'static str,
        closures: &'static [&'static str],
    },
    /// `(format = view, format("media/type") = view)`.
    Formats,
    /// A function from an error to a status, or a closure `|error|`.
    ErrorStatus,
    /// `cfg!(debug_assertions)` or another constant, or `insecure(true, ..)`.
    DebugErrors,
    /// A log level or `false`.
    Level,
    /// One of the words, each a variant of the runtime's enum.
    Word {
        literal: &'static str,
        words: &'static [(&'static str, &'static str)],
    },
    /// A number in a range.
    Range { least: u64, most: u64 },
    /// Any text.
    Text,
    /// The URL of a broker's server.
    ServerUrl(Broker),
    /// One of those, or a list of them.
    ServerUrls(Broker),
    /// A host name or address, without scheme and port.
    Host,
    /// `"http"` or `"https"`.
    Scheme,
    /// A port.
    Port { least: u64 },
    /// A path that URLs begin with.
    UrlPath,
    /// Four or eight numbers, or an address as text.
    Ip,
    /// A path.
    File,
    /// A path, or a list of them.
    Files,
    /// A list of cipher suites by name.
    Ciphers,
    /// A private key as text: never a literal.
    PrivateKey,
    /// A list of constant strings.
    Texts,
    /// A list of names of parameters.
    Names,
    /// A list of regular expressions.
    Patterns,
    /// A list of `("topic", [regular expressions])`.
    TopicPatterns,
    /// A list of `("attribute", "value")`.
    Attributes,
    /// A list of `("app.css", "app-1.css")`.
    Latest,
    /// A list of forwarding headers.
    Forwarded,
    /// A host, with a port or without, `conn`, or a function of the request's head.
    SecureHost,
    /// A list of hosts, or a function of the request's head.
    Excluded,
    /// A function of the request's head.
    WhoMay,
    /// A level, `false`, or a function of what is logged that returns the level.
    ChosenLevel {
        /// The function's type.
        signature: &'static str,
    },
    /// A list of `(serializer, "~> 2.0.0")`.
    Serializers,
    /// Any constant.
    Constant,
    /// A secret: never a literal.
    Secret,
    /// A group of keys in place of a value.
    Group(&'static Group),
    /// A value of a type that implements `Transport`.
    Transport,
    /// A value of a type that implements `Adapter`, or a closure that takes the state and makes one.
    Adapter,
    /// A group, `true` or `false`; the name alone is `true`.
    SwitchedGroup(&'static Group),
    /// A group or `false`.
    OptionalGroup(&'static Group),
}

/// What nodes reach each other by.
#[derive(Clone, Copy)]
pub(crate) enum Broker {
    Redis,
    Nats,
}

/// A statement of `endpoint!`.
pub(crate) struct Directive {
    pub(crate) name: &'static str,
    pub(crate) phase: Phase,
    pub(crate) form: Form,
    /// The version that has it first.
    #[cfg_attr(
        not(all(test, feature = "channels")),
        expect(dead_code, reason = "the reference says it")
    )]
    pub(crate) since: &'static str,
}

/// How a directive is written.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// `name(key = value, ..);`
    Group(&'static Group),
    /// `name(key = value, ..);` or `name = false;`
    Switched(&'static Group),
    /// `name = value;`
    Value(&'static Key),
    /// `extra(name = value, ..);`
    Extra,
    /// `watchers(name = value, ..);` or `watchers = false;`
    Watchers,
    /// `socket("/path", Type, ..);`
    Socket,
    /// `name(expression);`
    Expression,
    /// `name(expression, ..);`
    Expressions,
    /// `name = some::path;`
    Path,
    /// `name = Type;`
    Type,
}

/// A key that was there from the beginning.
pub(super) const fn key(name: &'static str, kind: Kind) -> Key {
    Key {
        name,
        kind,
        since: FIRST,
    }
}

impl Kind {
    /// The word that acknowledges a value that is refused otherwise. It is `insecure` if a hostile
    /// site or client gains by the value.
    pub(crate) fn acknowledgement(self) -> &'static str {
        match self {
            Kind::Wait { .. } | Kind::Timeout | Kind::TransportPath => "on_purpose",
            _ => "insecure",
        }
    }

    /// The group, if it takes one.
    pub(crate) fn group(self) -> Option<&'static Group> {
        match self {
            Kind::Group(group) | Kind::SwitchedGroup(group) | Kind::OptionalGroup(group) => {
                Some(group)
            }
            _ => None,
        }
    }
}

impl Group {
    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    pub(crate) fn key_names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.name)
    }
}
