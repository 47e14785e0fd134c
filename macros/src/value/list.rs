//! Lists as slices that are part of the binary.

use proc_macro2::{TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Expr, spanned::Spanned};

use crate::language::expr;

pub(super) fn slice(value: &Expr) -> TokenStream {
    match value {
        Expr::Array(_) => quote!(&#value),
        _ => quote!(#value),
    }
}

/// A constant that is evaluated whether or not what it stands in is used.
pub(super) fn early(ty: &TokenStream, value: &TokenStream) -> TokenStream {
    let names_self = |token: TokenTree| matches!(token, TokenTree::Ident(name) if name == "Self");
    match flat(value.clone()).any(names_self) {
        true => quote!(const { #value }),
        false => quote!({
            const LIST: #ty = #value;
            LIST
        }),
    }
}

/// All tokens, groups opened.
fn flat(tokens: TokenStream) -> impl Iterator<Item = TokenTree> {
    tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => flat(group.stream()).collect::<Vec<_>>(),
        token => vec![token],
    })
}

/// Each `(serializer, requirement)` becomes a `Versioned`.
pub(super) fn serializers(value: &Expr) -> TokenStream {
    let Some(elements) = expr::list(value) else {
        let list = quote!(&'static [__rt::channel::Versioned]);
        let value = quote_spanned!(value.span()=> __rt::channel::serializers(#value));
        return early(&list, &value);
    };
    let elements = elements.iter().map(|element| match element {
        Expr::Tuple(pair) => {
            let (serializer, requirement) = (pair.elems.first(), pair.elems.get(1));
            let requirement = quote_spanned!(requirement.span()=> __rt::channel::Requirement::new(#requirement));
            quote_spanned!(pair.span()=> __rt::channel::Versioned::new(const { &(#serializer) }, #requirement))
        }
        _ => quote!(#element),
    });
    quote!(&[#(#elements),*])
}
