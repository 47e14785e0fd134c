//! Checks for every key: each layer wins over those below it, the key changes only when it may, and
//! no output has a secret.

mod rows;

use self::rows::rows;
use super::*;
use crate::config::{
    file::File,
    key::Key,
    shape::{Layered, Names, Shape, When},
    value::Value,
};
use crate::grammar::names::{DECLARED, OF_A_MOUNT};

const VARIABLE: &str = "KEY";
const CANARY: &str = "canary 0 canary 1 canary 2 canary 3 canary 4 canary 5 canary 6 canary 7";

/// A key, and its value in each layer: the declaration, the file, the environment, the options,
/// `init`.
struct Row {
    key: &'static str,
    values: [&'static str; 5],
    /// The value of the file, as TOML.
    toml: &'static str,
    /// Sets this value in a layer, or a variable with this value.
    say: fn(&mut Settings, Option<&'static str>, &str),
    set: fn(&mut Config, &str),
    is_same: fn(&mut Config, &mut Config) -> bool,
}

/// Other values that are set along with the key, so that the configuration is valid.
fn declared() -> Settings {
    let mut settings = Settings {
        http: Group::on(Http {
            ip: Setting::given("::"),
            ..Http::DEFAULT
        }),
        https: Group::on(Https {
            ip: Setting::given("::"),
            key: Setting::given(CANARY),
            cacertfile: Setting::given("ca.pem"),
            ..Https::DEFAULT
        }),
        secret_key_base: Setting::given(CANARY),
        ..Settings::default()
    };
    if cfg!(feature = "live-reload") {
        settings.live_reload = Group::on(LiveReload {
            patterns: Setting::given(["static"]),
            ..LiveReload::DEFAULT
        });
    }
    settings.extra("token", Setting::given(CANARY));
    settings
}

impl Row {
    /// Whether this build takes all of its values.
    fn is_built(&self) -> bool {
        (cfg!(feature = "http2") || !self.key.ends_with(".http2"))
            && (cfg!(feature = "nats") || !self.key.starts_with("pubsub.nats."))
            && (cfg!(feature = "live-reload") || !self.key.starts_with("live_reload."))
    }

    /// The result of the layers up to this one, of which `init` is the fifth.
    fn resolve(&self, layers: usize, before: Option<&Resolved>) -> Result<Resolved, ConfigErrors> {
        let (mut declared, mut options) = (declared(), Settings::default());
        (self.say)(&mut declared, Some(VARIABLE), self.values[0]);
        if layers > 3 {
            (self.say)(&mut options, None, self.values[3]);
        }
        let file = File::new(
            Path::new("landfall.toml"),
            format!("{} = {}", self.key, self.toml),
        );
        let environment = |name: &str| {
            let found = (layers > 2 && name == VARIABLE).then(|| self.values[2].to_owned());
            found.ok_or(VarError::NotPresent)
        };
        let said = format!("{declared:?} {options:?}");
        assert!(!said.contains("canary"), "{said}");
        let below = Below {
            endpoint: "Chat",
            declared: &declared,
            file: (layers > 1).then_some(file),
            environment: &environment,
            options: &options,
            before,
            examine: &|_| Vec::new(),
        };
        let resolved = below.resolve(Vec::new(), Vec::new(), |mut config| {
            if layers > 4 {
                (self.set)(&mut config, self.values[4]);
            }
            Ok(config)
        });
        let told = match &resolved {
            Ok(resolved) => format!("{resolved:?}"),
            Err(errors) => format!("{errors} {errors:?}"),
        };
        assert!(!told.contains("canary"), "{told}");
        resolved
    }
}

#[test]
fn layers_win_in_turn() {
    for row in rows().into_iter().filter(Row::is_built) {
        let mut last = None;
        for (layer, text) in row.values.iter().enumerate() {
            let resolved = row.resolve(layer + 1, None);
            let resolved = resolved.unwrap_or_else(|errors| panic!("{}: {errors}", row.key));
            let mut config = Config::clone(&resolved.config);
            let mut expected = config.clone();
            (row.set)(&mut expected, text);
            assert!(
                (row.is_same)(&mut config, &mut expected),
                "`{}` is not what layer {layer} says: {config:?}",
                row.key
            );
            if let Some(mut last) = last.replace(config) {
                assert!(
                    !(row.is_same)(&mut last, &mut expected),
                    "`{}`: {text}",
                    row.key
                );
            }
        }
    }
}

/// The result of a declaration and perhaps a file.
fn resolved(declared: &Settings, file: Option<String>) -> Result<Resolved, ConfigErrors> {
    let file = file.map(|text| File::new(Path::new("landfall.toml"), text));
    let below = Below {
        endpoint: "Chat",
        declared,
        file,
        environment: &|_: &str| Err(VarError::NotPresent),
        options: &Settings::default(),
        before: None,
        examine: &|_| Vec::new(),
    };
    below.resolve(Vec::new(), Vec::new(), Ok)
}

/// What is part of the binary is refused in a file, whatever it is set to, without its value.
#[test]
fn no_layer_sets_what_is_fixed_at_compile_time() {
    for name in DECLARED.into_iter().chain(OF_A_MOUNT) {
        for text in [
            format!("{name} = \"{CANARY}\""),
            format!("[{name}]\nhsts = \"{CANARY}\""),
        ] {
            let error = resolved(&declared(), Some(text)).expect_err("it is fixed");
            let told = format!("{error} {error:?}");
            assert!(told.contains("fixed at compile time"), "{told}");
            assert!(!told.contains("canary"), "{told}");
        }
    }
}

/// Without any layer, a key has its default. A declaration wins over it.
#[test]
fn a_declaration_wins_over_the_default() {
    for row in rows().into_iter().filter(Row::is_built) {
        let config = |settings: &Settings| {
            let resolved = resolved(settings, None);
            let resolved = resolved.unwrap_or_else(|errors| panic!("{}: {errors}", row.key));
            Config::clone(&resolved.config)
        };
        let differs = row.values.iter().any(|text| {
            let mut other = declared();
            (row.say)(&mut other, None, text);
            !(row.is_same)(&mut config(&declared()), &mut config(&other))
        });
        assert!(differs, "`{}` is as if it were not declared", row.key);
    }
}

/// All keys of a group, and when each may change.
fn flat(group: Key<'_>, names: Names, found: &mut Vec<(String, When)>) {
    for (name, when, shape) in names {
        let key = group.below(name);
        match shape {
            Shape::Group(below) | Shape::Switched(below) => flat(Key(&key), below, found),
            Shape::Value => found.push((key, *when)),
            Shape::Open | Shape::SwitchedOpen => {}
        }
    }
}

#[test]
fn live_keys_change_and_others_are_refused() {
    let mut keys = Vec::new();
    flat(Key::TOP, Settings::SHAPE.names(), &mut keys);
    let rows = rows();
    let known: Vec<_> = rows.iter().map(|row| row.key).collect();
    let all: Vec<_> = keys.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(known, all, "each key has its row");
    for (row, (key, when)) in rows.iter().zip(&keys).filter(|(row, _)| row.is_built()) {
        let before = row
            .resolve(1, None)
            .unwrap_or_else(|errors| panic!("{key}: {errors}"));
        let same = row
            .resolve(1, Some(&before))
            .unwrap_or_else(|errors| panic!("{key}: {errors}"));
        assert!(!same.differs(&before), "{key}");
        match (when, row.resolve(2, Some(&before))) {
            (When::Live, Ok(after)) => assert!(after.differs(&before), "{key}"),
            (When::Start, Err(errors)) => {
                let refused: Vec<_> = errors.iter().collect();
                let [refused] = refused[..] else {
                    panic!("{key}: {errors}")
                };
                assert_eq!(refused.key(), Some(key.as_str()));
                assert!(matches!(
                    refused.provenance(),
                    Some(Provenance::File { line: 1, .. })
                ));
                assert!(refused.message().contains("so far it came from macro at "));
            }
            (_, resolved) => panic!("{key} is {when:?}: {resolved:?}"),
        }
    }
}

/// The table of the documentation has the live keys, and no others.
#[test]
fn the_documentation_says_which_keys_are_live() {
    let text = include_str!("../../docs/endpoint.md");
    let (_, table) = text
        .split_once("| changes | from when on |\n")
        .expect("a table");
    let mut told = Vec::new();
    for line in table
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with("| "))
    {
        let cell = line.split(" | ").next().expect("a cell");
        let names = |part: &str| -> Vec<String> {
            part.split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        };
        match cell.split_once(": ") {
            Some((group, keys)) => {
                let group = names(group).concat();
                told.extend(names(keys).iter().map(|key| format!("{group}.{key}")));
            }
            None => told.extend(names(cell)),
        }
    }
    let mut keys = Vec::new();
    flat(Key::TOP, Settings::SHAPE.names(), &mut keys);
    let whole = ["url.", "static_url."];
    let mut live: Vec<String> = keys
        .into_iter()
        .filter(|(key, when)| {
            *when == When::Live && !whole.iter().any(|group| key.starts_with(group))
        })
        .map(|(key, _)| key)
        .chain(["url", "static_url", "extra"].map(str::to_owned))
        .collect();
    told.sort();
    live.sort();
    assert_eq!(told, live);
}
