//! Findings about names that do not exist.

use syn::Ident;

use crate::{
    diag::Diagnostics,
    grammar::spelling::{did_you_mean, list},
    language::{
        foreign,
        key::{Form, Group},
        schema,
    },
};

pub(crate) fn unknown_directive(name: &Ident, diag: &mut Diagnostics) {
    let word = name.to_string();
    if foreign::told(name, "", diag) {
        return;
    }
    let places = places_of(&word, "");
    if did_you_mean(&word, schema::directive_names()).is_none() && !places.is_empty() {
        let found = diag.push(name, format!("`{word}` is a key, not a directive"));
        found.help(format!("write {}", places.join(" or ")));
        return;
    }
    let found = diag.push(name, format!("unknown directive `{word}`"));
    match did_you_mean(&word, schema::directive_names()) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found
            .help(format!(
                "known directives: {}",
                list(schema::directive_names())
            ))
            .help(format!("own settings go into `extra({word} = ..)`")),
    };
}

pub(crate) fn unknown_key(name: &Ident, group: &Group, diag: &mut Diagnostics) {
    if foreign::told(name, group.name, diag) || elsewhere(name, group, diag) {
        return;
    }
    let word = name.to_string();
    // `#[socket]` has two tables, and `channel`, which is not a key.
    let channels = group.name == schema::CHANNEL_OPTIONS.name;
    let more = || {
        ["channel"]
            .into_iter()
            .chain(schema::CHANNEL_OPTIONS.key_names())
            .filter(|_| channels)
    };
    let known = || group.key_names().chain(more());
    let found = diag.push(name, format!("unknown key `{word}` in `{}`", group.name));
    match meant(&word, known()) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help(format!("keys of `{}`: {}", group.name, list(known()))),
    };
}

/// Reports a key of a group within this one, or of the other transport.
fn elsewhere(name: &Ident, group: &Group, diag: &mut Diagnostics) -> bool {
    let word = name.to_string();
    let written = |group: &Group| {
        let key = group.key(&word)?;
        let value = if key.kind.group().is_some() {
            "(..)"
        } else {
            " = .."
        };
        Some(format!("`{}({word}{value})`", group.name))
    };
    let within: Vec<String> = group
        .keys
        .iter()
        .filter_map(|key| written(key.kind.group()?))
        .collect();
    if !within.is_empty() {
        diag.push(name, format!("unknown key `{word}` in `{}`", group.name))
            .help(format!("write {}", within.join(" or ")));
        return true;
    }
    let other = match group.name {
        "websocket" => &schema::LONGPOLL,
        "longpoll" => &schema::WEBSOCKET,
        _ => return in_another_group(name, group, diag),
    };
    let Some(written) = written(other) else {
        return in_another_group(name, group, diag);
    };
    diag.push(name, format!("`{word}` belongs to `{}`", other.name))
        .help(format!("write {written} beside `{}(..)`", group.name));
    true
}

/// The name that is spelt like it, or the only one that it begins.
fn meant<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let known: Vec<&str> = known.collect();
    did_you_mean(word, known.iter().copied()).or_else(|| {
        let mut longer = known
            .into_iter()
            .filter(|name| word.len() > 2 && name.starts_with(word));
        longer.next().filter(|_| longer.next().is_none())
    })
}

/// Reports a key of any other group, unless a key of this one was meant.
fn in_another_group(name: &Ident, group: &Group, diag: &mut Diagnostics) -> bool {
    let word = name.to_string();
    let places = match group.name {
        "channel" | "#[channel]" => of_attributes(&word, group.name),
        "#[socket]" => Vec::new(),
        _ => places_of(&word, group.name),
    };
    if places.is_empty() || meant(&word, group.key_names()).is_some() {
        return false;
    }
    diag.push(name, format!("unknown key `{word}` in `{}`", group.name))
        .help(format!("write {}", places.join(" or ")));
    true
}

/// Where a key of channels stands besides.
fn of_attributes(word: &str, but: &str) -> Vec<String> {
    let has = |group: &Group| group.name != but && group.key(word).is_some();
    let of_channel = has(&schema::CHANNEL).then(|| format!("`#[channel(.., {word} = ..)]`"));
    let of_socket = has(&schema::CHANNEL_OPTIONS).then(|| format!("`#[socket(.., {word} = ..)]`"));
    let of_route =
        has(&schema::ROUTE).then(|| format!("`channel(.., {word} = ..)` in `#[socket]`"));
    [of_channel, of_socket, of_route]
        .into_iter()
        .flatten()
        .collect()
}

/// Where a key stands, each place as it is written: at most three.
fn places_of(word: &str, but: &str) -> Vec<String> {
    let mut places = Vec::new();
    for directive in schema::DIRECTIVES {
        let group = match directive.form {
            Form::Group(group) | Form::Switched(group) => group,
            Form::Socket => &schema::SOCKET,
            _ => continue,
        };
        let is_mount = matches!(directive.form, Form::Socket);
        collect(word, but, group, is_mount, &mut places);
    }
    places.truncate(3);
    places
}

fn collect(word: &str, but: &str, group: &'static Group, is_mount: bool, places: &mut Vec<String>) {
    let shown = |inner: String| match is_mount && group.name != "socket" {
        true => format!("`socket(.., {inner})`"),
        false => format!("`{inner}`"),
    };
    for key in group.keys {
        if key.name == word && group.name != but {
            let value = if key.kind.group().is_some() {
                "(..)"
            } else {
                " = .."
            };
            let before = if group.name == "socket" { ".., " } else { "" };
            let place = shown(format!("{}({before}{word}{value})", group.name));
            if !places.contains(&place) {
                places.push(place);
            }
        }
        if let Some(nested) = key.kind.group() {
            collect(word, but, nested, is_mount, places);
        }
    }
}
