//! Sessions: the plugs that write cookies, and the mounts that read them.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Expr, spanned::Spanned};

use super::{
    ast::Declaration,
    static_plug::{is_constructor, parsed},
};
use crate::{
    language::{attributes::cfgs, expr, options::Entry, schema},
    value::closure::names_a_constant,
};

/// Options of a session that are a constant, and the conditions of their statement.
struct Session<'a> {
    options: TokenStream,
    attributes: &'a [Attribute],
}

/// Constants that do not compile if two sessions are in each other's way.
pub(super) fn checks(declaration: &Declaration) -> Vec<TokenStream> {
    let plugs: Vec<Session> = declaration
        .pipeline
        .iter()
        .filter_map(|stage| {
            Some(Session {
                options: written(&parsed(stage)?)?,
                attributes: &stage.attributes,
            })
        })
        .collect();
    let mut checks = Vec::new();
    for (index, plug) in plugs.iter().enumerate() {
        for earlier in plugs.iter().take(index) {
            checks.push(check("sessions_differ", plug, earlier));
        }
    }
    for mount in read(declaration) {
        for plug in &plugs {
            let [one, other] = [&mount, plug].map(|one| one.options.to_string());
            if one != other {
                checks.push(check("sessions_agree", &mount, plug));
            }
        }
    }
    checks
}

/// An error points at the first.
fn check(function: &str, one: &Session<'_>, other: &Session<'_>) -> TokenStream {
    let cfgs = cfgs(one.attributes).chain(cfgs(other.attributes));
    let (at, one, other) = (one.options.span(), &one.options, &other.options);
    let function = Ident::new(function, at);
    let called = quote_spanned!(at=> __rt::#function(&#one, &#other));
    quote!(#(#cfgs)* const _: () = #called;)
}

/// `SESSION` in `Sessions::new(&SESSION)`.
fn written(plug: &Expr) -> Option<TokenStream> {
    let Expr::Call(call) = plug else { return None };
    let Some(Expr::Reference(options)) = call.args.first() else {
        return None;
    };
    (is_constructor(&call.func, "Sessions", "new") && names_a_constant(&options.expr))
        .then(|| options.expr.to_token_stream())
}

/// `SESSION` in `connect_info = [session(SESSION)]`.
fn read(declaration: &Declaration) -> Vec<Session<'_>> {
    let transports = declaration.mounts.iter().flat_map(|mount| {
        let named = ["websocket", "longpoll"].map(|name| mount.options.get(name));
        let options = named.into_iter().flatten().filter_map(Entry::options);
        options.map(|options| (options, mount.attributes.as_slice()))
    });
    let sessions = transports.filter_map(|(options, attributes)| {
        let list = expr::list(options.get("connect_info")?.expr()?)?;
        let (_, arguments) = list
            .iter()
            .filter_map(expr::call)
            .find(|(name, _)| *name == schema::SESSION)?;
        let options = arguments
            .first()
            .filter(|options| names_a_constant(options))?;
        Some(Session {
            options: options.to_token_stream(),
            attributes,
        })
    });
    sessions.collect()
}
