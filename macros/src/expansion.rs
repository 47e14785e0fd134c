//! What all expansions share.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Path, Type};

use crate::{diag::Diagnostics, root};

/// `const _: () = { .. };`, in which `__rt` names the runtime. The name is not visible outside. An
/// error in its place if nobody says where the runtime is.
pub(crate) fn within_runtime(krate: Option<&Path>, body: &TokenStream) -> TokenStream {
    let root = match krate {
        Some(path) => quote!(#path),
        None => match root::name().and_then(|name| syn::parse_str::<Ident>(&name).ok()) {
            Some(name) => quote!(::#name),
            None => return unknown(),
        },
    };
    quote! {
        const _: () = {
            use #root::__private as __rt;
            #body
        };
    }
}

fn unknown() -> TokenStream {
    let mut diag = Diagnostics::default();
    diag.push_at(
        Span::call_site(),
        "this crate does not depend on `landfall` itself",
    )
    .help("say by which path it is reached: `crate = facade::landfall;` in `endpoint!`")
    .help("in attributes: `#[socket(crate = facade::landfall)]`");
    diag.finish()
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
