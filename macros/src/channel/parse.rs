//! Reads the attribute's arguments and the impl block.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{
    FnArg, Ident, ImplItem, ImplItemFn, Token, Type,
    ext::IdentExt,
    parse::{ParseStream, Parser},
    spanned::Spanned,
};

use super::{
    argument,
    ast::{Channel, Declaration, Method, Setup, Source},
    callback::callback,
    handler,
};
use crate::{
    block::{self, Attached, argument_attributes},
    block::{callback::Output, state},
    diag::Diagnostics,
    language::{options::Options, recover, schema},
};

const CHANNEL: Attached = Attached {
    attribute: "#[channel]",
    contract: "Channel",
    what: "a channel",
};

pub(crate) fn declaration(
    arguments: TokenStream,
    item: TokenStream,
    diag: &mut Diagnostics,
) -> Declaration {
    Declaration {
        setup: setup(arguments, diag),
        channel: channel(&item, diag),
        item,
    }
}

fn setup(arguments: TokenStream, diag: &mut Diagnostics) -> Setup {
    const FORM: &str = "write `#[channel(UserSocket)]`";
    let mut pieces = recover::pieces(arguments);
    let krate = block::take_crate(&mut pieces, diag);
    let (options, rest): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|piece| is_option(piece));
    let options = options.into_iter().flatten().collect();
    let options = diag.within("channel", |diag| {
        Options::parse(options, &schema::CHANNEL, diag)
    });
    let rest: TokenStream = rest.into_iter().flatten().collect();
    if rest.is_empty() {
        diag.push_at(
            Span::call_site(),
            "`#[channel]` needs the type of its socket",
        )
        .help(FORM);
        return Setup {
            krate,
            socket: None,
            options,
            typed: Vec::new(),
        };
    }
    let parsed = (|input: ParseStream| {
        if input.peek(Ident::peek_any) && input.peek2(Token![=]) {
            let name = input.call(Ident::parse_any)?;
            input.parse::<TokenStream>()?;
            return Err(syn::Error::new(
                name.span(),
                format!("`#[channel]` has no option `{name}`"),
            ));
        }
        let socket: Type = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        Ok((socket, input.parse::<TokenStream>()?))
    })
    .parse2(rest);
    let (socket, rest, wrong) = match parsed {
        Ok((socket, rest)) if rest.is_empty() => (Some(socket), rest, None),
        Ok((socket, rest)) => {
            let wrong = (rest.span(), "a channel has one socket".to_owned());
            (Some(socket), rest, Some(wrong))
        }
        Err(error) => (
            None,
            TokenStream::new(),
            Some((error.span(), error.to_string())),
        ),
    };
    if let Some((at, message)) = wrong {
        diag.push_at(at, message).help(FORM);
    }
    let typed = match rest.into_iter().next() {
        Some(TokenTree::Ident(name)) => vec![name],
        _ => Vec::new(),
    };
    Setup {
        krate,
        socket,
        options,
        typed,
    }
}

/// Whether this is `name = ..` of an option that there is.
fn is_option(piece: &[TokenTree]) -> bool {
    match piece {
        [TokenTree::Ident(name), TokenTree::Punct(equals), ..] => {
            equals.as_char() == '=' && schema::CHANNEL.key(&name.to_string()).is_some()
        }
        _ => false,
    }
}

fn channel(item: &TokenStream, diag: &mut Diagnostics) -> Option<Channel> {
    let block = CHANNEL.read(item, diag)?;
    let marks = block::marks(&block);
    let mut channel = Channel {
        attrs: block.attrs,
        generics: block.generics,
        self_ty: *block.self_ty,
        marks,
        callbacks: Vec::new(),
        handlers: Vec::new(),
        helpers: Vec::new(),
        others: Vec::new(),
    };
    for item in block.items {
        match item {
            ImplItem::Fn(item) => method(item, &mut channel, diag),
            other => channel.others.push(other),
        }
    }
    Some(channel)
}

fn method(item: ImplItemFn, channel: &mut Channel, diag: &mut Diagnostics) {
    let mut item = match handler::take(item, diag) {
        Ok(mut handler) => {
            handler.sources = states(&mut handler.item, diag);
            no_attributes(&handler.item, diag);
            return channel.handlers.push(handler);
        }
        Err(item) => item,
    };
    let callback = callback(&item.sig.ident.to_string());
    let sources = match callback {
        Some(callback) if callback.name == "join" && item.sig.receiver().is_none() => item
            .sig
            .inputs
            .iter_mut()
            .map(|input| argument::take(input, diag))
            .collect(),
        Some(callback) => {
            let sources = states(&mut item, diag);
            let taken = item
                .sig
                .inputs
                .iter()
                .zip(&sources)
                .find(|(_, source)| **source == Source::State);
            if let (true, Some((FnArg::Typed(argument), _))) =
                (callback.output != Output::Next, taken)
            {
                state::refused(&item.sig.ident, "join", &argument.pat, diag);
            }
            sources
        }
        None => Vec::new(),
    };
    if callback.is_none_or(|callback| callback.name != "join" || item.sig.receiver().is_some()) {
        no_attributes(&item, diag);
    }
    match callback {
        Some(callback) => channel.callbacks.push(Method {
            callback,
            item,
            sources,
        }),
        None => channel.helpers.push(item),
    }
}

/// The parts of the state that callbacks other than `join` take.
fn states(item: &mut ImplItemFn, diag: &mut Diagnostics) -> Vec<Source> {
    let (mut sources, mut in_order) = (Vec::new(), true);
    for input in &mut item.sig.inputs {
        let source = argument::take_state(input, diag);
        if let FnArg::Typed(argument) = input
            && source != Source::State
            && in_order
            && sources.contains(&Source::State)
        {
            state::comes_last(&argument.pat, diag);
            in_order = false;
        }
        sources.push(source);
    }
    sources
}

/// Reports `#[rest]`, `#[topic]`, `#[payload]` and `#[assigns]` outside `join`.
fn no_attributes(item: &ImplItemFn, diag: &mut Diagnostics) {
    let attributes = item.sig.inputs.iter().flat_map(argument_attributes);
    for attribute in attributes.filter(|one| argument::source(one).is_some()) {
        let (name, method) = (argument::name(attribute), &item.sig.ident);
        if name == "state" {
            state::refused(method, "join", attribute.path(), diag);
            continue;
        }
        let found = diag.push(
            attribute.path(),
            format!("`#[{name}]` belongs to arguments of `join`"),
        );
        match name.as_str() {
            "payload" => found.help("remove it: a handler takes the payload by its place"),
            "topic" => found.help("take it by `out.topic()`"),
            _ => found.help(format!(
                "take it in `join`, and keep it in a field for `{method}`"
            )),
        };
    }
}
