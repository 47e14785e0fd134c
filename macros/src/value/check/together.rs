//! Checks of keys that depend on each other.

use proc_macro2::Span;

use super::time::millis;
use crate::{
    diag::Diagnostics,
    language::{
        expr::{self, Acknowledged},
        options::{Entry, Options},
    },
    value::place,
};

pub(super) fn check(options: &Options, diag: &mut Diagnostics) {
    match options.group.name {
        "websocket" => {
            auth_token_adds_its_own(options, diag);
            one_check_is_on(options, diag);
        }
        "longpoll" => {
            one_check_is_on(options, diag);
            one_within_all(options, "max_sessions_per_ip", "max_sessions", diag);
        }
        "http" | "https" => {
            one_within_all(options, "max_connections_per_ip", "max_connections", diag);
            place::differ(options, diag);
        }
        "drainer" => interval_within_shutdown(options, diag),
        "nats" => one_login(options, diag),
        "pubsub" => one_of(options, &["redis", "nats", "adapter"], diag),
        "redis" => {
            one_of(options, &["url", "cluster", "sentinel"], diag);
            phoenix_has_one_server(options, diag);
            compression_is_of_phoenix(options, diag);
        }
        "tls" => one_needs_the_other(options, ["cert", "key"], diag),
        _ => {}
    }
}

/// Reports the second of several keys that exclude each other.
fn one_of(options: &Options, names: &[&str], diag: &mut Diagnostics) {
    let is_on = |entry: &&Entry| entry.expr().and_then(expr::boolean) != Some(false);
    let mut found = options
        .entries
        .iter()
        .filter(|entry| names.contains(&entry.key.name))
        .filter(is_on);
    let Some(first) = found.next() else { return };
    for other in found {
        let (group, one, two) = (options.group.name, first.key.name, other.key.name);
        diag.push(
            &other.name,
            format!("`{group}` has both `{one}` and `{two}`"),
        )
        .help("remove one of them");
    }
}

/// Whether the nodes are said to be those of a Phoenix application. `None`: that is not known.
fn is_phoenix(options: &Options) -> Option<bool> {
    let Some(wire) = options.get("wire") else {
        return Some(false);
    };
    match expr::word(wire.expr()?)?.to_string().as_str() {
        "phoenix" => Some(true),
        "landfall" => Some(false),
        _ => None,
    }
}

fn phoenix_has_one_server(options: &Options, diag: &mut Diagnostics) {
    if let (Some(true), Some(cluster)) = (is_phoenix(options), options.get("cluster")) {
        diag.push(
            &cluster.name,
            "the nodes of a Phoenix application know no clusters",
        )
        .help("write the `url` of one of its servers");
    }
}

fn compression_is_of_phoenix(options: &Options, diag: &mut Diagnostics) {
    if let (Some(false), Some(entry)) = (is_phoenix(options), options.get("compression")) {
        diag.push(
            &entry.name,
            "`compression` has no effect without `wire = phoenix`",
        )
        .help("remove it, or add `wire = phoenix`");
    }
}

/// Reports one of two keys without the other.
fn one_needs_the_other(options: &Options, names: [&str; 2], diag: &mut Diagnostics) {
    let [one, two] = names.map(|name| options.get(name));
    let (alone, other) = match (one, two) {
        (Some(alone), None) => (alone, names[1]),
        (None, Some(alone)) => (alone, names[0]),
        _ => return,
    };
    let name = alone.key.name;
    diag.push(&alone.name, format!("`{name}` needs `{other}`"))
        .help(format!("write `{other} = \"path.pem\"` beside it"));
}

/// Reports a transport without both checks: any site could use the session of a visitor.
fn one_check_is_on(options: &Options, diag: &mut Diagnostics) {
    let off = |name| {
        let value = options.get(name).and_then(Entry::expr)?;
        (expr::boolean(Acknowledged::unwrap(value)) == Some(false)).then_some(value)
    };
    if let (Some(_), Some(value)) = (off("check_origin"), off("check_csrf")) {
        diag.push(value, "one of `check_origin` and `check_csrf` must be on")
            .help("remove `check_csrf = false`");
    }
}

/// Reports `phoenix` in `subprotocols` beside `auth_token`, which adds it.
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

/// Reports a limit for one client that is above the limit for all.
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

/// Reports two ways to log in to a NATS server.
fn one_login(options: &Options, diag: &mut Diagnostics) {
    let logins = ["credentials", "user", "token"];
    let mut written = logins.into_iter().filter_map(|name| options.get(name));
    if let (Some(first), Some(second)) = (written.next(), written.next()) {
        let [first_name, second_name] = [first, second].map(|entry| entry.key.name);
        diag.push_at(
            second.span(),
            format!(
                "`nats` has both `{first_name}` and `{second_name}`: a node logs in by one of them"
            ),
        )
        .help("remove one of them");
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
