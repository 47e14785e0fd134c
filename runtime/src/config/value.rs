//! Reads a key's value from text (an environment variable) and from a file.

use std::{fmt, num::IntErrorKind, time::Duration};

use super::{ConfigError, Secret, TrustedProxies, finding::Findings, item::Item, key::Key, origin};
use crate::{
    grammar::{self, network::Network},
    origin::CheckOrigin,
    proxies::Entry,
};

/// The maximum duration. A longer one is a mistake, and could overflow the clock.
const LONGEST_TIME: Duration = Duration::from_secs(366 * 24 * 3600);

type Read<T> = Result<T, ConfigError>;

/// A kind of value.
pub(super) trait Value: Same {
    /// The form of a value, for messages.
    const TAKES: &'static str;

    /// Whether a declaration must not contain the value.
    const IS_SECRET: bool = false;

    fn from_text(key: Key<'_>, text: String) -> Read<Self>;

    /// `None` when it is another kind of value.
    fn from_item(key: Key<'_>, value: &Item) -> Option<Read<Self>>;

    /// The checks for all values of this kind, for any key.
    fn check(&self, _: Key<'_>, _: &mut Findings) {}

    fn read_item(key: Key<'_>, value: &Item) -> Read<Self> {
        match Self::from_item(key, value) {
            Some(read) => read,
            None => Err(of_another_kind(key, Self::TAKES, value)),
        }
    }
}

fn of_another_kind(key: Key<'_>, takes: &str, value: &Item) -> ConfigError {
    let kind = value.kind();
    ConfigError::new(format!("`{key}` takes {takes}, this is {kind}"))
}

/// Whether two values are the same: for the keys that `init` or a reload changes.
pub(super) trait Same: Sized {
    fn is_same(&self, other: &Self) -> bool;
}

impl<T: PartialEq> Same for T {
    fn is_same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Same for Secret {
    fn is_same(&self, other: &Self) -> bool {
        self.is_same(other)
    }
}

impl Value for String {
    const TAKES: &'static str = "a string";

    fn from_text(_: Key<'_>, text: String) -> Read<Self> {
        Ok(text)
    }

    fn from_item(_: Key<'_>, value: &Item) -> Option<Read<Self>> {
        value.as_str().map(|text| Ok(text.to_owned()))
    }
}

impl Value for Secret {
    const TAKES: &'static str = "a string";
    const IS_SECRET: bool = true;

    fn from_text(_: Key<'_>, text: String) -> Read<Self> {
        Ok(text.into())
    }

    fn from_item(_: Key<'_>, value: &Item) -> Option<Read<Self>> {
        value.as_str().map(|text| Ok(text.into()))
    }

    fn check(&self, key: Key<'_>, found: &mut Findings) {
        if key.0 != "secret_key_base" {
            return;
        }
        if let Err(mistake) = grammar::secret::check(self.expose()) {
            found.error(key, mistake.into());
        }
    }
}

impl Value for bool {
    const TAKES: &'static str = "`true` or `false`";

    fn from_text(key: Key<'_>, text: String) -> Read<Self> {
        match text.as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(ConfigError::new(format!(
                "`{key}` takes `true` or `false`, not `{text:?}`"
            ))),
        }
    }

    fn from_item(_: Key<'_>, value: &Item) -> Option<Read<Self>> {
        value.as_bool().map(Ok)
    }
}

/// Ports.
impl Value for u16 {
    const TAKES: &'static str = "a number";

    fn from_text(key: Key<'_>, text: String) -> Read<Self> {
        match parse_integer(key, &text, 10)? {
            Some(number) => Ok(number),
            None => Err(port_range(key.least_port())),
        }
    }

    fn from_item(key: Key<'_>, value: &Item) -> Option<Read<Self>> {
        match value {
            // The port of a URL may be text, in a file as well as in the environment.
            Item::String(text) => Some(Self::from_text(key, text.clone())),
            Item::Integer(digits, radix) => Some(
                parse_integer(key, digits, *radix)
                    .and_then(|number| number.ok_or_else(|| port_range(key.least_port()))),
            ),
            _ => None,
        }
    }

    fn check(&self, key: Key<'_>, found: &mut Findings) {
        let least = key.least_port();
        if *self < least {
            let help = "for a port chosen by the system use `http(port = 0)`";
            found.error(key, port_range(least).help(help));
        }
    }
}

/// `low` is 0 for the port of a listener, and 1 for that of a URL.
pub(super) fn port_range(low: u16) -> ConfigError {
    ConfigError::new(format!("`port` must be between {low} and 65535"))
}

impl Value for usize {
    const TAKES: &'static str = "a number";

    fn from_text(key: Key<'_>, text: String) -> Read<Self> {
        parse_integer(key, &text, 10)?.ok_or_else(|| must_be_positive(key))
    }

    fn from_item(key: Key<'_>, value: &Item) -> Option<Read<Self>> {
        let Item::Integer(digits, radix) = value else {
            return None;
        };
        let number = parse_integer(key, digits, *radix);
        Some(number.and_then(|number| number.ok_or_else(|| must_be_positive(key))))
    }

    fn check(&self, key: Key<'_>, found: &mut Findings) {
        if *self == 0 {
            found.error(key, must_be_positive(key));
        }
    }
}

pub(super) fn must_be_positive(key: impl fmt::Display) -> ConfigError {
    ConfigError::new(format!("`{key}` must be positive"))
}

/// The value that one of two words stands for.
pub(super) fn one_of<T: Copy>(key: Key<'_>, text: &str, words: [(&str, T); 2]) -> Read<T> {
    let [(one, _), (other, _)] = words;
    let found = words.iter().find(|(word, _)| *word == text);
    found
        .map(|(_, value)| *value)
        .ok_or_else(|| ConfigError::new(format!("`{key}` is `{one}` or `{other}`, not `{text:?}`")))
}

/// `None` if the type cannot hold the number.
pub(super) fn parse_integer<N: TryFrom<i64>>(
    key: Key<'_>,
    text: &str,
    radix: u32,
) -> Read<Option<N>> {
    match i64::from_str_radix(text, radix) {
        Ok(number) => Ok(N::try_from(number).ok()),
        Err(error)
            if matches!(
                error.kind(),
                IntErrorKind::PosOverflow | IntErrorKind::NegOverflow
            ) =>
        {
            Ok(None)
        }
        Err(_) => Err(ConfigError::new(format!(
            "`{key}` is a number, not `{text:?}`"
        ))),
    }
}

impl Value for Duration {
    const TAKES: &'static str = "a time such as `\"15s\"`";

    fn from_text(key: Key<'_>, text: String) -> Read<Self> {
        duration(&text).ok_or_else(|| {
            ConfigError::new(format!("`{key}` takes a time, not `{text:?}`"))
                .help("write `\"500ms\"`, `\"15s\"`, `\"5m\"` or `\"1h\"`")
        })
    }

    fn from_item(key: Key<'_>, value: &Item) -> Option<Read<Self>> {
        match value {
            Item::String(text) => Some(Self::from_text(key, text.clone())),
            Item::Integer(digits, _) => {
                Some(Err(ConfigError::new(format!("`{key}` needs a unit"))
                    .help(format!("write `\"{digits}s\"` or `\"{digits}ms\"`"))))
            }
            _ => None,
        }
    }

    fn check(&self, key: Key<'_>, found: &mut Findings) {
        if self.is_zero() {
            found.error(key, must_be_positive(key));
        } else if *self > LONGEST_TIME {
            found.error(
                key,
                ConfigError::new(format!("`{key}` must be at most a year")),
            );
        }
    }
}

fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    // 32 bits, so that no unit overflows. Durations that are still too long are found by the check.
    let number = u64::from(number.parse::<u32>().ok()?);
    Some(match unit.trim_start() {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number * 60),
        "h" => Duration::from_secs(number * 3600),
        _ => return None,
    })
}

impl Value for CheckOrigin {
    const TAKES: &'static str = "a list";

    /// Commas separate several origins.
    fn from_text(_: Key<'_>, text: String) -> Read<Self> {
        Ok(match text.trim() {
            "true" => CheckOrigin::Host,
            "false" => CheckOrigin::Off,
            "conn" => CheckOrigin::Conn,
            list => CheckOrigin::List(listed(list).map(str::to_owned).collect()),
        })
    }

    fn from_item(key: Key<'_>, value: &Item) -> Option<Read<Self>> {
        match value {
            Item::Boolean(true) => Some(Ok(CheckOrigin::Host)),
            Item::Boolean(false) => Some(Ok(CheckOrigin::Off)),
            Item::String(text) if text == "conn" => Some(Ok(CheckOrigin::Conn)),
            Item::String(text) if text.contains('/') => Some(Err(ConfigError::new(
                "`check_origin` takes a list",
            )
            .help(format!("`[{text:?}]`")))),
            Item::String(text) => Some(Err(ConfigError::new(format!(
                "unknown value `{}`",
                text.escape_debug()
            ))
            .help("`true`, `false`, `\"conn\"`, or a list of origins"))),
            Item::Array(list) => Some(strings(key, list).map(CheckOrigin::List)),
            _ => None,
        }
    }

    fn check(&self, key: Key<'_>, found: &mut Findings) {
        match self {
            CheckOrigin::Off => {
                let error =
                    ConfigError::new("any web site could open a socket in a visitor's name");
                found.warn(key, error.help("list the origins"));
            }
            CheckOrigin::List(list) if list.is_empty() => found.error(key, origin::empty_list()),
            CheckOrigin::List(list) => list
                .iter()
                .for_each(|entry| found.add(key, origin::check(entry))),
            CheckOrigin::Host | CheckOrigin::Conn | CheckOrigin::Function(_) => {}
        }
    }
}

impl Value for TrustedProxies {
    const TAKES: &'static str = "a list";

    /// Commas separate several values.
    fn from_text(_: Key<'_>, text: String) -> Read<Self> {
        Ok(listed(&text).collect())
    }

    fn from_item(key: Key<'_>, value: &Item) -> Option<Read<Self>> {
        match value {
            Item::Array(list) => Some(strings(key, list).map(Self::from)),
            Item::String(text) => Some(Err(
                ConfigError::new(format!("`{key}` takes a list")).help(format!("`[{text:?}]`"))
            )),
            _ => None,
        }
    }

    fn check(&self, key: Key<'_>, found: &mut Findings) {
        for entry in self.entries() {
            let network = match entry {
                Entry::Unix => continue,
                Entry::Network(network) => Ok(*network),
                Entry::Invalid(text) => Network::parse(text),
            };
            match network.map(grammar::network::everybody) {
                Ok(warning) => warning
                    .into_iter()
                    .for_each(|mistake| found.warn(key, mistake.into())),
                Err(mistake) => found.error(key, mistake.into()),
            }
        }
    }
}

/// The parts of a list in text. An empty text is an empty list.
pub(super) fn listed(text: &str) -> impl Iterator<Item = &str> {
    let parts = (!text.trim().is_empty()).then(|| text.split(','));
    parts.into_iter().flatten().map(str::trim)
}

pub(super) fn strings(key: Key<'_>, list: &[Item]) -> Read<Vec<String>> {
    let string = |item: &Item| match item {
        Item::String(text) => Ok(text.clone()),
        other => Err(ConfigError::new(format!(
            "`{key}` takes a list of strings, this has {}",
            other.kind()
        ))),
    };
    list.iter().map(string).collect()
}
