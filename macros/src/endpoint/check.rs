//! Checks of a declaration that need nothing from the rest of the program.

use syn::{Expr, Fields, FnArg, ItemFn, ItemStruct, spanned::Spanned};

use super::{
    ast::{Declaration, Extra, ExtraValue, Mount, Setting, Value},
    instrumenters, paths, unusual, watchers,
};
use crate::{
    block::callback::is_unit,
    diag::Diagnostics,
    language::{
        attributes::is_conditional,
        expr,
        key::Form,
        options::{Entry, Options},
        schema::directive,
    },
    value::{
        check, closure, connect_info,
        place::{self, Listener},
    },
    warning::WHOLE,
};

/// A check of several directives.
type Together = fn(&Declaration, &mut Diagnostics);

pub(crate) fn declaration(declaration: &Declaration, diag: &mut Diagnostics) {
    endpoint_type(declaration.item.as_ref(), diag);
    set_once(declaration, diag);
    for setting in &declaration.settings {
        let known = directive(&setting.name.to_string()).map_or("", |known| known.name);
        diag.enter(setting.part);
        diag.within(known, |diag| values(setting, diag));
    }
    diag.within("instrumenters", |diag| {
        instrumenters::check(&declaration.instrumenters, diag);
    });
    diag.within("socket", |diag| paths::check(&declaration.mounts, diag));
    diag.enter(WHOLE);
    service_comes_last(declaration, diag);
    closures_of_the_pipeline(declaration, diag);
    let together: [(&str, Together); 6] = [
        ("server", server_needs_a_listener),
        ("https", certificates_have_keys),
        ("https", listeners_differ),
        ("force_ssl", force_ssl_can_work),
        ("url", url_port_is_said),
        ("secret_key_base", secret_is_set),
    ];
    for (name, check) in together {
        diag.within(name, |diag| check(declaration, diag));
    }
    if let Some(init) = &declaration.init {
        shape_of_init(init, diag);
    }
    unusual::check(declaration, diag);
}

fn endpoint_type(item: Option<&ItemStruct>, diag: &mut Diagnostics) {
    let Some(item) = item else {
        diag.push_at(
            proc_macro2::Span::call_site(),
            "no endpoint type is declared",
        )
        .help("add `pub struct Web;` as the first statement");
        return;
    };
    if !matches!(item.fields, Fields::Unit) {
        diag.push(&item.fields, "an endpoint type has no fields")
            .help("write `state = App;`: what the application brings is given to `start`");
    }
    if !item.generics.params.is_empty() {
        diag.push(&item.generics, "an endpoint type has no parameters");
    }
}

/// Reports a second directive of the same name, unless `#[cfg]` chooses between them.
fn set_once(declaration: &Declaration, diag: &mut Diagnostics) {
    for (index, name) in declaration.names.iter().enumerate() {
        let mut earlier = declaration.names.iter().take(index);
        let word = name.ident.to_string();
        let Some(first) = earlier.find(|first| first.ident == name.ident) else {
            continue;
        };
        if name.conditional || first.conditional {
            continue;
        }
        match directive(&word).map(|directive| directive.form) {
            Some(Form::Socket) => continue,
            Some(Form::Expression) if word == "plug" => continue,
            Some(Form::Group(_) | Form::Switched(_) | Form::Extra | Form::Expressions) => diag
                .push(&name.ident, format!("`{word}` is set twice"))
                .help(format!("merge both into one `{word}(..)`")),
            _ => diag
                .push(&name.ident, format!("`{word}` is set twice"))
                .help("remove one of them"),
        }
        .note(format!(
            "first set on line {}",
            first.ident.span().start().line
        ));
    }
}

fn values(setting: &Setting, diag: &mut Diagnostics) {
    match &setting.value {
        Value::Group(options) => check::options(options, diag),
        Value::Expr(key, value) => check::key(key.name, key.kind, value, setting.phase, diag),
        Value::Off => {}
        Value::Extra(entries) => entries.iter().for_each(|entry| extra(entry, diag)),
        Value::Watchers(entries) => watchers::check(entries, diag),
    }
}

fn extra(entry: &Extra, diag: &mut Diagnostics) {
    match &entry.value {
        ExtraValue::Expr(value) => check::extra(value, true, diag),
        ExtraValue::Table(entries) => nested_extra(entries, diag),
    }
}

/// Reports `env(..)` inside a value: an environment variable gives a whole setting.
fn nested_extra(entries: &[Extra], diag: &mut Diagnostics) {
    for entry in entries {
        match &entry.value {
            ExtraValue::Expr(value) => check::extra(value, false, diag),
            ExtraValue::Table(entries) => nested_extra(entries, diag),
        }
    }
}

fn service_comes_last(declaration: &Declaration, diag: &mut Diagnostics) {
    let service = declaration
        .pipeline
        .iter()
        .position(|stage| stage.is_service() && !is_conditional(&stage.attributes));
    let Some(service) = service else { return };
    for stage in declaration
        .pipeline
        .iter()
        .skip(service)
        .filter(|stage| !stage.is_service())
    {
        diag.push(&stage.name, "`plug` after the service never runs")
            .help("move it above `service(..)`");
    }
}

fn closures_of_the_pipeline(declaration: &Declaration, diag: &mut Diagnostics) {
    for stage in &declaration.pipeline {
        if let Ok(value) = syn::parse2::<Expr>(stage.value.clone()) {
            closure::check(&stage.name.to_string(), &value, &["|edge|"], diag);
        }
    }
}

pub(super) fn declares(declaration: &Declaration, directive: &str) -> bool {
    declaration.names.iter().any(|name| name.ident == directive)
}

/// Whether the declaration has a listener of this scheme.
pub(super) fn listens(declaration: &Declaration, scheme: &str) -> bool {
    group(declaration, scheme).is_some()
}

pub(super) fn group<'a>(declaration: &'a Declaration, name: &str) -> Option<&'a Options> {
    declaration
        .settings
        .iter()
        .find_map(|setting| match &setting.value {
            Value::Group(options) if setting.name == name => Some(options),
            _ => None,
        })
}

/// Reports a key without the key that it needs. A file or the environment may set both.
fn certificates_have_keys(declaration: &Declaration, diag: &mut Diagnostics) {
    let Some(options) = group(declaration, "https") else {
        return;
    };
    for (name, other, pair) in [
        ("certfile", "keyfile", "key"),
        ("keyfile", "certfile", "cert"),
    ] {
        let text = if name == "certfile" { "cert" } else { "key" };
        if let Some(entry) = options.get(name) {
            if let Some(twice) = options.get(text) {
                diag.push(
                    &twice.name,
                    format!("`{name}` and `{text}` say the same in two ways"),
                )
                .help("keep one of them");
            }
            if options.get(other).is_none() && options.get(pair).is_none() {
                diag.push(&entry.name, format!("`{name}` needs `{other}`"))
                    .help("write `https(certfile = \"cert.pem\", keyfile = \"key.pem\")`");
            }
        }
    }
}

/// Reports `http` and `https` in the same place.
fn listeners_differ(declaration: &Declaration, diag: &mut Diagnostics) {
    let [Some(http), Some(https)] = ["http", "https"].map(|name| group(declaration, name)) else {
        return;
    };
    let (http, listeners) = (place::of(http), place::of(https));
    let overlaps = |one: &Listener| http.iter().any(|other| other.overlaps(one));
    let Some(one) = listeners.iter().find(|one| overlaps(one)) else {
        return;
    };
    if let Some(other) = http.iter().find(|other| other.overlaps(one))
        && let (Some(at), true) = (one.at, one.is_systemd())
    {
        diag.push_mistake(at, other.overlap(one));
        return;
    }
    let port = https.get("port").and_then(Entry::expr);
    if let Some(at) = port.or(one.at) {
        diag.push(at, "`http` and `https` listen on the same address")
            .help("change one port");
    }
}

/// Reports what browsers refuse, and what redirects every request for ever.
fn force_ssl_can_work(declaration: &Declaration, diag: &mut Diagnostics) {
    let Some(options) = group(declaration, "force_ssl") else {
        return;
    };
    let flag = |key: &str| {
        options
            .get(key)
            .and_then(Entry::expr)
            .and_then(expr::boolean)
    };
    let expires = options.get("expires");
    let seconds = expires.and_then(Entry::expr).and_then(expr::integer);
    if let Some(preload) = options
        .get("preload")
        .filter(|_| flag("preload") == Some(true))
        && (flag("subdomains").is_none_or(|on| !on)
            && options
                .get("subdomains")
                .is_none_or(|_| flag("subdomains").is_some())
            || seconds.is_some_and(|seconds| seconds < 31_536_000))
    {
        diag.push(
            &preload.name,
            "preload lists require `subdomains = true` and `expires >= 31_536_000`",
        );
    }
    if let (Some(false), Some(expires)) = (flag("hsts"), expires) {
        diag.push(&expires.name, "`expires` has no effect with `hsts = false`")
            .help("remove one of them");
    }
    let believes = options.get("rewrite_on").is_some() || declares(declaration, "rewrite_on");
    let served = listens(declaration, "http") && !listens(declaration, "https");
    if served && !believes && declaration.init.is_none() {
        let name = declaration
            .names
            .iter()
            .find(|name| name.ident == "force_ssl");
        let Some(name) = name else { return };
        diag.push(&name.ident, "every request would be redirected for ever: nothing here is seen as `https`")
            .help("add `https(..)`")
            .help("or, behind a proxy that speaks TLS, `rewrite_on = [x_forwarded_proto]` and `trusted_proxies`");
    }
}

fn server_needs_a_listener(declaration: &Declaration, diag: &mut Diagnostics) {
    let listens = ["http", "https"]
        .into_iter()
        .any(|name| listens(declaration, name) || is_malformed(declaration, name));
    for setting in &declaration.settings {
        if let Value::Expr(key, value) = &setting.value
            && key.name == "server"
            && expr::boolean(value) == Some(true)
            && !listens
        {
            diag.push(value, "`server = true` but no listener is configured")
                .help("add `http(port = 4000)`");
        }
    }
}

/// Whether a directive is written in a way that could not be read, which is reported.
fn is_malformed(declaration: &Declaration, name: &str) -> bool {
    let mut settings = declaration.settings.iter();
    declaration.names.iter().any(|one| one.ident == name)
        && !settings.any(|setting| setting.name == name)
}

/// Reports a missing secret, unless `init` may set it.
fn secret_is_set(declaration: &Declaration, diag: &mut Diagnostics) {
    if declaration.init.is_some()
        || declaration
            .names
            .iter()
            .any(|name| name.ident == "secret_key_base")
    {
        return;
    }
    for Mount { options, .. } in &declaration.mounts {
        let [websocket, longpoll] = ["websocket", "longpoll"].map(|name| options.get(name));
        let session = [websocket, longpoll]
            .into_iter()
            .flatten()
            .filter_map(Entry::options);
        let longpoll = longpoll.filter(|entry| entry.expr().and_then(expr::boolean) != Some(false));
        let (at, message) = match (session.filter_map(connect_info::session).next(), longpoll) {
            (Some(session), _) => (
                session,
                "`session` signs its cookie but no `secret_key_base` is set",
            ),
            (None, Some(entry)) => (
                &entry.name,
                "`longpoll` signs its tokens but no `secret_key_base` is set",
            ),
            (None, None) => continue,
        };
        diag.push(at, message)
            .help("add `secret_key_base = env(\"SECRET_KEY_BASE\");`");
    }
}

/// Reports `https` links with the port of a plain listener: behind a proxy with TLS, the port of
/// links differs.
fn url_port_is_said(declaration: &Declaration, diag: &mut Diagnostics) {
    if listens(declaration, "https") || !listens(declaration, "http") {
        return;
    }
    for setting in &declaration.settings {
        let Value::Group(options) = &setting.value else {
            continue;
        };
        let Some(scheme) = options.get("scheme").and_then(Entry::expr) else {
            continue;
        };
        if expr::text(scheme).is_some_and(|text| text.value() == "https")
            && options.get("port").is_none()
        {
            let name = &setting.name;
            diag.push(
                scheme,
                format!("the port of `{name}` would be that of `http`, under scheme `https`"),
            )
            .help("add `port = 443`");
        }
    }
}

fn shape_of_init(init: &ItemFn, diag: &mut Diagnostics) {
    let signature = &init.sig;
    if let Some(keyword) = &signature.asyncness {
        diag.push(keyword, "`init` is not async")
            .help("load values before `start` and pass them as options");
        return;
    }
    let receiver = signature
        .inputs
        .iter()
        .find(|input| matches!(input, FnArg::Receiver(_)));
    let wrong = if let Some(receiver) = receiver {
        Some(receiver.span())
    } else if let Some(FnArg::Typed(argument)) = signature.inputs.first()
        && matches!(&*argument.ty, syn::Type::Reference(_))
    {
        Some(argument.ty.span())
    } else if signature.inputs.len() != 1 || signature.variadic.is_some() {
        Some(signature.paren_token.span.join())
    } else if is_unit(&signature.output) || !signature.generics.params.is_empty() {
        Some(signature.ident.span())
    } else {
        signature.constness.as_ref().map(Spanned::span)
    };
    if let Some(span) = wrong {
        diag.push_at(span, "`init` has the wrong shape")
            .help("write `fn init(config: Config) -> Result<Config, ConfigError>`");
    }
}
