//! Checks of a block that has been read.

use syn::{Expr, GenericArgument, ImplItem, ImplItemFn, PathArguments, Type, spanned::Spanned};

use super::{
    ast::{Argument, Declaration, Method, Setup, Socket, Source},
    callback::belongs_to_channels,
    route,
};
use crate::{
    block::callback::{Callback, is_option, last_segment},
    diag::Diagnostics,
    grammar::spelling::{did_you_mean, list},
    language::{options::Entry, schema},
    value::check,
};

pub(crate) fn declaration(declaration: &Declaration, diag: &mut Diagnostics) {
    let Declaration { setup, socket, .. } = declaration;
    let Some(socket) = socket else { return };
    let callbacks = setup.callbacks();
    diag.within("socket", |diag| {
        check::options(&setup.options, diag);
        presets(setup, diag);
    });
    route::check(&setup.channels, diag);
    check_others(socket, setup, diag);
    check_missing(socket, callbacks, diag);
    check_twice(socket, callbacks, diag);
    for method in &socket.methods {
        diag.within("socket", |diag| {
            diag.within(method.callback.name, |diag| {
                check_shape(method, diag);
                check_arguments(&method.arguments, diag);
            });
        });
    }
}

/// Warns of options that the clients of channels do not expect.
fn presets(setup: &Setup, diag: &mut Diagnostics) {
    let websocket = setup.options.get("websocket").and_then(Entry::options);
    let (true, Some(websocket)) = (setup.channels.declared, websocket) else {
        return;
    };
    if let (Some(timeout), None) = (
        websocket.get("timeout").and_then(Entry::expr),
        websocket.get("ping"),
    ) && check::millis(timeout).is_some_and(|millis| (1..=30_000).contains(&millis))
    {
        diag.warn(
            "timeout_below_heartbeat",
            timeout,
            "clients send a heartbeat every 30 s: idle clients would be cut off",
        )
        .help("at least `secs(45)`")
        .help("if your clients send more, write `timeout = on_purpose(.., reason = \"..\")`");
    }
}

/// Reports misspelt callbacks, and items that `#[socket]` writes.
fn check_others(socket: &Socket, setup: &Setup, diag: &mut Diagnostics) {
    for item in &socket.others {
        match item {
            ImplItem::Fn(item) => {
                if setup.channels.declared
                    && let Some(help) = belongs_to_channels(&item.sig.ident.to_string())
                {
                    let name = &item.sig.ident;
                    diag.push(name, format!("a socket with channels has no `{name}`"))
                        .help(help);
                } else if let Some(meant) = meant_callback(item, socket, setup.callbacks()) {
                    diag.push(
                        &item.sig.ident,
                        format!("unknown callback `{}`", item.sig.ident),
                    )
                    .help(format!("did you mean `{meant}`?"));
                }
            }
            ImplItem::Type(item) if item.ident == "Info" => {
                diag.push(&item.ident, "`Info` is taken from `handle_info`").help(
                    "remove it: the type of the second argument of `handle_info` is what others may send",
                );
            }
            ImplItem::Type(item) if item.ident == "State" => {
                diag.push(&item.ident, "`State` is taken from `#[state]` arguments")
                    .help("remove it");
            }
            ImplItem::Const(item) if item.ident == "OPTIONS" || item.ident == "NEEDS" => {
                let found = diag.push(
                    &item.ident,
                    format!("`{}` is written by `#[socket]`", item.ident),
                );
                match item.ident == "OPTIONS" {
                    true => found.help(
                        "write `#[socket(websocket(..), longpoll(..), drainer(..), log = ..)]`",
                    ),
                    false => found.help("remove it: the arguments of `connect` say what it needs"),
                };
            }
            _ => {}
        }
    }
}

/// The missing callback whose name is like the method's. For an optional callback the shape must be
/// like it, too: a helper may have such a name.
fn meant_callback(
    item: &ImplItemFn,
    socket: &Socket,
    callbacks: &'static [Callback],
) -> Option<&'static str> {
    const HELPERS: [&str; 2] = ["connected", "decode"];
    let word = item.sig.ident.to_string();
    let missing = callbacks
        .iter()
        .filter(|callback| socket.methods(callback.name).next().is_none());
    let meant = did_you_mean(&word, missing.map(|callback| callback.name))?;
    let callback = callbacks.iter().find(|callback| callback.name == meant)?;
    let alike = !HELPERS.contains(&word.as_str()) && callback.fault(item, 0).is_none();
    (callback.required || alike).then_some(meant)
}

fn check_missing(socket: &Socket, callbacks: &'static [Callback], diag: &mut Diagnostics) {
    let meant: Vec<_> = socket
        .others
        .iter()
        .filter_map(|item| match item {
            ImplItem::Fn(item) => meant_callback(item, socket, callbacks),
            _ => None,
        })
        .collect();
    for callback in callbacks
        .iter()
        .filter(|callback| callback.required && !meant.contains(&callback.name))
    {
        if socket.methods(callback.name).next().is_none() {
            diag.push(
                &socket.self_ty,
                format!("missing callback `{}`", callback.name),
            )
            .help(format!("add `{}`", callback.signature));
        }
    }
}

fn check_twice(socket: &Socket, callbacks: &'static [Callback], diag: &mut Diagnostics) {
    for callback in callbacks {
        let items = socket.methods(callback.name).map(|method| &method.item);
        callback.check_once(items, diag);
    }
}

fn check_shape(method: &Method, diag: &mut Diagnostics) {
    let callback = method.callback;
    if let Some(fault) = callback.fault(&method.item, 0) {
        diag.push(
            &method.item.sig.ident,
            format!("`{}` has the wrong shape", callback.name),
        )
        .help(format!("expected `{}`", callback.signature))
        .note(fault);
    }
}

fn check_arguments(arguments: &[Argument], diag: &mut Diagnostics) {
    let mut seen: Vec<(bool, String)> = Vec::new();
    for argument in arguments {
        let default = match &argument.source {
            Source::Param { default, .. } | Source::Info { default, .. } => default,
            Source::State | Source::Type | Source::Unknown => continue,
        };
        let Some(name) = argument.source.name() else {
            continue;
        };
        let (is_info, text) = (matches!(argument.source, Source::Info { .. }), name.text());
        if is_info {
            check_key(&text, argument, diag);
        } else if let Some(what) = of_the_protocol(&text) {
            diag.warn(
                "parameter_of_the_protocol",
                &argument.span(),
                format!("`{text}` is {what}"),
            )
            .help("choose another name");
        }
        if default.is_some() && is_option(&argument.ty) {
            let ty = inner_text(&argument.ty).unwrap_or_else(|| "T".to_owned());
            diag.push(&argument.ty, "with a `default` the value is never missing")
                .help(format!(
                    "write `{ty}` instead of `Option<{ty}>`, or remove `default`"
                ));
        }
        let entry = (is_info, text);
        if seen.contains(&entry) {
            diag.push_at(argument.span(), format!("`{}` is taken twice", entry.1))
                .help("remove one of them");
        } else {
            seen.push(entry);
        }
    }
}

/// What a parameter is to clients and the server, if they have a use of their own for it.
fn of_the_protocol(name: &str) -> Option<&'static str> {
    match name {
        "vsn" => Some("the version of the protocol that a client speaks"),
        "_csrf_token" => Some("the token by which a page shows whose session it is"),
        _ => None,
    }
}

fn check_key(text: &str, argument: &Argument, diag: &mut Diagnostics) {
    const HEADERS: [&str; 6] = [
        "header",
        "headers",
        "req_headers",
        "cookie",
        "cookies",
        "authorization",
    ];
    let built_in = || schema::CONNECT_INFO.iter().copied().chain(["auth_token"]);
    let at = argument.span();
    if HEADERS.contains(&text) {
        diag.push_at(at, "request headers are not available to sockets: other sites can open them with a visitor's cookies")
            .help(format!("take one of {}", list(built_in())));
    } else if !built_in().any(|key| key == text)
        && let Some(near) = did_you_mean(text, built_in())
    {
        diag.push_at(at, format!("unknown connect_info key `{text}`"))
            .help(format!("did you mean `{near}`?"));
    }
}

fn inner_text(ty: &Type) -> Option<String> {
    let PathArguments::AngleBracketed(arguments) = &last_segment(ty)?.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => inner.span().source_text(),
        GenericArgument::Const(Expr::Path(path)) => path.span().source_text(),
        _ => None,
    }
}
