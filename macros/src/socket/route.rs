//! `channel("room:*", RoomChannel, assigns = ..)`: which channel serves a topic.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprLit, Lit, LitStr, Type, spanned::Spanned};

use super::ast::{Channels, Route};
use crate::{
    diag::Diagnostics,
    expansion::type_name,
    grammar::spelling::did_you_mean,
    language::{
        expr,
        options::{Entry, Options},
        recover::{Arguments, is_comma},
        schema,
    },
    value::check,
};

/// The bytes of a topic that a binary frame can say.
const LONGEST: usize = 255;

/// Takes the options that only sockets with channels have out of the arguments of `#[socket]`.
pub(crate) fn take(pieces: &mut Vec<Vec<TokenTree>>, diag: &mut Diagnostics) -> Channels {
    let (mut declared, mut routes, mut options) = (false, Vec::new(), TokenStream::new());
    let mut names = Vec::new();
    pieces.retain(|piece| {
        let Some(TokenTree::Ident(name)) = piece.first() else {
            return true;
        };
        // A misspelt `channel` is reported as a key, but the socket is treated as one with
        // channels.
        let is_route = did_you_mean(&name.to_string(), ["channel"]).is_some();
        if is_route && !declared && cfg!(not(feature = "channels")) {
            diag.push(
                name,
                "`channel` needs landfall's feature `channels`, which is off",
            )
            .help("turn it on in `Cargo.toml` by `features = [\"channels\"]`, or remove `channel`");
        }
        declared |= is_route;
        match piece.as_slice() {
            [_, TokenTree::Group(arguments), rest @ ..]
                if name == "channel" && rest.iter().all(is_comma) =>
            {
                routes.extend(route(arguments.stream(), name, diag));
            }
            _ if schema::CHANNEL_OPTIONS.key(&name.to_string()).is_some() => {
                options.extend(piece.iter().cloned());
            }
            _ => return true,
        }
        names.push(name.clone());
        false
    });
    Channels {
        declared,
        names,
        routes,
        options: diag.within("socket", |diag| {
            Options::parse(options, &schema::CHANNEL_OPTIONS, diag)
        }),
    }
}

fn route(arguments: TokenStream, name: &Ident, diag: &mut Diagnostics) -> Option<Route> {
    const FORM: &str = "write `channel(\"room:*\", RoomChannel)`";
    let mut arguments = Arguments::new(arguments);
    if arguments.is_empty() {
        diag.push(name, "`channel` takes a topic and the type of its channel")
            .help(FORM);
        return None;
    }
    let pattern = match arguments.next(|input| input.parse::<Expr>()) {
        Ok(Expr::Lit(ExprLit {
            lit: Lit::Str(pattern),
            ..
        })) => pattern,
        Ok(other) => {
            let found = diag.push(&other, "a topic is a string literal");
            match arguments.next(|input| input.parse::<LitStr>()) {
                Ok(topic) => found.help(format!(
                    "the topic comes first: `channel({:?}, ..)`",
                    topic.value()
                )),
                Err(_) => found.help(FORM),
            };
            return None;
        }
        Err(error) => {
            diag.push_syn(error);
            return None;
        }
    };
    if arguments.is_empty() {
        diag.push(&pattern, "this topic has no channel").help(FORM);
        return None;
    }
    let channel = match arguments.next(|input| input.parse::<Type>()) {
        Ok(channel) => channel,
        Err(error) => {
            diag.push_at(error.span(), "expected the type of the channel")
                .help(FORM);
            return None;
        }
    };
    Some(Route {
        pattern,
        channel,
        options: diag.within("channel", |diag| {
            Options::parse_rest(arguments, &schema::ROUTE, diag)
        }),
    })
}

pub(crate) fn check(channels: &Channels, diag: &mut Diagnostics) {
    diag.within("socket", |diag| {
        check::options(&channels.options, diag);
    });
    serializers_are_reached(&channels.options, diag);
    if !channels.declared {
        for entry in &channels.options.entries {
            diag.push(
                &entry.name,
                format!("`{}` is for sockets with channels", entry.name),
            )
            .help("add `channel(\"room:*\", RoomChannel)`, or remove it");
        }
    }
    for (index, route) in channels.routes.iter().enumerate() {
        diag.within("channel", |diag| check::options(&route.options, diag));
        if well_formed(&route.pattern, diag) {
            reached(route, channels.routes.iter().take(index), diag);
        }
    }
}

fn well_formed(pattern: &LitStr, diag: &mut Diagnostics) -> bool {
    let text = pattern.value();
    if text.is_empty() {
        diag.push(pattern, "this topic is empty")
            .help("`\"lobby\"` is one topic, `\"room:*\"` are many");
    } else if let Some(at) = text.find('*').filter(|at| at + 1 < text.len()) {
        let fixed = text.get(..=at).unwrap_or_default();
        diag.push(pattern, "`*` stands only at the end of a topic")
            .within(&text, text.get(at..=at).unwrap_or_default())
            .help(format!(
                "write `{fixed:?}`: `#[rest]` of `join` is what follows"
            ));
    } else if text == "phoenix" {
        diag.push(pattern, "the topic `phoenix` is for heartbeats")
            .help("choose another topic");
    } else if text.len() > LONGEST {
        diag.push(
            pattern,
            format!(
                "this topic has {} bytes, binary frames carry at most {LONGEST}",
                text.len()
            ),
        )
        .help("shorten it");
    } else {
        if text.starts_with("phoenix:") {
            diag.warn(
                "topic_of_the_framework",
                pattern,
                "topics that begin with `phoenix:` are those of the framework, such as live reload",
            )
            .help("choose another topic");
        }
        return true;
    }
    false
}

/// Warns of serializers that speak another version, or that no version reaches.
fn serializers_are_reached(options: &Options, diag: &mut Diagnostics) {
    let value = options.get("serializers").and_then(Entry::expr);
    let mut seen: Vec<String> = Vec::new();
    for pair in value.and_then(expr::list).into_iter().flatten() {
        let Expr::Tuple(pair) = pair else { continue };
        let (Some(Expr::Path(serializer)), Some(requirement)) =
            (pair.elems.first(), pair.elems.last())
        else {
            continue;
        };
        let Some(text) = expr::text(requirement) else {
            continue;
        };
        let versions = text
            .value()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let name = serializer
            .path
            .segments
            .last()
            .map(|last| last.ident.to_string());
        let (own, other) = match name.as_deref() {
            Some("V1") => ("1", "2"),
            Some("V2") => ("2", "1"),
            _ => ("", ""),
        };
        let first = versions.trim_start_matches(|char: char| !char.is_ascii_digit());
        if !own.is_empty() && first.starts_with(&format!("{other}.")) && !versions.contains("and") {
            diag.warn(
                "serializer_of_another_version",
                requirement,
                format!("`V{own}` speaks version {own}, clients that ask for version {other} expect `V{other}`"),
            )
            .help(format!("write `(V{own}, \"~> {own}.0.0\")`"));
        }
        if seen.contains(&versions) {
            diag.warn(
                "serializer_shadowed",
                requirement,
                "an earlier serializer takes all of these versions",
            )
            .help("remove it, or write other versions");
        }
        seen.push(versions);
    }
}

/// Reports patterns that no topic reaches, because the first that matches wins.
fn reached<'a>(
    route: &Route,
    mut earlier: impl Iterator<Item = &'a Route>,
    diag: &mut Diagnostics,
) {
    let pattern = route.pattern.value();
    let Some(first) = earlier.find(|earlier| swallows(&earlier.pattern.value(), &pattern)) else {
        return;
    };
    let (text, line) = (first.pattern.value(), first.pattern.span().start().line);
    if text == pattern {
        diag.push(
            &route.pattern,
            format!("{pattern:?} has a channel already, on line {line}"),
        )
        .help("remove one of them");
    } else {
        diag.push(
            &route.pattern,
            format!("this topic is never reached: {text:?} on line {line} matches first"),
        )
        .help(format!("move `channel({pattern:?}, ..)` above it"));
    }
}

fn swallows(earlier: &str, later: &str) -> bool {
    earlier == later
        || earlier
            .strip_suffix('*')
            .is_some_and(|prefix| later.starts_with(prefix))
}

/// `Route::new::<Type>("pattern", "Type")`.
pub(crate) fn expand(route: &Route) -> TokenStream {
    let Route {
        pattern,
        channel,
        options,
    } = route;
    let name = type_name(channel);
    let made =
        quote_spanned!(channel.span()=> __rt::channel::Route::new::<#channel>(#pattern, #name));
    match options.get("assigns").and_then(Entry::expr) {
        Some(value) => {
            let assigns = quote_spanned!(value.span()=> const { &(#value) });
            let name = options.get("assigns").map(|entry| &entry.name);
            quote!(#made.#name(#assigns))
        }
        None => made,
    }
}
