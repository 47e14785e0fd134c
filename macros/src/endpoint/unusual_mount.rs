//! What works and is hardly meant, where constants and the socket's type decide.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Expr;

use super::ast::Mount;
use crate::language::{
    expr::{self, Acknowledged},
    options::{Entry, Options},
    schema,
};

/// The mount before it is checked, under a name that no expression of the user has.
pub(super) fn whole() -> Ident {
    Ident::new("__MOUNT", Span::mixed_site())
}

/// Statements that call functions which are deprecated if there is something to warn of.
pub(super) fn warnings(mount: &Mount) -> Vec<TokenStream> {
    let mut warnings = Vec::new();
    for transport in ["websocket", "longpoll"] {
        let entry = mount.options.get(transport);
        if let Some(options) = entry.and_then(Entry::options) {
            of_transport(transport, options, &mut warnings);
        }
    }
    let off = mount.options.get("websocket").and_then(Entry::expr);
    if let Some(value) = off.filter(|value| expr::boolean(value) == Some(false))
        && mount.options.get("longpoll").is_some()
    {
        let span = syn::spanned::Spanned::span(value);
        warnings.push(warning("control_frames_of_longpoll", &[], span));
    }
    warnings
}

fn of_transport(transport: &str, options: &Options, warnings: &mut Vec<TokenStream>) {
    let value = |key| options.get(key).and_then(Entry::expr);
    let unacknowledged = |value: &&Expr| Acknowledged::of(value).is_none();
    let is_never = |value: &&Expr| expr::word(value).is_none_or(|word| word != "never");
    if let Some(value) = value("timeout").filter(unacknowledged).filter(is_never) {
        let span = syn::spanned::Spanned::span(value);
        warnings.push(warning("timeout_below_heartbeat", &[], span));
    }
    if let Some(value) = value("path").filter(unacknowledged) {
        let span = syn::spanned::Spanned::span(value);
        warnings.push(warning("path_unknown_to_the_client", &[transport], span));
    }
    for element in value("connect_info")
        .and_then(expr::list)
        .into_iter()
        .flatten()
    {
        let name = match element {
            Expr::Assign(assign) => expr::word(&assign.left),
            Expr::Call(_) => expr::call(element).map(|(name, _)| name),
            _ => expr::word(element),
        };
        let Some(name) = name else { continue };
        let key = syn::ext::IdentExt::unraw(name).to_string();
        warnings.push(warning("key_that_nothing_reads", &[&key], name.span()));
        if key == schema::SESSION {
            warnings.push(warning("session_of_one_salt", &[transport], name.span()));
        }
    }
}

/// The function has the user's span, the rest has none.
fn warning(name: &str, arguments: &[&str], at: Span) -> TokenStream {
    let (condition, function) = (Ident::new(name, Span::call_site()), Ident::new(name, at));
    let whole = whole();
    quote!(let () = __rt::Warning::<{ __rt::#condition(&#whole #(, #arguments)*) }>::#function();)
}
