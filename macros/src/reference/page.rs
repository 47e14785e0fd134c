//! The entries, in the order of the schema.

use std::{collections::BTreeMap, fmt::Write};

use proc_macro2::TokenStream;

use super::{
    about::{self, About},
    value,
};
use crate::{
    block::callback::Callback,
    channel::callback::CALLBACKS,
    language::{
        key::{Directive, Form, Group, Key, Kind, Phase},
        schema,
    },
    socket::callback::{PLAIN, WITH_CHANNELS},
    testing::errors,
};

const HEAD: &str = "\
Every directive of `endpoint!` and every key, generated from the table by which the macros judge them. What stands in brackets
at the end of a compile error's first line is a name of this page, and `landfall explain NAME` prints its entry.

Keys that are fixed *at start* are defaults: a file, the environment, start options and `init` override them, in this order.
They take any expression, `env(\"NAME\")` and `env(\"NAME\").or(value)`. Those that are fixed *at compile time* take constants.
";

const ENDPOINT: &str = "\
The body of `endpoint!` is a list of Rust statements: one `struct`, the hook `fn init`, and directives, which are
`name(key = value, ..);` or `name = value;`. Each ends with `;`. Attributes are `#[cfg(..)]`, lint levels and documentation.

```text
endpoint! {
    pub struct Web;

    http(port = 4000);
    socket(\"/socket\", Room);

    fn init(config: Config) -> Result<Config, ConfigError> {
        Ok(config)
    }
}
```";

const CHANNEL: &str = "\
`#[channel(UserSocket)]` goes on an impl block with callbacks, which are found by name, and handlers, whose attributes
`#[handle_in(\"event\")]` and `#[handle_out(\"event\")]` name their events.

```text
#[channel(UserSocket)]
impl Room {
    async fn join(#[rest] room: RoomId) -> Result<Self, JoinError> { .. }

    #[handle_in(\"say\")]
    async fn say(&mut self, text: String, out: &mut Outlet) -> Answer { .. }
}
```";

/// Keys that must stand beside a key, so that its example is right.
const BESIDE: &[(&str, &str)] = &[
    ("url.scheme", "port = 80"),
    ("pubsub.redis.tls.cert", "key = \"file.pem\""),
    ("pubsub.redis.tls.key", "cert = \"file.pem\""),
    ("pubsub.nats.tls.cert", "key = \"file.pem\""),
    ("pubsub.nats.tls.key", "cert = \"file.pem\""),
    ("pubsub.redis.compression", "wire = phoenix"),
    ("https.certfile", "keyfile = \"file.pem\""),
    ("https.keyfile", "certfile = \"file.pem\""),
    (
        "force_ssl.preload",
        "subdomains = true, expires = 31_536_000",
    ),
];

/// Keys that are code, and no fields.
const WITHOUT_FIELD: &[(&str, &str)] = &[(
    "pubsub.adapter",
    "An adapter of the application's own, which connects the nodes.",
)];

/// Examples that are better than that of their kind.
const EXAMPLES: &[(&str, &str)] = &[
    ("server", "env(\"SERVER\").or(false)"),
    ("live_reload.in_release", "false"),
    ("cache_static_manifest", "\"static/cache_manifest.json\""),
    ("secret_key_base", "env(\"SECRET_KEY_BASE\")"),
];

struct Page {
    about: BTreeMap<(String, String), About>,
    text: String,
    /// Examples that are not what they are said to be, and keys without documentation.
    problems: Vec<String>,
}

/// How a key is written: what stands around `key = value`.
#[derive(Clone)]
struct Place {
    /// `http`, `websocket.outbox`
    name: String,
    before: String,
    after: String,
    phase: Phase,
    expand: fn(TokenStream) -> TokenStream,
}

pub(super) fn whole() -> String {
    let mut page = Page {
        about: about::all(),
        text: HEAD.to_owned(),
        problems: Vec::new(),
    };
    page.declared("endpoint", ENDPOINT);
    for directive in schema::DIRECTIVES {
        page.directive(directive);
    }
    page.attribute(
        "#[socket(channel(\"room:*\", Room), ",
        ")]",
        &schema::CHANNEL_OPTIONS,
        socket_attribute,
    );
    page.attribute(
        "#[socket(channel(\"room:*\", Room, ",
        "))]",
        &schema::ROUTE,
        socket_attribute,
    );
    page.callbacks("socket", PLAIN.iter().chain(WITH_CHANNELS));
    page.declared("channel", CHANNEL);
    page.attribute(
        "#[channel(UserSocket, ",
        ")]",
        &schema::CHANNEL,
        channel_attribute,
    );
    page.callbacks("channel", CALLBACKS.iter());
    assert!(page.problems.is_empty(), "{:#?}", page.problems);
    page.text
}

fn endpoint(statement: TokenStream) -> TokenStream {
    let declared = statement.to_string();
    let rest = match declared.starts_with("secret_key_base") {
        true => "",
        false => "secret_key_base = env(\"SECRET_KEY_BASE\");",
    };
    let declaration = format!("pub struct Web; {rest} {declared}");
    crate::endpoint::run(declaration.parse().unwrap())
}

const SOCKET_BLOCK: &str = "impl Chat { async fn connect() -> Result<Self, Refused> { Ok(Chat) } }";

const CHANNEL_BLOCK: &str = "impl Room { async fn join() -> Result<Self, JoinError> { Ok(Room) } }";

/// The arguments in `#[name(arguments)]`.
fn arguments(attribute: &TokenStream) -> TokenStream {
    let text = attribute.to_string();
    let (_, rest) = text.split_once('(').unwrap();
    let (inner, _) = rest.rsplit_once(')').unwrap();
    inner.parse().unwrap()
}

fn socket_attribute(attribute: TokenStream) -> TokenStream {
    crate::socket::run(arguments(&attribute), SOCKET_BLOCK.parse().unwrap())
}

fn channel_attribute(attribute: TokenStream) -> TokenStream {
    crate::channel::run(arguments(&attribute), CHANNEL_BLOCK.parse().unwrap())
}

impl Page {
    fn directive(&mut self, directive: &Directive) {
        let name = directive.name;
        let place = |before: String, after: &str| Place {
            name: name.to_owned(),
            before,
            after: after.to_owned(),
            phase: directive.phase,
            expand: endpoint,
        };
        let in_parentheses = place(format!("{name}("), ");");
        match directive.form {
            Form::Value(key) => {
                let place = Place {
                    name: String::new(),
                    ..place(String::new(), ";")
                };
                self.key(key, "Directives", "Settings", &place, directive.since);
            }
            Form::Group(group) | Form::Switched(group) => {
                let what = match directive.form {
                    Form::Switched(_) => "its keys in parentheses, or `false`",
                    _ => "its keys in parentheses",
                };
                self.named(directive, what);
                self.group(group, &in_parentheses);
            }
            Form::Socket => {
                self.named(directive, "a path, a type, then keys");
                let place = place("socket(\"/socket\", Room, ".to_owned(), ");");
                self.group(&schema::SOCKET, &place);
            }
            Form::Extra => self.named(directive, "any names"),
            Form::Watchers => self.named(directive, "any names, or `false`"),
            Form::Expression => self.named(
                directive,
                "an expression, or a closure that is given the running endpoint",
            ),
            Form::Expressions => self.named(
                directive,
                "expressions, or closures that are given the application's state",
            ),
            Form::Path => self.named(
                directive,
                "where this crate is, for crates that re-export it",
            ),
            Form::Type => self.named(directive, "a type"),
        }
    }

    /// The heading of what has a form rather than a value.
    fn declared(&mut self, name: &str, text: &str) {
        writeln!(self.text, "\n## `{name}`\n\n{text}").unwrap();
    }

    fn callbacks<'a>(&mut self, owner: &str, callbacks: impl Iterator<Item = &'a Callback>) {
        let mut seen = Vec::new();
        for callback in callbacks {
            let Callback {
                name,
                required,
                signature,
                ..
            } = callback;
            if seen.contains(name) {
                continue;
            }
            seen.push(name);
            let needed = match required {
                true => "It must be there.",
                false => "It may be left out.",
            };
            let text = format!("A callback of `#[{owner}]`. {needed}\n\n```text\n{signature}\n```");
            self.declared(&format!("{owner}.{name}"), &text);
        }
    }

    /// The heading of a directive that is no single value.
    fn named(&mut self, directive: &Directive, what: &str) {
        let name = directive.name;
        let about = self.about.get(&("Directives".to_owned(), name.to_owned()));
        let live = self.about.get(&("Settings".to_owned(), name.to_owned()));
        let live = live.is_some_and(|about| about.live);
        let (text, default) = about.map_or((String::new(), None), |about| {
            (about.text.clone(), about.default.clone())
        });
        self.heading(name, &text, what, default.as_deref());
        self.facts(directive.phase, live, directive.since);
    }

    fn group(&mut self, group: &Group, place: &Place) {
        let list = match group.literal {
            "Mount" => "MountKeys",
            "ChannelSocket" => "SocketKeys",
            "Route" => "RouteKeys",
            literal => literal,
        };
        for key in group.keys {
            self.key(key, list, group.literal, place, key.since);
        }
    }

    fn attribute(
        &mut self,
        before: &str,
        after: &str,
        group: &Group,
        expand: fn(TokenStream) -> TokenStream,
    ) {
        let name = match group.literal {
            "ChannelSocket" => "socket",
            _ => "channel",
        };
        let place = Place {
            name: name.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
            phase: Phase::Compile,
            expand,
        };
        self.group(group, &place);
    }

    fn key(&mut self, key: &Key, list: &str, owner: &str, place: &Place, since: &str) {
        let name = match place.name.is_empty() {
            true => key.name.to_owned(),
            false => format!("{}.{}", place.name, key.name),
        };
        let of = |owner: &str| self.about.get(&(owner.to_owned(), key.name.to_owned()));
        let (first, second) = (of(list), of(owner));
        let own = WITHOUT_FIELD.iter().find(|(known, _)| *known == name);
        let text = match (first.or(second), own) {
            (Some(about), _) => about.text.clone(),
            (None, Some((_, text))) => (*text).to_owned(),
            (None, None) => {
                return self.problems.push(format!(
                    "no documentation of `{name}` in `{list}` or `{owner}`"
                ));
            }
        };
        let default = [first, second]
            .into_iter()
            .flatten()
            .find_map(|about| about.default.clone());
        let live = second.is_some_and(|about| about.live);
        let mut value = value::of(key);
        if let Some((_, right)) = EXAMPLES.iter().find(|(known, _)| *known == name) {
            (*right).clone_into(&mut value.right);
        }
        self.heading(&name, &text, &value.what, default.as_deref());
        self.facts(place.phase, live, since);
        match key.kind.group() {
            Some(group) => {
                let before = format!("{}{}(", place.before, key.name);
                let inner = Place {
                    name,
                    before,
                    after: format!("){}", place.after),
                    phase: match group.phase {
                        Phase::Either => Phase::Either,
                        _ => place.phase,
                    },
                    ..place.clone()
                };
                self.group(group, &inner);
            }
            None => self.examples(key, &name, &value, place),
        }
    }

    fn examples(&mut self, key: &Key, name: &str, value: &value::Value, place: &Place) {
        let written = |value: &str| match key.kind {
            Kind::Formats => format!("{}{value}", key.name),
            _ => format!("{} = {value}", key.name),
        };
        let beside = BESIDE.iter().find(|(known, _)| *known == name);
        let beside = beside.map_or(String::new(), |(_, keys)| format!("{keys}, "));
        let write = |value: &str| {
            let (before, after) = (&place.before, &place.after);
            format!("{before}{beside}{}{after}", written(value))
        };
        let said = |statement: &str| {
            let expansion = (place.expand)(statement.parse().unwrap());
            errors(expansion)
        };
        let right = write(&value.right);
        let found = said(&right);
        if !found.is_empty() {
            self.problems
                .push(format!("`{right}` is not right: {found:?}"));
        }
        writeln!(self.text, "\n```text\n{right}\n```").unwrap();
        let Some(wrong) = value.wrong.as_deref().map(write) else {
            return;
        };
        let found = said(&wrong);
        let Some(first) = found.first() else {
            return self.problems.push(format!("`{wrong}` is not wrong"));
        };
        writeln!(
            self.text,
            "\nWrong:\n\n```text\n{wrong}\n\nerror: {}\n```",
            first.trim_end()
        )
        .unwrap();
    }

    fn heading(&mut self, name: &str, text: &str, what: &str, default: Option<&str>) {
        let default = default.unwrap_or("none");
        writeln!(self.text, "\n## `{name}`\n").unwrap();
        if !text.is_empty() {
            writeln!(self.text, "{text}\n").unwrap();
        }
        writeln!(self.text, "- value: {what}\n- default: {default}").unwrap();
    }

    fn facts(&mut self, phase: Phase, live: bool, since: &str) {
        let fixed = match (phase, live) {
            (Phase::Compile, _) => "at compile time",
            (Phase::Either, _) => "at compile time, or at start by `env(..)` or a function",
            (Phase::Start, false) => "at start",
            (Phase::Start, true) => "at start, and again at each reload of the configuration",
        };
        writeln!(self.text, "- fixed: {fixed}\n- since: {since}").unwrap();
    }
}
