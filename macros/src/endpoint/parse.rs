//! Parses statements. A statement that cannot be read is reported and left out.

mod form;
mod mount;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Expr, Ident, Item, Path, Token, Type,
    ext::IdentExt,
    parse::{ParseStream, Parser},
    token,
};

use self::{
    form::{Body, example, wrong_form},
    mount::mount,
};
use super::{
    ast::{Declaration, Extra, ExtraValue, Instrumenters, Name, Setting, Stage, Value},
    instrumenters, watchers,
};
use crate::{
    diag::Diagnostics,
    language::{
        attributes::{cfgs, is_conditional},
        expr::{self, Env},
        key::{Directive, Form, Phase},
        names,
        options::{Argument, Options},
        recover::{self, Arguments, whole},
        schema, syntax, unclosed,
    },
    value::check,
};

/// Reads a body, or a body in braces: `endpoint!({ .. })`.
pub(crate) fn declaration(input: TokenStream, diag: &mut Diagnostics) -> Declaration {
    let mut declaration = Declaration::default();
    for tokens in recover::statements(unclosed::closed(without_braces(input))) {
        statement(tokens, &mut declaration, diag);
    }
    declaration
}

fn without_braces(input: TokenStream) -> TokenStream {
    let mut tokens = input.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(body)), None) if body.delimiter() == Delimiter::Brace => {
            body.stream()
        }
        _ => input,
    }
}

fn statement(tokens: TokenStream, declaration: &mut Declaration, diag: &mut Diagnostics) {
    let (attributes, tokens) = match split_attributes.parse2(tokens) {
        Ok(parts) => parts,
        Err(error) => return diag.push_syn(error),
    };
    let parts: Vec<TokenTree> = tokens.clone().into_iter().collect();
    if let Some(keyword) = recover::foreign_item(&parts) {
        diag.push(keyword, "only one `struct` and `fn init` can stand here")
            .help("move it out of `endpoint!`");
        return;
    }
    if recover::is_item(&tokens) {
        return item(attributes, tokens, declaration, diag);
    }
    let allowed = ["cfg", "doc", "allow", "expect"];
    if let Some(other) = attributes
        .iter()
        .find(|attribute| !allowed.iter().any(|name| attribute.path().is_ident(name)))
    {
        diag.push(
            other.path(),
            "a directive takes `#[cfg(..)]`, lint levels and doc comments, no other attribute",
        )
        .help("remove it");
    }
    match split_directive.parse2(tokens) {
        Ok((name, body, rest)) => {
            let earlier = diag.count();
            directive(attributes, name, body, declaration, diag);
            stray(rest, diag.count() == earlier, declaration, diag);
        }
        Err(error) => diag.push_syn(error),
    }
}

/// Reads the tokens after a whole directive: the next directive, if only the `;` between them is
/// missing. `told`: whether they are reported.
fn stray(rest: TokenStream, told: bool, declaration: &mut Declaration, diag: &mut Diagnostics) {
    let Some(first) = rest.clone().into_iter().next() else {
        return;
    };
    let is_directive =
        matches!(&first, TokenTree::Ident(name) if schema::directive(&name.to_string()).is_some());
    if told || is_directive {
        diag.push(&first, "expected `;` after this directive")
            .help("end each directive with `;`");
    }
    if is_directive || matches!(&first, TokenTree::Punct(punct) if punct.as_char() == '#') {
        statement(rest, declaration, diag);
    }
}

fn split_attributes(input: ParseStream) -> syn::Result<(Vec<Attribute>, TokenStream)> {
    Ok((input.call(Attribute::parse_outer)?, input.parse()?))
}

/// A directive's name, its tokens, and tokens after it that do not belong to it.
fn split_directive(input: ParseStream) -> syn::Result<(Ident, Body, TokenStream)> {
    if !input.peek(Ident::peek_any) {
        return Err(input.error("expected a directive, such as `url(host = \"example.com\");`"));
    }
    let name = input.call(Ident::parse_any)?;
    let body = if input.peek(token::Paren) {
        let content;
        syn::parenthesized!(content in input);
        Body::Group(content.parse()?)
    } else if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        return Ok((name, Body::Value(input.parse()?), TokenStream::new()));
    } else if input.peek(Token![:]) {
        input.parse::<TokenStream>()?;
        return Ok((name, Body::Keyword, TokenStream::new()));
    } else {
        Body::Nothing
    };
    Ok((name, body, input.parse()?))
}

fn item(
    attributes: Vec<Attribute>,
    tokens: TokenStream,
    declaration: &mut Declaration,
    diag: &mut Diagnostics,
) {
    match syn::parse2::<Item>(tokens) {
        Ok(Item::Struct(mut item)) => {
            item.attrs = attributes;
            match &declaration.item {
                None => declaration.item = Some(item),
                Some(_) => {
                    let name = &item.ident;
                    diag.push(name, "an endpoint declares one type, this is the second")
                        .help(format!("move `{name}` into its own `endpoint!`"));
                }
            }
        }
        Ok(Item::Fn(mut function)) => {
            function.attrs = attributes;
            let name = &function.sig.ident;
            if name != "init" {
                let found = diag.push(name, format!("unknown hook `{name}`"));
                match crate::grammar::spelling::did_you_mean(&name.to_string(), ["init"]) {
                    Some(near) => found.help(format!("did you mean `{near}`?")),
                    None => found
                        .help("the hook is `init`; other functions stand outside of `endpoint!`"),
                };
            } else if declaration.init.is_some() {
                diag.push(name, "`init` is declared twice")
                    .help("merge both");
            } else {
                declaration.init = Some(function);
            }
        }
        Ok(other) => {
            diag.push(&other, "only one `struct` and `fn init` can stand here")
                .help("move it out of `endpoint!`");
        }
        Err(error) => diag.push_syn(error),
    }
}

fn directive(
    attributes: Vec<Attribute>,
    name: Ident,
    body: Body,
    declaration: &mut Declaration,
    diag: &mut Diagnostics,
) {
    let Some(known) = schema::directive(&name.unraw().to_string()) else {
        let is_type = name.to_string().starts_with(char::is_uppercase);
        if let (Body::Nothing, true, None) = (&body, is_type, &declaration.item) {
            diag.push(&name, "the type of an endpoint is a `struct`")
                .help(format!("write `pub struct {name};`"));
            declaration.item = syn::parse2(quote::quote!(struct #name;)).ok();
            return;
        }
        names::unknown_directive(&name, diag);
        return declaration.unfinished.push(name);
    };
    diag.within(known.name, |diag| {
        known_directive(known, attributes, name, body, declaration, diag);
    });
}

fn known_directive(
    known: &Directive,
    attributes: Vec<Attribute>,
    name: Ident,
    body: Body,
    declaration: &mut Declaration,
    diag: &mut Diagnostics,
) {
    let conditional = is_conditional(&attributes);
    declaration.names.push(Name {
        ident: name.clone(),
        conditional,
    });
    let part = declaration.names.len();
    if let (Phase::Compile, Body::Value(tokens)) = (known.phase, &body)
        && let Ok(value) = syn::parse2::<Expr>(tokens.clone())
        && Env::of(&value).is_some()
    {
        check::not_read_at_start(known.name, &value, diag)
            .help(format!("write `{};`", example(known)));
        return;
    }
    match (known.form, body) {
        (Form::Group(group) | Form::Switched(group), Body::Group(tokens)) => {
            let value = Value::Group(Options::parse(tokens, group, diag));
            declaration.settings.push(Setting {
                attributes,
                name,
                phase: known.phase,
                value,
                part,
            });
        }
        (Form::Switched(_) | Form::Watchers, Body::Value(tokens)) if is_false(&tokens) => {
            declaration.settings.push(Setting {
                attributes,
                name,
                phase: known.phase,
                value: Value::Off,
                part,
            });
        }
        (Form::Value(key), Body::Value(tokens)) => {
            if let Some(value) = expression(&name, tokens, diag) {
                declaration.settings.push(Setting {
                    attributes,
                    name,
                    phase: known.phase,
                    value: Value::Expr(key, value),
                    part,
                });
            }
        }
        (Form::Extra, Body::Group(tokens)) => {
            let value = Value::Extra(extra(tokens, diag));
            declaration.settings.push(Setting {
                attributes,
                name,
                phase: known.phase,
                value,
                part,
            });
        }
        (Form::Watchers, Body::Group(tokens)) => {
            let value = Value::Watchers(watchers::parse(tokens, diag));
            declaration.settings.push(Setting {
                attributes,
                name,
                phase: known.phase,
                value,
                part,
            });
        }
        (Form::Socket, Body::Group(tokens)) => {
            declaration
                .mounts
                .extend(mount(attributes, &name, tokens, part, diag));
        }
        (Form::Expression, Body::Group(tokens)) => {
            if let Some(value) = stage(&name, tokens, diag) {
                declaration.pipeline.push(Stage {
                    attributes,
                    name,
                    value,
                    part,
                });
            }
        }
        (Form::Expressions, Body::Group(tokens)) => {
            let values = instrumenters::parse(&name, tokens, diag);
            declaration
                .instrumenters
                .push(Instrumenters { attributes, values });
        }
        (Form::Path, Body::Value(tokens)) => match Path::parse_mod_style.parse2(tokens) {
            Ok(path) => declaration.krate = Some(path),
            Err(_) => {
                diag.push(
                    &name,
                    "`crate` takes the path by which the macros find landfall",
                )
                .help("write `crate = ::landfall`, a path without quotes");
            }
        },
        (Form::Type, Body::Value(tokens)) => {
            if let Some(cfg) = cfgs(&attributes).next() {
                diag.push(
                    cfg.path(),
                    "there is one `state`, whatever the configuration",
                )
                .help("put `#[cfg]` on the declaration of the type");
            }
            match syn::parse2::<Type>(tokens.clone()) {
                Ok(state) => declaration.state = Some(state),
                Err(_) => {
                    let found = if tokens.is_empty() {
                        name.to_token_stream()
                    } else {
                        tokens
                    };
                    diag.push(
                        &found,
                        format!("`{name}` takes the type of what the application brings"),
                    )
                    .help(format!(
                        "write `{name} = App;`, and `{}::start(app)`",
                        endpoint_name(declaration)
                    ));
                }
            }
        }
        (_, body) => wrong_form(known, &name, body, diag),
    }
}

fn endpoint_name(declaration: &Declaration) -> String {
    declaration
        .item
        .as_ref()
        .map_or_else(|| "Web".to_owned(), |item| item.ident.to_string())
}

fn is_false(tokens: &TokenStream) -> bool {
    let value = syn::parse2::<Expr>(tokens.clone());
    value.is_ok_and(|value| expr::boolean(&value) == Some(false))
}

fn expression(name: &Ident, tokens: TokenStream, diag: &mut Diagnostics) -> Option<Expr> {
    if tokens.is_empty() {
        diag.push(name, format!("`{name}` has no value"));
        return None;
    }
    let given = tokens.clone();
    let whole = |input: ParseStream| {
        let value: Expr = expr::plain(input.parse()?);
        match input.is_empty() {
            true => Ok(value),
            false => Err(input.error("expected `;` after this directive")),
        }
    };
    whole
        .parse2(tokens)
        .map_err(|error| syntax::report(&quote::quote!(#name = #given), error, diag))
        .ok()
}

/// `plug(expression)`: one argument, with a comma behind it or without.
fn stage(name: &Ident, tokens: TokenStream, diag: &mut Diagnostics) -> Option<TokenStream> {
    let mut arguments = Arguments::new(tokens);
    if arguments.is_empty() {
        diag.push(name, format!("`{name}` has no value"));
        return None;
    }
    let value = arguments
        .next(whole::<Expr>)
        .map_err(|error| diag.push_syn(error))
        .ok()?;
    if let Some(rest) = arguments.rest() {
        let found = diag.push(&rest, format!("`{name}` takes one value"));
        match name == "plug" {
            true => found.help("write a `plug(..);` for each"),
            false => found.help("remove this"),
        };
        return None;
    }
    Some(value.to_token_stream())
}

fn extra(tokens: TokenStream, diag: &mut Diagnostics) -> Vec<Extra> {
    let mut arguments = Arguments::new(tokens);
    let mut entries: Vec<Extra> = Vec::new();
    while !arguments.is_empty() {
        let entry = match arguments.next(Argument::parse) {
            Ok(Argument::Value(name, value)) => Extra {
                name,
                value: ExtraValue::Expr(value),
            },
            Ok(Argument::Group(name, tokens)) => Extra {
                name,
                value: ExtraValue::Table(extra(tokens, diag)),
            },
            Ok(Argument::Keyword(name)) => {
                diag.push(&name, format!("expected `{name} = ..`, not `{name}: ..`"));
                continue;
            }
            Ok(Argument::Positional(value)) => {
                diag.push(&value, "`extra` takes `name = value`")
                    .help("write `extra(name = value)`");
                continue;
            }
            Err(error) => {
                diag.push_syn(error);
                continue;
            }
        };
        if entries.iter().any(|earlier| earlier.name == entry.name) {
            diag.push(&entry.name, format!("`{}` is set twice", entry.name))
                .help("remove one of them");
        }
        entries.push(entry);
    }
    entries
}
