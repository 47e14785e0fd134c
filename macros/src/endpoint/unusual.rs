//! What works and is hardly meant: facts that span several statements.

use syn::{Expr, Ident};

use super::{
    ast::{Declaration, Extra, ExtraValue, Setting, Value},
    check::{declares, group, listens},
    static_plug::{self, StaticPlug, parsed},
};
use crate::{
    diag::Diagnostics,
    grammar::spelling::did_you_mean,
    language::{
        expr::{self, Env},
        options::{self, Entry, Options},
    },
    warning::{Part, WHOLE},
};

pub(super) fn check(declaration: &Declaration, diag: &mut Diagnostics) {
    nothing_served(declaration, diag);
    sockets_between_plugs(declaration, diag);
    for name in ["url", "static_url"] {
        public_url(name, declaration, diag);
    }
    static_url_has_a_host(declaration, diag);
    links_are_https(declaration, diag);
    origin_of_the_connection(declaration, diag);
    origin_of_url(declaration, diag);
    misspelt_variables(declaration, diag);
    watchers_are_declared(declaration, diag);
    versions_are_asked_for(declaration, diag);
    for stage in &declaration.pipeline {
        diag.enter(stage.part);
        if let Some(value) = parsed(stage)
            && let Some(plug) = StaticPlug::of(&value)
        {
            static_plug::check(&plug, diag);
        }
    }
    diag.enter(WHOLE);
}

/// Warns of a server that has nothing to answer. Without `server` an endpoint may be there to publish.
fn nothing_served(declaration: &Declaration, diag: &mut Diagnostics) {
    let serves = ["socket", "plug", "service", "dashboard", "live_reload"];
    let is_whole = declaration.unfinished.is_empty() && declaration.init.is_none();
    if let Some(server) = named(declaration, "server")
        && let Value::Expr(_, value) = &server.value
        && expr::boolean(value) == Some(true)
        && is_whole
        && !serves.iter().any(|name| declares(declaration, name))
    {
        diag.enter(server.part);
        diag.warn(
            "nothing_served",
            &server.name,
            "this endpoint has neither sockets nor plugs: every request is answered 404",
        )
        .help("add `socket(\"/socket\", RoomSocket);` or `service(router());`");
    }
}

/// Warns of sockets after a plug and before another.
fn sockets_between_plugs(declaration: &Declaration, diag: &mut Diagnostics) {
    let is_plug = |ident: &Ident| ident == "plug" || ident == "service";
    let names = || declaration.names.iter().map(|name| &name.ident);
    let first = names().position(is_plug);
    let last = names().rev().position(is_plug);
    let (Some(first), Some(last)) = (first, last) else {
        return;
    };
    let last = declaration.names.len().saturating_sub(last + 1);
    let between =
        |(index, name): &(usize, &Ident)| *name == "socket" && (first..last).contains(index);
    if let Some((index, name)) = names().enumerate().find(between) {
        diag.enter(index + 1);
        diag.warn(
            "socket_between_plugs",
            name,
            "sockets are matched before every plug, wherever they are written",
        )
        .help("write the sockets first");
    }
}

fn text(options: Option<&Options>, key: &str) -> Option<String> {
    let value = options?.get(key)?.expr()?;
    Some(expr::text(value)?.value())
}

fn part_of(name: &str, declaration: &Declaration) -> Part {
    let mut settings = declaration.settings.iter();
    settings
        .find(|setting| setting.name == name)
        .map_or(WHOLE, |setting| setting.part)
}

fn public_url(name: &str, declaration: &Declaration, diag: &mut Diagnostics) {
    let Some(options) = group(declaration, name) else {
        return;
    };
    diag.enter(part_of(name, declaration));
    if let Some(host) = options.get("host").and_then(Entry::expr)
        && let Some(text) = expr::text(host)
        && text
            .value()
            .contains(|char: char| char.is_ascii_uppercase())
    {
        let (host, lower) = (text.value(), text.value().to_ascii_lowercase());
        diag.warn(
            "host_in_capitals",
            text,
            format!("browsers send origins in lower case, `{host}` will never equal one"),
        )
        .help(format!("write `{lower:?}`"));
    }
    let port = options.get("port").and_then(Entry::expr);
    let number = port.and_then(expr::integer);
    if let (Some(at), Some(scheme)) = (port, text(Some(options), "scheme")) {
        let other = match (scheme.as_str(), number) {
            ("http", Some(443)) => "https",
            ("https", Some(80)) => "http",
            _ => return,
        };
        diag.warn(
            "port_of_the_other_scheme",
            at,
            format!("this port with scheme `{scheme}` is unusual"),
        )
        .help(format!("did you mean `scheme = {other:?}`?"));
    }
}

fn static_url_has_a_host(declaration: &Declaration, diag: &mut Diagnostics) {
    let host = |name| group(declaration, name).and_then(|options| options.get("host"));
    if group(declaration, "static_url").is_some()
        && host("static_url").is_none()
        && host("url").is_some()
        && let Some(setting) = named(declaration, "static_url")
    {
        diag.enter(setting.part);
        diag.warn(
            "static_url_without_host",
            &setting.name,
            "`static_url` does not inherit from `url`: its host is `localhost`",
        )
        .help("repeat `host = ..`");
    }
}

fn named<'a>(declaration: &'a Declaration, name: &str) -> Option<&'a Setting> {
    let mut settings = declaration.settings.iter();
    settings.find(|setting| setting.name == name)
}

fn links_are_https(declaration: &Declaration, diag: &mut Diagnostics) {
    let scheme = group(declaration, "url")
        .and_then(|url| url.get("scheme"))
        .and_then(Entry::expr);
    if let Some(scheme) = scheme
        && declares(declaration, "force_ssl")
        && expr::text(scheme).is_some_and(|text| text.value() == "http")
    {
        diag.enter(part_of("url", declaration));
        diag.warn(
            "http_links_with_force_ssl",
            scheme,
            "links begin with `http` although `force_ssl` is on",
        )
        .help("write `scheme = \"https\"`");
    }
}

/// Every `check_origin` of the declaration, with its statement.
fn checks_of_origins(declaration: &Declaration) -> impl Iterator<Item = (Part, &Expr)> {
    let of_endpoint = declaration.settings.iter().filter_map(|setting| {
        let Value::Expr(key, value) = &setting.value else {
            return None;
        };
        (key.name == "check_origin").then_some((setting.part, value))
    });
    let of_mounts = declaration.mounts.iter().flat_map(|mount| {
        ["websocket", "longpoll"].into_iter().filter_map(|name| {
            let transport = mount.options.get(name)?.options()?;
            Some((mount.part, transport.get("check_origin")?.expr()?))
        })
    });
    of_endpoint.chain(of_mounts)
}

fn origin_of_the_connection(declaration: &Declaration, diag: &mut Diagnostics) {
    let believes = declares(declaration, "rewrite_on")
        || group(declaration, "force_ssl")
            .is_some_and(|options| options.get("rewrite_on").is_some());
    let behind = text(group(declaration, "url"), "scheme").as_deref() == Some("https")
        && listens(declaration, "http")
        && !listens(declaration, "https");
    if believes || !behind {
        return;
    }
    for (part, value) in checks_of_origins(declaration) {
        if expr::word(value).is_some_and(|word| word == "conn") {
            diag.enter(part);
            diag.warn(
                "conn_behind_a_proxy",
                value,
                "behind a proxy that speaks TLS requests come by `http`: `conn` would refuse `https` origins",
            )
            .help("list the origins, or add `rewrite_on = [x_forwarded_proto]` and `trusted_proxies`");
        }
    }
}

fn origin_of_url(declaration: &Declaration, diag: &mut Diagnostics) {
    let host = group(declaration, "url").and_then(|url| url.get("host"));
    if host.is_some() || declaration.init.is_some() {
        return;
    }
    for (part, value) in checks_of_origins(declaration) {
        if expr::boolean(value) == Some(true) {
            diag.enter(part);
            diag.warn(
                "only_localhost",
                value,
                "only origins on `localhost` are allowed: `url` has no host",
            )
            .help("add `url(host = \"example.com\")`");
        }
    }
}

fn watchers_are_declared(declaration: &Declaration, diag: &mut Diagnostics) {
    if declares(declaration, "watchers") {
        return;
    }
    if let Some(setting) = named(declaration, "force_watchers")
        && let Value::Expr(_, value) = &setting.value
        && expr::boolean(value) == Some(true)
    {
        diag.enter(setting.part);
        diag.warn(
            "watchers_forced",
            &setting.name,
            "`force_watchers` has no effect without `watchers`",
        )
        .help("add `watchers(node = [\"build.js\", \"--watch\"]);`, or remove it");
    }
}

fn versions_are_asked_for(declaration: &Declaration, diag: &mut Diagnostics) {
    if let Some(setting) = named(declaration, "cache_manifest_skip_vsn")
        && let Value::Expr(_, value) = &setting.value
        && expr::boolean(value) == Some(true)
        && static_plug::is_declared(declaration)
    {
        diag.enter(setting.part);
        diag.warn(
            "vsn_skipped",
            &setting.name,
            "without `?vsn=d` the `Static` plug never sends long-lived cache headers",
        )
        .help("remove it, or serve assets by a CDN");
    }
}

/// Warns of a variable that is named once, and is spelt like one that is named several times.
fn misspelt_variables(declaration: &Declaration, diag: &mut Diagnostics) {
    let mut all: Vec<(Part, &Expr, String)> = Vec::new();
    for setting in &declaration.settings {
        let mut values = Vec::new();
        values_of(&setting.value, &mut values);
        all.extend(values.into_iter().filter_map(|value| {
            let variable = Env::of(value)?.variable()?;
            Some((setting.part, variable, expr::text(variable)?.value()))
        }));
    }
    let count = |name: &str| all.iter().filter(|(_, _, other)| other == name).count();
    for (part, at, name) in all.iter().filter(|(_, _, name)| count(name) == 1) {
        let others = all.iter().map(|(_, _, other)| other.as_str());
        let several = others.filter(|other| count(other) > 1);
        if let Some(near) = did_you_mean(name, several) {
            diag.enter(*part);
            let times = count(near);
            diag.warn(
                "variable_misspelt",
                at,
                format!("`{name}` is read once, `{near}` {times} times"),
            )
            .help(format!("did you mean `{near}`?"));
        }
    }
}

fn values_of<'a>(value: &'a Value, values: &mut Vec<&'a Expr>) {
    match value {
        Value::Group(options) => values_of_group(options, values),
        Value::Expr(_, value) => values.push(value),
        Value::Extra(entries) => values_of_extra(entries, values),
        Value::Off | Value::Watchers(_) => {}
    }
}

fn values_of_group<'a>(options: &'a Options, values: &mut Vec<&'a Expr>) {
    for entry in &options.entries {
        match &entry.value {
            options::Value::Expr(value) => values.push(value),
            options::Value::Group(nested) => values_of_group(nested, values),
        }
    }
}

fn values_of_extra<'a>(entries: &'a [Extra], values: &mut Vec<&'a Expr>) {
    for entry in entries {
        match &entry.value {
            ExtraValue::Expr(value) => values.push(value),
            ExtraValue::Table(entries) => values_of_extra(entries, values),
        }
    }
}
