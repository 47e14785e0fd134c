//! Checks of a block that has been read.

use proc_macro2::Span;
use syn::{Attribute, ImplItem, ImplItemFn, Type};

use super::{
    argument::is_str,
    ast::{Channel, Declaration, Direction, Handler, Method, Source},
    callback::CALLBACKS,
};
use crate::{
    block::callback::owned, diag::Diagnostics, grammar::spelling::did_you_mean,
    language::attributes::is_conditional, value::check,
};

/// Channels are a feature of `landfall`, which it passes on.
pub(crate) fn feature(diag: &mut Diagnostics) {
    if cfg!(not(feature = "channels")) {
        diag.push_at(
            Span::call_site(),
            "`#[channel]` needs landfall's feature `channels`, which is off",
        )
        .help("turn it on in `Cargo.toml` by `features = [\"channels\"]`");
    }
}

pub(crate) fn declaration(declaration: &Declaration, diag: &mut Diagnostics) {
    diag.within("channel", |diag| {
        check::options(&declaration.setup.options, diag)
    });
    let Some(channel) = &declaration.channel else {
        return;
    };
    others(channel, diag);
    for item in channel.methods() {
        item.attrs
            .iter()
            .for_each(|attribute| attributes(attribute, diag));
    }
    for item in &channel.helpers {
        helper(item, channel, diag);
    }
    missing(channel, diag);
    twice(channel, diag);
    for method in &channel.callbacks {
        diag.within("channel", |diag| {
            diag.within(method.callback.name, |diag| {
                shape(method, diag);
                arguments(method, diag);
            });
        });
    }
    channel
        .handlers
        .iter()
        .for_each(|handler| handler_shape(handler, diag));
    for direction in Direction::ALL {
        handled_once(channel, direction, diag);
    }
}

/// Reports items that `#[channel]` writes.
fn others(channel: &Channel, diag: &mut Diagnostics) {
    for item in &channel.others {
        match item {
            ImplItem::Type(item) if item.ident == "Info" => {
                diag.push(&item.ident, "`Info` is taken from `handle_info`").help(
                    "remove it: the type of the second argument of `handle_info` is what others may send",
                );
            }
            ImplItem::Type(item) if item.ident == "State" => {
                diag.push(&item.ident, "`State` is taken from `#[state]` arguments")
                    .help("remove it");
            }
            ImplItem::Type(item) if item.ident == "Socket" => {
                diag.push(&item.ident, "`Socket` is taken from `#[channel(..)]`")
                    .help("remove it");
            }
            ImplItem::Const(item) if item.ident == "SHUTDOWN" => {
                diag.push(&item.ident, "`SHUTDOWN` is taken from `#[channel(..)]`")
                    .help("remove it, and write `#[channel(Socket, shutdown = secs(5))]`");
            }
            ImplItem::Const(item) if item.ident == "INTERCEPT" => {
                diag.push(&item.ident, "`INTERCEPT` is written by `#[channel]`")
                    .help("remove it: events with `#[handle_out(\"event\")]` are intercepted");
            }
            _ => {}
        }
    }
}

/// Reports attributes of ours that are misspelt or superfluous.
fn attributes(attribute: &Attribute, diag: &mut Diagnostics) {
    let Some(word) = attribute.path().get_ident().map(ToString::to_string) else {
        return;
    };
    if CALLBACKS.iter().any(|callback| callback.name == word) {
        diag.push(attribute.path(), format!("`{word}` is found by its name"))
            .help("remove the attribute");
    } else if word == "intercept" {
        diag.push(attribute.path(), "events with a handler are intercepted")
            .help("write `#[handle_out(\"event\")]` on the handler");
    } else if let Some(near) = did_you_mean(&word, Direction::ALL.map(Direction::attribute)) {
        diag.push(attribute.path(), format!("unknown attribute `{word}`"))
            .help(format!("did you mean `#[{near}(..)]`?"));
    }
}

/// Reports misspelt callbacks.
fn helper(item: &ImplItemFn, channel: &Channel, diag: &mut Diagnostics) {
    let name = &item.sig.ident;
    if name == "handle_out" {
        diag.push(name, "`handle_out` needs the names of its events")
            .help("write `#[handle_out(\"event\")]` on it");
    } else if let Some(meant) = meant(item, channel) {
        diag.push(name, format!("unknown callback `{name}`"))
            .help(format!("did you mean `{meant}`?"));
    }
}

/// The missing callback whose name is like the method's. For an optional callback the shape must be
/// like it, too: a helper may have such a name.
fn meant(item: &ImplItemFn, channel: &Channel) -> Option<&'static str> {
    let missing = CALLBACKS
        .iter()
        .filter(|callback| channel.callbacks(callback.name).next().is_none());
    let meant = did_you_mean(
        &item.sig.ident.to_string(),
        missing.map(|callback| callback.name),
    )?;
    let callback = CALLBACKS.iter().find(|callback| callback.name == meant)?;
    let alike = callback.fault(item, 0).is_none();
    alike.then_some(meant)
}

fn missing(channel: &Channel, diag: &mut Diagnostics) {
    for callback in CALLBACKS.iter().filter(|callback| callback.required) {
        let meant = channel
            .helpers
            .iter()
            .any(|item| meant(item, channel) == Some(callback.name));
        if !meant && channel.callbacks(callback.name).next().is_none() {
            diag.push(
                &channel.self_ty,
                format!("missing callback `{}`", callback.name),
            )
            .help(format!("add `{}`", callback.signature));
        }
    }
}

fn twice(channel: &Channel, diag: &mut Diagnostics) {
    for callback in CALLBACKS {
        let items = channel.callbacks(callback.name).map(|method| &method.item);
        callback.check_once(items, diag);
    }
}

fn shape(method: &Method, diag: &mut Diagnostics) {
    let callback = method.callback;
    let states = method
        .sources
        .iter()
        .filter(|source| **source == Source::State)
        .count();
    if let Some(fault) = callback.fault(&method.item, states) {
        diag.push(
            &method.item.sig.ident,
            format!("`{}` has the wrong shape", callback.name),
        )
        .help(format!("expected `{}`", callback.signature))
        .note(fault);
    }
}

fn handler_shape(handler: &Handler, diag: &mut Diagnostics) {
    if let Some(fault) = handler.fault() {
        let name = &handler.item.sig.ident;
        diag.push(name, format!("`{name}` has the wrong shape"))
            .help(format!(
                "expected `async fn {name}(&mut self, payload: T, out: &mut Outlet)`"
            ))
            .note(fault);
    }
}

fn handled_once(channel: &Channel, direction: Direction, diag: &mut Diagnostics) {
    let all = || {
        channel
            .handlers
            .iter()
            .flat_map(|handler| handler.events(direction).map(move |event| (handler, event)))
    };
    for (index, (handler, event)) in all().enumerate() {
        let earlier = all()
            .take(index)
            .find(|(_, earlier)| earlier.value() == event.value());
        let Some((first, at)) = earlier else { continue };
        if !is_conditional(&first.item.attrs) && !is_conditional(&handler.item.attrs) {
            let (line, name) = (at.span().start().line, &first.item.sig.ident);
            diag.push(event, format!("`{}` is handled twice", event.value()))
                .help("remove one of them")
                .note(format!("first handled on line {line}, by `{name}`"));
        }
    }
}

fn arguments(method: &Method, diag: &mut Diagnostics) {
    for (index, (argument, source)) in method.arguments().enumerate() {
        if let Some((message, help)) = argument_fault(&argument.ty, source) {
            diag.push(&argument.ty, message).help(help);
        }
        let again = method.arguments().take(index).any(|(earlier, from)| {
            from == source && !is_conditional(&earlier.attrs) && !is_conditional(&argument.attrs)
        });
        if let Some(name) = source
            .attribute()
            .filter(|_| again && source != Source::State)
        {
            diag.push(&argument.pat, format!("`#[{name}]` is taken twice"))
                .help("remove one of them");
        }
    }
}

/// What is wrong with the type of an argument, and what to write instead.
fn argument_fault(ty: &Type, source: Source) -> Option<(String, &'static str)> {
    let reference = matches!(ty, Type::Reference(_));
    match source {
        Source::Assigns if !reference => Some((
            "what a route assigns is shared by all its joins".to_owned(),
            "take it as `&'static T`",
        )),
        Source::Payload => owned(ty, "a payload is handed over").map(|fault| {
            (
                fault,
                "take `String` instead of `&str`, or a type that implements `Deserialize`",
            )
        }),
        Source::Rest | Source::Topic if reference && !is_str(ty) => Some((
            "a part of the topic is text".to_owned(),
            "take `&str`, or a type that implements `FromStr`",
        )),
        _ if matches!(ty, Type::ImplTrait(_)) => {
            Some(("an argument of `join` has one type".to_owned(), "name it"))
        }
        _ => None,
    }
}
