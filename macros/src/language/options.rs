//! `key = value, nested(..)`: the inside of a group, read against its table.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{
    Expr, ExprLit, Ident, Lit, LitBool, Token,
    ext::IdentExt,
    parse::{ParseStream, discouraged::Speculative},
    spanned::Spanned,
    token,
};

use crate::{
    diag::Diagnostics,
    grammar::spelling::list,
    language::expr,
    language::{
        key::{Group, Key, Kind},
        names,
        recover::Arguments,
        syntax,
    },
};

/// A group as written.
pub(crate) struct Options {
    pub(crate) group: &'static Group,
    pub(crate) entries: Vec<Entry>,
    /// Names that are no keys or have no value: what somebody is typing.
    pub(crate) unfinished: Vec<Ident>,
}

/// One key as written.
pub(crate) struct Entry {
    pub(crate) name: Ident,
    pub(crate) key: &'static Key,
    pub(crate) value: Value,
}

pub(crate) enum Value {
    /// `name = expression`
    Expr(Expr),
    /// `name(..)`
    Group(Options),
}

/// An argument before its name is looked up.
pub(crate) enum Argument {
    Value(Ident, Expr),
    Group(Ident, TokenStream),
    /// `name: value`, as Elixir writes keywords.
    Keyword(Ident),
    Positional(Expr),
}

impl Options {
    /// Reads the arguments of `group`. A mistake in one key does not hide those in others.
    pub(crate) fn parse(
        tokens: TokenStream,
        group: &'static Group,
        diag: &mut Diagnostics,
    ) -> Self {
        Options::parse_rest(Arguments::new(tokens), group, diag)
    }

    /// Reads the arguments that remain after positional ones.
    pub(crate) fn parse_rest(
        mut arguments: Arguments,
        group: &'static Group,
        diag: &mut Diagnostics,
    ) -> Self {
        let mut options = Options {
            group,
            entries: Vec::new(),
            unfinished: Vec::new(),
        };
        while !arguments.is_empty() {
            let tokens = arguments.first();
            match arguments.next(Argument::parse) {
                Ok(argument) => options.add(argument, diag),
                Err(error) => syntax::report(&tokens, error, diag),
            }
        }
        options
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.name == name)
    }

    fn add(&mut self, argument: Argument, diag: &mut Diagnostics) {
        let group = self.group;
        let (name, given) = match argument {
            Argument::Value(name, value) => (name, Given::Expr(value)),
            Argument::Group(name, tokens) => (name, Given::Group(tokens)),
            Argument::Keyword(name) => {
                diag.push(&name, format!("expected `{name} = ..`, not `{name}: ..`"))
                    .help(format!("write `{}({name} = ..)`", group.name));
                return;
            }
            Argument::Positional(value) => match switch(&value, group) {
                Some(name) => (name.clone(), Given::Expr(switched_on(name))),
                None => {
                    self.unfinished.extend(expr::word(&value).cloned());
                    return positional(&value, group, diag);
                }
            },
        };
        let Some(key) = group.key(&name.unraw().to_string()) else {
            names::unknown_key(&name, group, diag);
            return self.unfinished.push(name);
        };
        if let Some(first) = self.get(key.name) {
            diag.push(&name, format!("`{name}` is set twice"))
                .help("remove one of them")
                .note(format!(
                    "first set on line {}",
                    first.name.span().start().line
                ));
            return;
        }
        let value = diag.within(key.name, |diag| match given {
            Given::Expr(value) => expression(key, value, diag).map(Value::Expr),
            Given::Group(tokens) if matches!(key.kind, Kind::Formats) => {
                as_call(&name, &tokens, diag).map(Value::Expr)
            }
            Given::Group(tokens) => nested(key, &name, tokens, diag).map(Value::Group),
        });
        self.entries
            .extend(value.map(|value| Entry { name, key, value }));
    }
}

enum Given {
    Expr(Expr),
    Group(TokenStream),
}

impl Argument {
    pub(crate) fn parse(input: ParseStream) -> syn::Result<Self> {
        if input.peek(Ident::peek_any) {
            if input.peek2(Token![=]) && !input.peek2(Token![==]) {
                let name = Ident::parse_any(input)?;
                input.parse::<Token![=]>()?;
                if input.is_empty() {
                    return Err(syn::Error::new(
                        name.span(),
                        format!("expected a value after `{name} =`"),
                    ));
                }
                return Ok(Argument::Value(name, expr::plain(input.parse()?)));
            }
            if input.peek2(token::Paren) {
                let ahead = input.fork();
                let (name, tokens) = group(&ahead)?;
                if ahead.is_empty() {
                    input.advance_to(&ahead);
                    return Ok(Argument::Group(name, tokens));
                }
            }
            if input.peek2(Token![:]) && !input.peek2(Token![::]) {
                let name = Ident::parse_any(input)?;
                input.parse::<TokenStream>()?;
                return Ok(Argument::Keyword(name));
            }
        }
        input.parse().map(Argument::Positional)
    }
}

/// `name(tokens)`.
fn group(input: ParseStream) -> syn::Result<(Ident, TokenStream)> {
    let name = Ident::parse_any(input)?;
    let content;
    syn::parenthesized!(content in input);
    Ok((name, content.parse()?))
}

/// The name of a key that means `true` by itself: `longpoll`.
fn switch<'a>(value: &'a Expr, group: &Group) -> Option<&'a Ident> {
    let name = expr::word(value)?;
    matches!(group.key(&name.to_string())?.kind, Kind::SwitchedGroup(_)).then_some(name)
}

fn switched_on(name: &Ident) -> Expr {
    let lit = Lit::Bool(LitBool::new(true, name.span()));
    Expr::Lit(ExprLit {
        attrs: Vec::new(),
        lit,
    })
}

fn positional(value: &Expr, group: &Group, diag: &mut Diagnostics) {
    let word = expr::word(value);
    if let Some(name) = word {
        if group.key(&name.to_string()).is_some() {
            diag.push(name, format!("`{name}` has no value"))
                .help(format!("write `{name} = ..`"));
        } else {
            names::unknown_key(name, group, diag);
        }
        return;
    }
    if let Expr::Binary(comparison) = value
        && matches!(comparison.op, syn::BinOp::Eq(_))
        && let Some(name) = expr::word(&comparison.left)
    {
        diag.push(
            &comparison.op,
            format!("expected `{name} = ..`, not `{name} == ..`"),
        )
        .help(format!("write `{name} = ..`"));
        return;
    }
    let found = diag.push(value, format!("`{}` takes no positional value", group.name));
    match (expr::text(value), group.keys.first()) {
        (Some(text), Some(first)) if matches!(first.kind, Kind::Host | Kind::UrlPath) => {
            found.help(format!("write `{} = {:?}`", first.name, text.value()))
        }
        _ => found.help(format!(
            "keys of `{}`: {}",
            group.name,
            list(group.key_names())
        )),
    };
}

/// A value where the key takes one.
fn expression(key: &Key, value: Expr, diag: &mut Diagnostics) -> Option<Expr> {
    let name = key.name;
    let (switch, is_text) = (expr::boolean(&value), expr::text(&value).is_some());
    match key.kind {
        Kind::Group(_) => {
            diag.push(&value, format!("`{name}` is a group, not a value"))
                .help(format!("write `{name}(..)`"));
            None
        }
        Kind::SwitchedGroup(_) if switch.is_none() => {
            diag.push(&value, format!("`{name}` takes `true`, `false` or options"))
                .help(format!("write `{name}(..)`"));
            None
        }
        Kind::OptionalGroup(_) if switch != Some(false) => {
            diag.push(&value, format!("`{name}` takes `false` or options"))
                .help(match key.kind.group() {
                    Some(group) if is_text && group.key("url").is_some() => {
                        format!("write `{name}(url = ..)`")
                    }
                    _ => format!("write `{name}(..)`"),
                });
            None
        }
        _ => Some(value),
    }
}

/// `name(tokens)`, for keys whose entries have names of the user's choice.
fn as_call(name: &Ident, tokens: &TokenStream, diag: &mut Diagnostics) -> Option<Expr> {
    syn::parse2(quote!(#name(#tokens)))
        .map_err(|error| diag.push_syn(error))
        .ok()
}

/// A group where the key takes one.
fn nested(key: &Key, name: &Ident, tokens: TokenStream, diag: &mut Diagnostics) -> Option<Options> {
    match key.kind.group() {
        Some(group) => Some(Options::parse(tokens, group, diag)),
        None => {
            diag.push(name, format!("`{name}` is a value, not a group"))
                .help(format!(
                    "write `{name} = {}`",
                    super::recover::single(&tokens)
                ));
            None
        }
    }
}

impl Entry {
    /// The value, unless it is a group.
    pub(crate) fn expr(&self) -> Option<&Expr> {
        match &self.value {
            Value::Expr(value) => Some(value),
            Value::Group(_) => None,
        }
    }

    /// The options, if the value is a group.
    pub(crate) fn options(&self) -> Option<&Options> {
        match &self.value {
            Value::Expr(_) => None,
            Value::Group(options) => Some(options),
        }
    }

    /// Where to point when the value is wrong.
    pub(crate) fn span(&self) -> Span {
        self.expr().map_or(self.name.span(), Spanned::span)
    }
}
