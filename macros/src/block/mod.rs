//! `impl Type { .. }` with an attribute of ours on it.
//!
//! | file | what |
//! | --- | --- |
//! | `call` | how the contract calls a method that stays with its type |
//! | `callback` | the shape that a callback has |
//! | `fallback` | what stands in for a declaration that has errors |
//! | `state` | arguments that are a part of the application's state |

pub(crate) mod call;
pub(crate) mod callback;
pub(crate) mod fallback;
pub(crate) mod state;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    AttrStyle, Attribute, FnArg, Generics, Ident, ImplItem, ImplItemFn, Item, ItemImpl, Lifetime,
    Path, Type, parse::Parser, spanned::Spanned,
};

use crate::{
    block::callback::first_type,
    diag::Diagnostics,
    language::{
        attributes::{cfgs, conditions},
        recover::is_comma,
    },
};

/// Attributes of methods and arguments.
pub(crate) const MARKS: [&str; 9] = [
    "param",
    "info",
    "state",
    "payload",
    "topic",
    "rest",
    "assigns",
    "handle_in",
    "handle_out",
];

/// An attribute of ours on an impl block, in the words of messages.
pub(crate) struct Attached {
    /// `#[socket]`
    pub(crate) attribute: &'static str,
    /// `Socket`
    pub(crate) contract: &'static str,
    /// `a socket`
    pub(crate) what: &'static str,
}

impl Attached {
    /// The block, if its type owns its state.
    pub(crate) fn read(&self, item: &TokenStream, diag: &mut Diagnostics) -> Option<ItemImpl> {
        let Attached {
            attribute,
            contract,
            what,
        } = self;
        let place = format!("`{attribute}` goes on `impl Type {{ .. }}`");
        let block = match syn::parse2::<Item>(item.clone()) {
            Ok(Item::Impl(mut block)) => {
                outward(&mut block);
                block
            }
            Ok(_) => {
                diag.push(item, place).help(format!(
                    "write `{attribute}` on the impl block with the callbacks, not on the type"
                ));
                return None;
            }
            Err(error) => {
                diag.push_syn(error);
                return None;
            }
        };
        if let Some((path, _)) = &block.trait_ {
            diag.push(path, place).help(format!(
                "remove the trait: `{attribute}` writes `impl {contract} for {}`",
                block
                    .self_ty
                    .span()
                    .source_text()
                    .unwrap_or_else(|| "Type".to_owned())
            ));
            return None;
        }
        if let Some(unsafety) = &block.unsafety {
            diag.push(unsafety, place).help("remove `unsafe`");
        }
        if let Some(lifetime) = borrowed(&block) {
            diag.push(
                &lifetime,
                format!("{what} owns its state: no lifetime parameters"),
            )
            .help("keep `String` instead of `&str`, or share by `Arc`");
            return None;
        }
        Some(block)
    }
}

/// Puts attributes that stand in the block (`#![allow(..)]`) before it, where they mean the same:
/// expansions repeat them on items.
pub(crate) fn outward(block: &mut ItemImpl) {
    for attribute in &mut block.attrs {
        attribute.style = AttrStyle::Outer;
    }
}

/// The names of our attributes of methods and arguments, where they are written.
pub(crate) fn marks(block: &ItemImpl) -> Vec<Ident> {
    let methods = block.items.iter().filter_map(|item| match item {
        ImplItem::Fn(item) => Some(item),
        _ => None,
    });
    methods
        .flat_map(|item| {
            let of_arguments = item.sig.inputs.iter().flat_map(argument_attributes);
            item.attrs.iter().chain(of_arguments)
        })
        .filter_map(|attribute| attribute.path().get_ident())
        .filter(|name| MARKS.iter().any(|mark| name == mark))
        .cloned()
        .collect()
}

/// The first lifetime of the type that is not `'static`.
pub(crate) fn borrowed(block: &ItemImpl) -> Option<Lifetime> {
    if let Some(parameter) = block.generics.lifetimes().next() {
        return Some(Lifetime {
            apostrophe: parameter.lifetime.apostrophe,
            ident: parameter.lifetime.ident.clone(),
        });
    }
    let mut found = None;
    lifetimes(block.self_ty.to_token_stream(), &mut found);
    found
}

/// The bounds of an implementation of the contract: its type owns its state, whether or not the
/// block says so of its parameters. Each use of the contract would report it otherwise.
pub(crate) fn owned(generics: &Generics) -> TokenStream {
    let bounds = &generics.where_clause;
    if generics.type_params().next().is_none() {
        return bounds.to_token_stream();
    }
    let predicates = bounds.iter().flat_map(|bounds| &bounds.predicates);
    quote!(where #(#predicates,)* Self: 'static)
}

fn lifetimes(tokens: TokenStream, found: &mut Option<Lifetime>) {
    let mut apostrophe = None;
    for token in tokens {
        match (token, apostrophe.take()) {
            (TokenTree::Ident(ident), Some(apostrophe)) if ident != "static" => {
                found.get_or_insert(Lifetime { apostrophe, ident });
            }
            (TokenTree::Punct(punct), _) if punct.as_char() == '\'' => {
                apostrophe = Some(punct.span())
            }
            (TokenTree::Group(group), _) => lifetimes(group.stream(), found),
            _ => {}
        }
    }
}

/// Takes `crate = path` out of the arguments of an attribute, which are split at their commas.
pub(crate) fn take_crate(pieces: &mut Vec<Vec<TokenTree>>, diag: &mut Diagnostics) -> Option<Path> {
    let mut krate = None;
    pieces.retain(|piece| match piece.as_slice() {
        [TokenTree::Ident(name), TokenTree::Punct(equals), path @ ..]
            if name == "crate" && equals.as_char() == '=' =>
        {
            let path = path
                .iter()
                .filter(|token| !is_comma(token))
                .cloned()
                .collect();
            match Path::parse_mod_style.parse2(path) {
                Ok(path) if krate.is_none() => krate = Some(path),
                Ok(_) => drop(diag.push(name, "`crate` is set twice")),
                Err(error) => diag.push_syn(error),
            }
            false
        }
        _ => true,
    });
    krate
}

/// The condition under which none of these functions exists; `None` if one always exists.
pub(crate) fn otherwise(items: &[&ImplItemFn]) -> Option<TokenStream> {
    let mut each = Vec::new();
    for item in items {
        let all: Vec<_> = conditions(cfgs(&item.attrs)).collect();
        if all.is_empty() {
            return None;
        }
        each.push(quote!(all(#(#all),*)));
    }
    let condition = (!each.is_empty()).then(|| quote!(#[cfg(not(any(#(#each),*)))]));
    Some(condition.unwrap_or_default())
}

/// `type Info = ..;`, from the first argument of `handle_info`. There are several if `#[cfg]`
/// chooses.
pub(crate) fn info(arrivals: &[&ImplItemFn]) -> TokenStream {
    let types = arrivals.iter().filter_map(|item| {
        let (ty, cfgs) = (first_type(item)?, cfgs(&item.attrs));
        let info = quote_spanned!(ty.span()=> type Info = #ty;);
        Some(quote!(#(#cfgs)* #info))
    });
    let unit = otherwise(arrivals).map(|condition| quote!(#condition type Info = ();));
    quote!(#(#types)* #unit)
}

/// The type of `handle_info`'s message, for an implementation that is never run; `()` if it is not
/// known.
pub(crate) fn info_or_unit(block: &ItemImpl) -> TokenStream {
    let info = block.items.iter().find_map(|item| match item {
        ImplItem::Fn(item) if item.sig.ident == "handle_info" => first_type(item),
        _ => None,
    });
    match info {
        Some(Type::Reference(_) | Type::ImplTrait(_)) | None => quote!(()),
        Some(info) => quote!(#info),
    }
}

pub(crate) fn argument_attributes(input: &FnArg) -> &Vec<Attribute> {
    match input {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(typed) => &typed.attrs,
    }
}

pub(crate) fn argument_attributes_mut(input: &mut FnArg) -> &mut Vec<Attribute> {
    match input {
        FnArg::Receiver(receiver) => &mut receiver.attrs,
        FnArg::Typed(typed) => &mut typed.attrs,
    }
}
