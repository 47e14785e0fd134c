//! `watchers(node = ["build.js", "--watch", cd = "assets"], css = assets::watch)`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    Expr, Ident, LitStr, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    spanned::Spanned,
};

use super::ast::Watcher;
use crate::{
    diag::Diagnostics,
    grammar::watcher,
    language::{
        expr::{self, Env},
        recover::Arguments,
    },
    value::closure,
};

const EXAMPLE: &str = "write `watchers(node = [\"build.js\", \"--watch\"])`";

/// What stands in the list of a watcher.
enum Part<'a> {
    Argument(&'a Expr),
    /// `cd = "assets"`
    Option(&'a Ident, &'a Expr),
    /// `env(NODE_ENV = "development")`
    Variables(&'a Expr),
}

/// `None` for what is no list.
fn parts(value: &Expr) -> Option<impl Iterator<Item = Part<'_>>> {
    Some(expr::list(value)?.iter().map(part))
}

fn part(element: &Expr) -> Part<'_> {
    match element {
        Expr::Assign(assign) => match name(&assign.left) {
            Some(option) => Part::Option(option, &assign.right),
            None => Part::Argument(element),
        },
        Expr::Call(_) if Env::of(element).is_some() => Part::Variables(element),
        _ => Part::Argument(element),
    }
}

/// A single name, in upper or in lower case.
fn name(value: &Expr) -> Option<&Ident> {
    match value {
        Expr::Path(path) => path.path.get_ident(),
        _ => None,
    }
}

/// The variables of `env(NAME = "value")`; `None` for what is no variable.
fn variables(value: &Expr) -> impl Iterator<Item = (&Expr, Option<(&Ident, &Expr)>)> {
    let entries = expr::call(value).map(|(_, entries)| entries);
    entries.into_iter().flatten().map(|entry| {
        let variable = match entry {
            Expr::Assign(assign) => name(&assign.left).map(|name| (name, &*assign.right)),
            _ => None,
        };
        (entry, variable)
    })
}

impl Parse for Watcher {
    /// The name is a string where it is no name of Rust: `"tailwindcss-linux" = [..]`.
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let (name, at) = if input.peek(LitStr) {
            let text: LitStr = input.parse()?;
            (text.value(), text.span())
        } else if input.peek(Ident::peek_any) && input.peek2(Token![=]) {
            let name = input.call(Ident::parse_any)?;
            (name.unraw().to_string(), name.span())
        } else {
            return Err(input.error(format!(
                "`watchers` takes `name = ..`\n\n  = help: {EXAMPLE}"
            )));
        };
        input.parse::<Token![=]>()?;
        let value = input.parse()?;
        Ok(Watcher { name, at, value })
    }
}

pub(crate) fn parse(tokens: TokenStream, diag: &mut Diagnostics) -> Vec<Watcher> {
    let mut arguments = Arguments::new(tokens);
    let mut watchers: Vec<Watcher> = Vec::new();
    while !arguments.is_empty() {
        match arguments.next(Watcher::parse) {
            Ok(watcher) => {
                if let Some(first) = watchers.iter().find(|first| first.name == watcher.name) {
                    diag.push_at(watcher.at, format!("`{}` is set twice", watcher.name))
                        .help(format!(
                            "give one of them another name, and say which program it is: \
                             `{}2 = [.., command = {:?}]`",
                            watcher.name, watcher.name
                        ))
                        .note(format!("first set on line {}", first.at.start().line));
                }
                watchers.push(watcher);
            }
            Err(error) => diag.push_syn(error),
        }
    }
    watchers
}

pub(crate) fn check(watchers: &[Watcher], diag: &mut Diagnostics) {
    for Watcher { name, at, value } in watchers {
        if let Err(mistake) = watcher::check_command(name) {
            diag.push_mistake(at, mistake);
        }
        closure::check(name, value, &["|edge|"], diag);
        if let Some(parts) = parts(value) {
            command(name, value, parts, diag);
        } else if expr::boolean(value) != Some(false)
            && let Some(literal) = expr::literal_name(value)
        {
            let message = format!(
                "`watchers.{name}` takes a list of arguments, a function or `false`, this is {literal}"
            );
            diag.push(value, message).help(EXAMPLE);
        }
    }
}

fn command<'a>(
    watcher: &str,
    value: &Expr,
    parts: impl Iterator<Item = Part<'a>>,
    diag: &mut Diagnostics,
) {
    let (mut count, mut seen) = (0, Vec::new());
    for part in parts {
        match part {
            Part::Argument(argument) => {
                count += 1;
                text(argument, "an argument", watcher::check_text, diag);
            }
            Part::Option(option, value) => {
                let word = option.to_string();
                if seen.contains(&word) {
                    diag.push(option, format!("`{word}` is set twice"))
                        .help("remove one of them");
                }
                match word.as_str() {
                    "command" => text(value, "`command`", watcher::check_command, diag),
                    "cd" => text(value, "`cd`", watcher::check_text, diag),
                    "env" => {
                        diag.push(option, "`env` is a group, not a value")
                            .help("write `env(NODE_ENV = \"development\")`");
                    }
                    _ => {
                        diag.push_mistake(option, watcher::unknown_option(&word));
                    }
                }
                seen.push(word);
            }
            Part::Variables(group) => environment(group, diag),
        }
    }
    if count == 0 {
        diag.push_mistake(value, watcher::no_arguments(watcher));
    }
}

fn environment(group: &Expr, diag: &mut Diagnostics) {
    for (entry, variable) in variables(group) {
        let Some((_, value)) = variable else {
            diag.push(
                entry,
                "`env` of a watcher sets variables: it takes `NAME = value`",
            )
            .help("write `env(NODE_ENV = \"development\")`");
            continue;
        };
        if expr::boolean(value) != Some(false) {
            text(value, "a variable", watcher::check_text, diag);
        }
    }
}

/// Checks a literal. What is no literal may be a constant.
fn text(
    value: &Expr,
    what: &str,
    check: fn(&str) -> Result<(), crate::grammar::Mistake>,
    diag: &mut Diagnostics,
) {
    if let Some(text) = expr::text(value) {
        if let Err(mistake) = check(&text.value()) {
            diag.push_mistake(text, mistake);
        }
    } else if let Some(literal) = expr::literal_name(value) {
        let found = diag.push(
            value,
            format!("{what} of a watcher is a string, this is {literal}"),
        );
        if let Some(number) = expr::integer(value) {
            found.help(format!("write `\"{number}\"`"));
        }
    }
}

/// `settings.watchers.set("node", ..);` for each.
pub(crate) fn settings(watchers: &[Watcher], name: &Ident, settings: &Ident) -> TokenStream {
    let statements = watchers.iter().enumerate().map(|(index, watcher)| {
        // The user's own token occurs once: editors look up one place for it.
        let first = name.to_token_stream();
        let name = if index == 0 { first } else { quote!(watchers) };
        let (key, value) = (&watcher.name, setting(&watcher.value));
        quote_spanned!(watcher.at=> #settings.#name.set(#key, #value);)
    });
    statements.collect()
}

fn setting(value: &Expr) -> TokenStream {
    let at = value.span();
    let Some(parts) = parts(value) else {
        return match expr::boolean(value) {
            Some(_) => quote_spanned!(at=> __rt::Watcher::OFF),
            None => quote_spanned!(at=> __rt::Watcher::FUNCTION),
        };
    };
    let (mut arguments, mut options) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Part::Argument(argument) => arguments.push(quote_spanned! {argument.span()=>
                ::core::convert::Into::<__rt::String>::into(#argument)
            }),
            Part::Option(option, value) => options.push(quote!(.#option(#value))),
            Part::Variables(group) => options.extend(variables(group).filter_map(|(_, found)| {
                let (name, value) = found?;
                let text = name.unraw().to_string();
                Some(match expr::boolean(value) {
                    Some(_) => quote!(.without_env(#text)),
                    None => quote!(.env(#text, #value)),
                })
            })),
        }
    }
    quote_spanned!(at=> __rt::Watcher::new([#(#arguments),*]) #(#options)*)
}

/// The functions: `("css", __rt::..)`.
pub(crate) fn functions(watchers: &[Watcher], edge: &Ident) -> Vec<TokenStream> {
    let functions = watchers.iter().filter(|watcher| {
        expr::list(&watcher.value).is_none() && expr::literal(&watcher.value).is_none()
    });
    let function = |Watcher { name, value, .. }: &Watcher| {
        let function = match closure::of(value) {
            Some(_) => quote_spanned!(value.span()=> __rt::watch_with(#edge, #value)),
            None => quote_spanned!(value.span()=> __rt::watch(#edge, #value)),
        };
        quote!((#name, #function))
    };
    functions.map(function).collect()
}
