//! Reads the attribute's arguments and the impl block.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{FnArg, ImplItem, ImplItemFn, ItemImpl, PatType, Token, punctuated::Punctuated};

use super::{
    argument,
    ast::{Argument, Declaration, Method, Setup, Socket, Source},
    route,
};
use crate::{
    block::{self, Attached, argument_attributes},
    block::{
        callback::{Callback, Output},
        state,
    },
    diag::Diagnostics,
    language::{options::Options, recover, schema},
};

const SOCKET: Attached = Attached {
    attribute: "#[socket]",
    contract: "Socket",
    what: "a socket",
};

pub(crate) fn declaration(
    arguments: TokenStream,
    item: TokenStream,
    diag: &mut Diagnostics,
) -> Declaration {
    let setup = setup(arguments, diag);
    let socket = socket(&item, &setup, diag);
    Declaration {
        setup,
        item,
        socket,
    }
}

pub(crate) fn setup(arguments: TokenStream, diag: &mut Diagnostics) -> Setup {
    let mut pieces = recover::pieces(arguments);
    let krate = block::take_crate(&mut pieces, diag);
    let channels = route::take(&mut pieces, diag);
    let rest = pieces.into_iter().flatten().collect();
    let mut options = diag.within("socket", |diag| {
        Options::parse(rest, &schema::SOCKET_OPTIONS, diag)
    });
    Setup {
        krate,
        typed: std::mem::take(&mut options.unfinished),
        options,
        channels,
    }
}

fn socket(item: &TokenStream, setup: &Setup, diag: &mut Diagnostics) -> Option<Socket> {
    let block = SOCKET.read(item, diag)?;
    Some(members(block, setup.callbacks(), diag))
}

fn members(block: ItemImpl, callbacks: &'static [Callback], diag: &mut Diagnostics) -> Socket {
    let (mut methods, mut others) = (Vec::new(), Vec::new());
    let marks = block::marks(&block);
    for item in block.items {
        match item {
            ImplItem::Fn(item) => match callbacks
                .iter()
                .find(|callback| item.sig.ident == callback.name)
            {
                Some(callback) => {
                    let inputs = inputs(&item);
                    let mut method = Method {
                        callback,
                        item,
                        arguments: Vec::new(),
                        inputs,
                    };
                    arguments(&mut method, diag);
                    methods.push(method);
                }
                None => {
                    no_attributes(&item, diag);
                    others.push(ImplItem::Fn(item));
                }
            },
            other => others.push(other),
        }
    }
    Socket {
        attrs: block.attrs,
        generics: block.generics,
        self_ty: *block.self_ty,
        methods,
        marks,
        others,
    }
}

/// The inputs of the method that stays with the type.
fn inputs(item: &ImplItemFn) -> Vec<TokenStream> {
    let written = |input: &FnArg| match input {
        FnArg::Receiver(receiver) => receiver.to_token_stream(),
        FnArg::Typed(PatType { attrs, pat, ty, .. }) => {
            let attrs = attrs
                .iter()
                .filter(|attribute| !argument::is_ours(attribute));
            quote!(#(#attrs)* #pat: #ty)
        }
    };
    item.sig.inputs.iter().map(written).collect()
}

fn arguments(method: &mut Method, diag: &mut Diagnostics) {
    if method.callback.name != "connect" || method.item.sig.receiver().is_some() {
        states(method, diag);
        return no_attributes(&method.item, diag);
    }
    let inputs: Punctuated<_, Token![,]> = std::mem::take(&mut method.item.sig.inputs);
    method.arguments = inputs
        .into_iter()
        .filter_map(|input| argument::parse(input, diag))
        .collect();
}

fn states(method: &mut Method, diag: &mut Diagnostics) {
    let (inputs, mut kept) = (
        std::mem::take(&mut method.item.sig.inputs),
        Punctuated::new(),
    );
    let taken = state::take(inputs, diag, &mut kept);
    method.item.sig.inputs = kept;
    for PatType { attrs, pat, ty, .. } in taken {
        if method.callback.output != Output::Next {
            state::refused(&method.item.sig.ident, "connect", &pat, diag);
        }
        method.arguments.push(Argument {
            attrs,
            pat: *pat,
            ty: *ty,
            source: Source::State,
        });
    }
}

/// Reports `#[param]` and `#[info]` outside `connect`.
fn no_attributes(item: &ImplItemFn, diag: &mut Diagnostics) {
    for attribute in item
        .sig
        .inputs
        .iter()
        .flat_map(argument_attributes)
        .filter(|one| argument::is_ours(one))
    {
        let name = argument::name_of(attribute);
        if name == "state" {
            state::refused(&item.sig.ident, "connect", attribute.path(), diag);
            continue;
        }
        diag.push(
            attribute.path(),
            format!("`#[{name}]` belongs to arguments of `connect`"),
        )
        .help(format!(
            "take it in `connect`, and keep it in a field for `{}`",
            item.sig.ident
        ));
    }
}
