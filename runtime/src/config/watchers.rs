//! The programs that run beside an endpoint.

use std::{fmt, panic::Location, path::PathBuf};

use super::{
    ConfigError, Provenance,
    finding::Findings,
    item::Item,
    key::Key,
    open::{self, Given, Open, OpenLayer},
    resolver::Resolver,
    row::{Changes, Resolve},
    shape::{Layered, Shape, When},
    value::Value,
};
use crate::grammar::watcher;

/// One entry of `watchers(..)`: a command line, or a function of the declaration.
///
/// ```
/// use landfall::config::Watcher;
///
/// let watcher = Watcher::new(["build.js", "--watch"]).cd("assets").env("NODE_ENV", "development");
/// assert_eq!(watcher.args(), ["build.js", "--watch"]);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Watcher(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    /// It is switched off, whatever lower layers say.
    Off,
    /// The declaration has a function of this name.
    Function,
    Command(WatcherCommand),
}

/// The command line of a watcher.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct WatcherCommand {
    /// The program, if it is not the watcher's name.
    pub(crate) program: Option<String>,
    pub(crate) args: Vec<String>,
    pub(crate) cd: Option<PathBuf>,
    /// `None` takes a variable away.
    pub(crate) env: Vec<(String, Option<String>)>,
}

impl Watcher {
    /// No watcher of this name, whatever lower layers say.
    pub const OFF: Watcher = Watcher(Kind::Off);

    /// The function that the declaration has under this name.
    #[doc(hidden)]
    pub const FUNCTION: Watcher = Watcher(Kind::Function);

    /// A command line. The program is the watcher's name, unless [`command`](Watcher::command)
    /// says otherwise; these are its arguments.
    pub fn new<S: Into<String>>(args: impl IntoIterator<Item = S>) -> Self {
        Watcher(Kind::Command(WatcherCommand {
            args: args.into_iter().map(Into::into).collect(),
            ..WatcherCommand::default()
        }))
    }

    /// The program. Default: the watcher's name.
    #[must_use]
    pub fn command(self, program: impl Into<String>) -> Self {
        self.with(|command| command.program = Some(program.into()))
    }

    /// The directory that it runs in. Default: that of the process.
    #[must_use]
    pub fn cd(self, directory: impl Into<PathBuf>) -> Self {
        self.with(|command| command.cd = Some(directory.into()))
    }

    /// Adds an environment variable to those of the process.
    #[must_use]
    pub fn env(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(|command| command.env.push((name.into(), Some(value.into()))))
    }

    /// Takes an environment variable away from those of the process.
    #[must_use]
    pub fn without_env(self, name: impl Into<String>) -> Self {
        self.with(|command| command.env.push((name.into(), None)))
    }

    /// The arguments; none for a function.
    pub fn args(&self) -> &[String] {
        self.as_command().map_or(&[], |command| &command.args)
    }

    /// `None` for a function.
    pub(crate) fn as_command(&self) -> Option<&WatcherCommand> {
        match &self.0 {
            Kind::Command(command) => Some(command),
            Kind::Off | Kind::Function => None,
        }
    }

    fn with(mut self, set: impl FnOnce(&mut WatcherCommand)) -> Self {
        if let Kind::Command(command) = &mut self.0 {
            set(command);
        }
        self
    }
}

/// Shows the names of environment variables, and not their values.
impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Off => f.write_str("off"),
            Kind::Function => f.write_str("a function"),
            Kind::Command(command) => {
                let names: Vec<_> = command.env.iter().map(|(name, _)| name).collect();
                f.debug_struct("Watcher")
                    .field("command", &command.program)
                    .field("args", &command.args)
                    .field("cd", &command.cd)
                    .field("env", &names)
                    .finish()
            }
        }
    }
}

/// `watchers(..)`: the programs that run beside an endpoint, by name.
#[derive(Clone, Default)]
pub struct Watchers {
    /// Whether those of the layers below are taken away.
    is_off: bool,
    entries: Vec<Entry>,
}

#[derive(Clone)]
struct Entry {
    name: String,
    watcher: Watcher,
    location: Option<&'static Location<'static>>,
}

impl Watchers {
    /// No watchers, whatever lower layers say.
    pub const OFF: Watchers = Watchers {
        is_off: true,
        entries: Vec::new(),
    };

    /// Sets the watcher of this name.
    #[track_caller]
    pub fn set(&mut self, name: impl Into<String>, watcher: Watcher) {
        self.put(name.into(), watcher, Some(Location::caller()));
    }

    /// Takes the watcher of this name away.
    pub fn remove(&mut self, name: &str) {
        self.entries.retain(|entry| entry.name != name);
    }

    /// The watcher of this name.
    pub fn get(&self, name: &str) -> Option<&Watcher> {
        let found = self.entries.iter().find(|entry| entry.name == name);
        found.map(|entry| &entry.watcher)
    }

    /// All watchers, with their names, in the order in which they are declared.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Watcher)> {
        self.entries
            .iter()
            .map(|entry| (entry.name.as_str(), &entry.watcher))
    }

    /// Whether there is no watcher.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn put(
        &mut self,
        name: String,
        watcher: Watcher,
        location: Option<&'static Location<'static>>,
    ) {
        match self.entries.iter_mut().find(|entry| entry.name == name) {
            Some(entry) => (entry.watcher, entry.location) = (watcher, location),
            None => self.entries.push(Entry {
                name,
                watcher,
                location,
            }),
        }
    }
}

impl OpenLayer for Watchers {
    type Value = Watcher;

    fn is_off(&self) -> bool {
        self.is_off
    }

    fn given(&self, source: Option<Provenance>) -> Vec<Given<Watcher>> {
        let given = |entry: &Entry| Given {
            name: entry.name.clone(),
            value: entry.watcher.clone(),
            source: open::source(source.as_ref(), entry.location),
        };
        self.entries.iter().map(given).collect()
    }
}

impl Open<Watcher> for Watchers {
    fn clear(&mut self) {
        self.entries.clear();
    }

    fn put(&mut self, given: Given<Watcher>) {
        self.put(given.name, given.value, None);
    }
}

impl fmt::Debug for Watchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Value for Watcher {
    const TAKES: &'static str = "a list of arguments, a table with `args`, or `false`";

    fn from_text(key: Key<'_>, _: String) -> Result<Self, ConfigError> {
        Err(ConfigError::new(format!("`{key}` takes {}", Self::TAKES)))
    }

    fn from_item(key: Key<'_>, value: &Item) -> Option<Result<Self, ConfigError>> {
        match value {
            Item::Boolean(false) => Some(Ok(Watcher::OFF)),
            Item::Array(_) => Some(texts(key, value).map(Watcher::new)),
            Item::Table(options) => Some(table(key, options)),
            _ => None,
        }
    }

    fn check(&self, key: Key<'_>, found: &mut Findings) {
        let Some(command) = self.as_command() else {
            return;
        };
        let (_, name) = key.parts();
        if command.args.is_empty() {
            found.error(key, watcher::no_arguments(name).into());
        }
        let program = command.program.as_deref().unwrap_or(name);
        let directory = command.cd.iter().filter_map(|cd| cd.to_str());
        let texts = command.args.iter().map(String::as_str).chain(directory);
        let variables = command.env.iter().flat_map(|(name, value)| {
            let value = value.as_deref().unwrap_or_default();
            [watcher::check_variable(name), watcher::check_text(value)]
        });
        let checks = [watcher::check_command(program)]
            .into_iter()
            .chain(texts.map(watcher::check_text))
            .chain(variables);
        for mistake in checks.filter_map(Result::err) {
            found.error(key, mistake.into());
        }
    }
}

/// `{ command = "npm", args = ["run", "css"], cd = "assets", env = { NODE_ENV = "x" } }`
fn table(key: Key<'_>, options: &[(String, Item)]) -> Result<Watcher, ConfigError> {
    let mut command = WatcherCommand::default();
    for (name, value) in options {
        let whole = key.below(name);
        let key = Key(&whole);
        match name.as_str() {
            "args" => command.args = texts(key, value)?,
            "command" => command.program = Some(String::read_item(key, value)?),
            "cd" => command.cd = Some(String::read_item(key, value)?.into()),
            "env" => command.env = variables(key, value)?,
            _ => return Err(watcher::unknown_option(name).into()),
        }
    }
    Ok(Watcher(Kind::Command(command)))
}

fn texts(key: Key<'_>, value: &Item) -> Result<Vec<String>, ConfigError> {
    match value {
        Item::Array(list) => super::value::strings(key, list),
        other => Err(ConfigError::new(format!(
            "`{key}` takes a list of strings, this is {}",
            other.kind()
        ))),
    }
}

fn variables(key: Key<'_>, value: &Item) -> Result<Vec<(String, Option<String>)>, ConfigError> {
    let Item::Table(entries) = value else {
        return Err(ConfigError::new(format!(
            "`{key}` takes a table of variables, this is {}",
            value.kind()
        )));
    };
    let variable = |(name, value): &(String, Item)| match value {
        Item::Boolean(false) => Ok((name.clone(), None)),
        other => {
            let text = String::read_item(Key(&key.below(name)), other)?;
            Ok((name.clone(), Some(text)))
        }
    };
    entries.iter().map(variable).collect()
}

impl Layered for Watchers {
    const UNSET: Self = Watchers {
        is_off: false,
        entries: Vec::new(),
    };
    const SHAPE: Shape = Shape::SwitchedOpen;
}

impl Resolve<Watchers> for Watchers {
    /// A watcher that a layer takes away is none.
    fn resolve(
        key: Key<'_>,
        declared: &Self,
        options: &Self,
        _: Watchers,
        resolver: &mut Resolver<'_>,
    ) -> Watchers {
        let mut all = Watchers::default();
        open::merge(key, declared, options, &mut all, resolver);
        all.entries.retain(|entry| entry.watcher != Watcher::OFF);
        all
    }

    fn compare(
        key: Key<'_>,
        when: When,
        before: Option<&Watchers>,
        after: Option<&Watchers>,
        changes: &mut Changes,
    ) {
        let mut names: Vec<&str> = Vec::new();
        for watchers in [before, after].into_iter().flatten() {
            names.extend(watchers.iter().map(|(name, _)| name));
        }
        names.sort_unstable();
        names.dedup();
        for name in names {
            let [before, after] = [before, after].map(|watchers| watchers?.get(name));
            if before != after {
                changes.push(Key(&key.below(name)), when);
            }
        }
    }

    fn check(key: Key<'_>, watchers: &Watchers, found: &mut Findings) {
        for (name, watcher) in watchers.iter() {
            watcher.check(Key(&key.below(name)), found);
        }
    }
}
