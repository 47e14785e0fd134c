//! What can be wrong with an impl block that reads well.

use syn::{
    Expr, GenericArgument, ImplItem, ImplItemFn, PathArguments, ReceiverKind, ReturnType, Safety, Type,
    spanned::Spanned,
};

use super::{
    argument::{is_option, last_segment},
    ast::{Argument, Method, Setup, Socket, Source},
    callback::{CALLBACKS, Callback, Output, Receiver},
};
use crate::{
    check,
    diag::{Diagnostics, did_you_mean},
    names, schema,
};

pub(crate) fn check(socket: &Socket, setup: &Setup, diag: &mut Diagnostics) {
    check::options(&setup.options, diag);
    check_others(socket, diag);
    check_missing(socket, diag);
    check_twice(socket, diag);
    for method in &socket.methods {
        check_shape(method, diag);
        check_arguments(&method.arguments, diag);
    }
}

/// Items that are no callbacks but were meant to be, or that `#[socket]` writes itself.
fn check_others(socket: &Socket, diag: &mut Diagnostics) {
    for item in &socket.others {
        match item {
            ImplItem::Fn(item) => {
                if let Some(meant) = meant_callback(item, socket) {
                    diag.push(&item.sig.ident, format!("unknown callback `{}`", item.sig.ident))
                        .help(format!("did you mean `{meant}`?"));
                }
            }
            ImplItem::Type(item) if item.ident == "Info" => {
                diag.push(&item.ident, "`Info` is taken from `handle_info`").help(
                    "remove it: the type of the second argument of `handle_info` is what others may send",
                );
            }
            ImplItem::Const(item) if item.ident == "OPTIONS" || item.ident == "NEEDS" => {
                let found = diag.push(&item.ident, format!("`{}` is written by `#[socket]`", item.ident));
                match item.ident == "OPTIONS" {
                    true => {
                        found.help("write `#[socket(websocket(..), longpoll(..), drainer(..), log = ..)]`")
                    }
                    false => found.help("remove it: the arguments of `connect` say what it needs"),
                };
            }
            _ => {}
        }
    }
}

/// The missing callback that a method looks like by its name. One that is optional must look like it by shape, too:
/// a helper may well be named alike.
fn meant_callback(item: &ImplItemFn, socket: &Socket) -> Option<&'static str> {
    const HELPERS: [&str; 2] = ["connected", "decode"];
    let word = item.sig.ident.to_string();
    let missing = CALLBACKS.iter().filter(|callback| socket.methods(callback.name).next().is_none());
    let meant = did_you_mean(&word, missing.map(|callback| callback.name))?;
    let callback = CALLBACKS.iter().find(|callback| callback.name == meant)?;
    let alike = !HELPERS.contains(&word.as_str()) && shape_fault(callback, item).is_none();
    (callback.required || alike).then_some(meant)
}

fn check_missing(socket: &Socket, diag: &mut Diagnostics) {
    let meant: Vec<_> = socket
        .others
        .iter()
        .filter_map(|item| match item {
            ImplItem::Fn(item) => meant_callback(item, socket),
            _ => None,
        })
        .collect();
    for callback in CALLBACKS.iter().filter(|callback| callback.required && !meant.contains(&callback.name)) {
        if socket.methods(callback.name).next().is_none() {
            diag.push(&socket.self_ty, format!("missing callback `{}`", callback.name))
                .help(format!("add `{}`", callback.signature));
        }
    }
}

fn check_twice(socket: &Socket, diag: &mut Diagnostics) {
    for callback in CALLBACKS {
        let unconditional =
            |method: &&Method| !method.item.attrs.iter().any(|one| one.path().is_ident("cfg"));
        let mut all = socket.methods(callback.name).filter(unconditional);
        let Some(first) = all.next() else { continue };
        for method in all {
            diag.push(&method.item.sig.ident, format!("`{}` is defined twice", callback.name))
                .help("remove one of them")
                .note(format!("first defined on line {}", first.item.sig.ident.span().start().line));
        }
    }
}

fn check_shape(method: &Method, diag: &mut Diagnostics) {
    let callback = method.callback;
    if let Some(fault) = shape_fault(callback, &method.item) {
        diag.push(&method.item.sig.ident, format!("`{}` has the wrong shape", callback.name))
            .help(format!("expected `{}`", callback.signature))
            .note(fault);
    }
}

/// What a method has otherwise than its callback. Types are left to the compiler.
fn shape_fault(callback: &Callback, item: &ImplItemFn) -> Option<String> {
    let sig = &item.sig;
    let plain = sig.constness.is_none()
        && sig.abi.is_none()
        && sig.variadic.is_none()
        && matches!(sig.safety, Safety::Default);
    let receiver = match sig.receiver().map(|receiver| &receiver.kind) {
        None => Some(Receiver::None),
        Some(ReceiverKind::Value) => Some(Receiver::Owned),
        Some(ReceiverKind::Reference(_, None, Some(_))) => Some(Receiver::Borrowed),
        Some(_) => None,
    };
    if receiver != Some(callback.receiver) {
        return Some(match callback.receiver {
            Receiver::None => "it is called without a socket: it has no `self`".to_owned(),
            Receiver::Borrowed => "it takes `&mut self`".to_owned(),
            Receiver::Owned => "it takes `self` by value: the connection has ended".to_owned(),
        });
    }
    let count = sig.inputs.len() - usize::from(sig.receiver().is_some());
    if let Some(expected) = callback.arguments
        && count != expected
    {
        let besides = if callback.receiver == Receiver::None { "" } else { " besides `self`" };
        let plural = if expected == 1 { "" } else { "s" };
        return Some(format!("it takes {expected} argument{plural}{besides}, this has {count}"));
    }
    if sig.asyncness.is_some() && !callback.waits {
        return Some(format!("`{}` is not async: it runs at once", callback.name));
    }
    if !plain {
        return Some("it is a plain function: neither `const`, `unsafe` nor `extern`".to_owned());
    }
    if !sig.generics.params.is_empty() {
        return Some("it has no generic parameters: the transport would not know what to fill in".to_owned());
    }
    output_fault(callback, &sig.output).or_else(|| info_fault(callback, item))
}

fn output_fault(callback: &Callback, output: &ReturnType) -> Option<String> {
    let unit = is_unit(output);
    match callback.output {
        Output::Value if unit => Some("it returns a value".to_owned()),
        Output::Nothing if !unit => Some("it returns nothing".to_owned()),
        Output::Value if callback.name == "connect" => match output {
            ReturnType::Type(_, ty)
                if last_segment(ty).is_none_or(|last| last.ident == "Self" || last.ident == "Option") =>
            {
                Some("it returns a `Result`".to_owned())
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether a function returns `()`.
pub(crate) fn is_unit(output: &ReturnType) -> bool {
    match output {
        ReturnType::Default => true,
        ReturnType::Type(_, ty) => matches!(&**ty, Type::Tuple(tuple) if tuple.elems.is_empty()),
    }
}

fn info_fault(callback: &Callback, item: &ImplItemFn) -> Option<String> {
    if callback.name != "handle_info" {
        return None;
    }
    match info_type(item)? {
        Type::Reference(reference) if reference.lifetime.as_ref().is_none_or(|one| one.ident != "static") => {
            Some("what arrives comes from another task: it must own its data".to_owned())
        }
        Type::ImplTrait(_) => Some("what arrives has one type: name it".to_owned()),
        _ => None,
    }
}

/// The type of what arrives in `handle_info`.
pub(crate) fn info_type(item: &ImplItemFn) -> Option<&Type> {
    item.sig.inputs.iter().find_map(|input| match input {
        syn::FnArg::Typed(typed) => Some(&*typed.ty),
        syn::FnArg::Receiver(_) => None,
    })
}

fn check_arguments(arguments: &[Argument], diag: &mut Diagnostics) {
    let mut seen: Vec<(bool, String)> = Vec::new();
    for argument in arguments {
        let default = match &argument.source {
            Source::Param { default, .. } | Source::Info { default, .. } => default,
            Source::Type | Source::Unknown => continue,
        };
        let Some(name) = argument.source.name() else { continue };
        let (is_info, text) = (matches!(argument.source, Source::Info { .. }), name.text());
        if is_info {
            check_key(&text, argument, diag);
        }
        if default.is_some() && is_option(&argument.ty) {
            let ty = inner_text(&argument.ty).unwrap_or_else(|| "T".to_owned());
            diag.push(&argument.ty, "with a `default` the value is never missing")
                .help(format!("write `{ty}` instead of `Option<{ty}>`, or remove `default`"));
        }
        let entry = (is_info, text);
        if seen.contains(&entry) {
            diag.push_at(argument.span(), format!("`{}` is taken twice", entry.1)).help("remove one of them");
        } else {
            seen.push(entry);
        }
    }
}

fn check_key(text: &str, argument: &Argument, diag: &mut Diagnostics) {
    const HEADERS: [&str; 6] = ["header", "headers", "req_headers", "cookie", "cookies", "authorization"];
    let built_in = || schema::CONNECT_INFO.iter().copied().chain(["auth_token"]);
    let at = argument.span();
    if HEADERS.contains(&text) {
        diag.push_at(at, "request headers are not available to sockets: other sites can open them with a visitor's cookies")
            .help(format!("take one of {}", names::list(built_in())));
    } else if !built_in().any(|key| key == text)
        && let Some(near) = did_you_mean(text, built_in())
    {
        diag.push_at(at, format!("unknown connect_info key `{text}`"))
            .help(format!("did you mean `{near}`?"));
    }
}

fn inner_text(ty: &Type) -> Option<String> {
    let PathArguments::AngleBracketed(arguments) = &last_segment(ty)?.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => inner.span().source_text(),
        GenericArgument::Const(Expr::Path(path)) => path.span().source_text(),
        _ => None,
    }
}
