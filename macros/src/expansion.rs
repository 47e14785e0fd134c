//! What all expansions share.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Path, Type};

/// `const _: () = { .. };`, in which `__rt` names the runtime. The name is not visible outside.
pub(crate) fn within_runtime(krate: Option<&Path>, body: &TokenStream) -> TokenStream {
    let root = krate.map_or_else(|| quote!(::landfall), |path| quote!(#path));
    quote! {
        const _: () = {
            use #root::__private as __rt;
            #body
        };
    }
}

/// Gives tokens of the macro another span, so that errors point there.
pub(crate) fn located(tokens: TokenStream, at: Span) -> TokenStream {
    let locate = |token| match token {
        TokenTree::Group(group) => {
            let mut located = Group::new(group.delimiter(), self::located(group.stream(), at));
            located.set_span(group.span().located_at(at));
            TokenTree::Group(located)
        }
        mut token => {
            token.set_span(token.span().located_at(at));
            token
        }
    };
    tokens.into_iter().map(locate).collect()
}

/// The type as text, without the spaces between tokens.
pub(crate) fn type_name(ty: &Type) -> String {
    ty.to_token_stream().to_string().replace(' ', "")
}
