//! Reads the attribute's arguments and the impl block.

use proc_macro2::{TokenStream, TokenTree};
use syn::{ImplItem, ImplItemFn, Item, ItemImpl, Lifetime, Path, Token, parse::Parser, spanned::Spanned};

use super::{
    argument,
    ast::{Method, Setup, Socket},
    callback::callback,
};
use crate::{diag::Diagnostics, options::Options, schema};

pub(crate) fn setup(arguments: TokenStream, diag: &mut Diagnostics) -> Setup {
    let (mut krate, mut rest) = (None, TokenStream::new());
    for piece in pieces(arguments) {
        match piece.as_slice() {
            [TokenTree::Ident(name), TokenTree::Punct(equals), path @ ..]
                if name == "crate" && equals.as_char() == '=' =>
            {
                let path = path.iter().filter(|token| !is_comma(token)).cloned().collect();
                match Path::parse_mod_style.parse2(path) {
                    Ok(path) if krate.is_none() => krate = Some(path),
                    Ok(_) => drop(diag.push(name, "`crate` is set twice")),
                    Err(error) => diag.push_syn(error),
                }
            }
            _ => rest.extend(piece),
        }
    }
    Setup { krate, options: Options::parse(rest, &schema::SOCKET_OPTIONS, diag) }
}

/// Tokens between two commas, the comma at the end of each.
fn pieces(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut pieces = vec![Vec::new()];
    for token in tokens {
        let ends = is_comma(&token);
        if let Some(piece) = pieces.last_mut() {
            piece.push(token);
        }
        if ends {
            pieces.push(Vec::new());
        }
    }
    pieces
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}

pub(crate) fn socket(item: TokenStream, diag: &mut Diagnostics) -> Option<Socket> {
    const PLACE: &str = "`#[socket]` goes on `impl Type { .. }`";
    let block = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Impl(block)) => block,
        Ok(_) => {
            diag.push(&item, PLACE)
                .help("write `#[socket]` on the impl block with the callbacks, not on the type");
            return None;
        }
        Err(error) => {
            diag.push_syn(error);
            return None;
        }
    };
    if let Some((path, _)) = &block.trait_ {
        diag.push(path, PLACE).help(format!(
            "remove the trait: `#[socket]` writes `impl Socket for {}`",
            block.self_ty.span().source_text().unwrap_or_else(|| "Type".to_owned())
        ));
        return None;
    }
    if let Some(unsafety) = &block.unsafety {
        diag.push(unsafety, PLACE).help("remove `unsafe`");
    }
    if let Some(lifetime) = borrowed(&block) {
        diag.push(&lifetime, "a socket owns its state: no lifetime parameters")
            .help("keep `String` instead of `&str`, or share by `Arc`");
        return None;
    }
    Some(members(block, diag))
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
    lifetimes(quote::ToTokens::to_token_stream(&block.self_ty), &mut found);
    found
}

fn lifetimes(tokens: TokenStream, found: &mut Option<Lifetime>) {
    let mut apostrophe = None;
    for token in tokens {
        match (token, apostrophe.take()) {
            (TokenTree::Ident(ident), Some(apostrophe)) if ident != "static" => {
                found.get_or_insert(Lifetime { apostrophe, ident });
            }
            (TokenTree::Punct(punct), _) if punct.as_char() == '\'' => apostrophe = Some(punct.span()),
            (TokenTree::Group(group), _) => lifetimes(group.stream(), found),
            _ => {}
        }
    }
}

fn members(block: ItemImpl, diag: &mut Diagnostics) -> Socket {
    let (mut methods, mut others) = (Vec::new(), Vec::new());
    for item in block.items {
        match item {
            ImplItem::Fn(item) => match callback(&item.sig.ident.to_string()) {
                Some(callback) => {
                    let mut method = Method { callback, item, arguments: Vec::new() };
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
    Socket { attrs: block.attrs, generics: block.generics, self_ty: *block.self_ty, methods, others }
}

fn arguments(method: &mut Method, diag: &mut Diagnostics) {
    if method.callback.name != "connect" || method.item.sig.receiver().is_some() {
        return no_attributes(&method.item, diag);
    }
    let inputs: syn::punctuated::Punctuated<_, Token![,]> = std::mem::take(&mut method.item.sig.inputs);
    method.arguments = inputs.into_iter().filter_map(|input| argument::parse(input, diag)).collect();
}

/// `#[param]` and `#[info]` mean something in `connect` alone.
fn no_attributes(item: &ImplItemFn, diag: &mut Diagnostics) {
    for attribute in
        item.sig.inputs.iter().flat_map(argument::attributes).filter(|one| argument::is_ours(one))
    {
        let name = argument::name_of(attribute);
        diag.push(attribute, format!("`#[{name}]` belongs to arguments of `connect`"))
            .help(format!("take it in `connect`, and keep it in a field for `{}`", item.sig.ident));
    }
}
