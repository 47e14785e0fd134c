//! `connect_info = [peer_data, session(SESSION), region = "eu"]`: what a socket may read about a
//! request.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, spanned::Spanned};

use crate::{
    diag::Diagnostics,
    grammar::spelling::{did_you_mean, list},
    language::expr,
    language::{options::Options, schema},
    value::closure,
};

pub(crate) fn check(value: &Expr, diag: &mut Diagnostics) {
    let Some(elements) = expr::list(value) else {
        diag.push(value, "`connect_info` takes a list")
            .help("write `connect_info = [peer_data, uri]`");
        return;
    };
    let mut seen: Vec<String> = Vec::new();
    let mut own: Option<Span> = None;
    for element in elements {
        let name = match element {
            Expr::Assign(assign) => expr::word(&assign.left),
            Expr::Call(_) => expr::call(element).map(|(name, _)| name),
            _ => expr::word(element),
        };
        let Some(name) = name else {
            diag.push(
                element,
                "`connect_info` lists names, and own values as `name = value`",
            )
            .help(format!(
                "names: {}",
                list(schema::CONNECT_INFO.iter().copied())
            ));
            continue;
        };
        let word = name.to_string();
        let built_in = schema::CONNECT_INFO.contains(&word.as_str());
        match element {
            _ if word == schema::SESSION && !is_session(element) => session_options(name, diag),
            Expr::Call(call) if word != schema::SESSION && built_in => {
                diag.push(call, format!("`{word}` takes no options"))
                    .help(format!("write `{word}`"));
            }
            Expr::Assign(_) if built_in => {
                diag.push(
                    name,
                    format!("`{word}` is a built-in key, it takes no value"),
                )
                .help(format!("write `{word}`, or choose another name"));
            }
            Expr::Assign(_) => own = Some(name.span()),
            _ if !built_in => unknown(name, &word, diag),
            _ if own.is_some() => {
                diag.push(name, "own values come after the built-in keys")
                    .help(format!("move `{word}` to the front"));
            }
            _ => {}
        }
        let options = expr::call(element).and_then(|(_, options)| options.first());
        if let Some(options) = options.filter(|_| word == schema::SESSION) {
            let forms = ["|request|", "|request, handle|"];
            closure::check("session", options, &forms, diag);
        }
        if seen.contains(&word) {
            diag.push(name, format!("`{word}` is requested twice"))
                .help("remove one of them");
        }
        seen.push(word);
    }
}

/// Checks that the options of a session are a constant, because the plug that writes the cookie
/// needs them too.
fn is_session(value: &Expr) -> bool {
    let options = expr::call(value).filter(|(_, options)| options.len() == 1);
    options
        .and_then(|(_, options)| options.first())
        .is_some_and(|options| {
            !matches!(options, Expr::Assign(_)) && expr::literal(options).is_none()
        })
}

fn session_options(at: &syn::Ident, diag: &mut Diagnostics) {
    diag.push(at, "`session` takes the options of the session's cookie")
        .help("write `session(SESSION)`, or `session(session_of)` with a function")
        .help("with `const SESSION: SessionOptions = SessionOptions::new(\"_my_app_key\", \"a signing salt\");`");
}

/// The name `session` in `connect_info`, if it is there.
pub(crate) fn session(options: &Options) -> Option<&syn::Ident> {
    let elements = expr::list(options.get("connect_info")?.expr()?)?;
    elements
        .iter()
        .filter_map(expr::call)
        .map(|(name, _)| name)
        .find(|name| *name == schema::SESSION)
}

fn unknown(name: &syn::Ident, word: &str, diag: &mut Diagnostics) {
    match word {
        "headers" | "req_headers" | "cookies" | "cookie" | "authorization" => {
            diag.push(
                name,
                "request headers are not available to sockets: other sites can open them with a visitor's cookies",
            )
            .help("`x_headers`, `user_agent`, `session(..)`, or `auth_token = true` beside `connect_info`");
        }
        "auth_token" => {
            diag.push(name, "`auth_token` is an option of its own")
                .help("write `auth_token = true` beside `connect_info`");
        }
        _ => {
            let found = diag.push(name, format!("unknown connect_info key `{word}`"));
            match did_you_mean(word, schema::CONNECT_INFO.iter().copied()) {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found.help(format!(
                    "keys: {}",
                    list(schema::CONNECT_INFO.iter().copied())
                )),
            };
            found.help(format!("own values: `{word} = value`"));
        }
    }
}

pub(super) fn lower(value: &Expr) -> TokenStream {
    let Some(elements) = expr::list(value) else {
        return quote!(#value);
    };
    let words = elements
        .iter()
        .filter_map(expr::word)
        .map(|word| quote!(#word: true));
    let session = elements
        .iter()
        .filter_map(expr::call)
        .filter_map(|(name, options)| {
            let options = options.first()?;
            let source = session_source(options);
            Some(quote!(#name: ::core::option::Option::Some(#source)))
        });
    let own: Vec<TokenStream> = elements
        .iter()
        .filter_map(|element| match element {
            Expr::Assign(assign) => {
                let (name, value) = (expr::word(&assign.left)?.to_string(), &assign.right);
                Some(quote!((#name, &(#value) as &dyn __rt::InfoValue)))
            }
            _ => None,
        })
        .collect();
    let own = (!own.is_empty()).then(|| quote!(custom: const { &[#(#own),*] },));
    quote!(__rt::ConnectInfo { #(#words,)* #(#session,)* #own ..__rt::ConnectInfo::NOTHING })
}

/// A constant, or a function that computes the options.
fn session_source(options: &Expr) -> TokenStream {
    let at = options.span();
    let computed = match closure::of(options) {
        Some(closure) if closure.inputs.len() == 1 => {
            quote_spanned!(at=> |__argument0, _| __rt::compute_session(#options, __argument0))
        }
        Some(_) => {
            quote_spanned!(at=> |__argument0, __argument1| __rt::compute_session_with(#options, __argument0, __argument1))
        }
        None if matches!(options, Expr::Path(_)) && !closure::names_a_constant(options) => {
            quote_spanned!(at=> |__argument0, __argument1| __rt::ComputeSession::compute(#options, __argument0, __argument1))
        }
        None => {
            let checked = quote_spanned!(at=> const { __rt::session(&#options) });
            return quote!(__rt::SessionSource::Constant(#checked));
        }
    };
    quote_spanned!(at=> __rt::SessionSource::Computed(#computed))
}
