//! Reads the arguments of `connect`: `#[param(default = 1)] page: u32`.

use syn::{
    Attribute, Expr, FnArg, LitStr, Meta, Pat, PatType, Token, Type, meta::ParseNestedMeta,
    spanned::Spanned, token,
};

use super::ast::{Argument, Default, Name, Source};
use crate::{
    block::{callback::last_segment, state},
    diag::Diagnostics,
    grammar::spelling::{did_you_mean, list},
};

const ATTRIBUTES: [&str; 3] = ["param", "info", "state"];

/// The arguments of an attribute.
#[derive(Default)]
struct Keys {
    name: Option<LitStr>,
    default: Option<super::ast::Default>,
    from_str: bool,
}

pub(crate) fn parse(input: FnArg, diag: &mut Diagnostics) -> Option<Argument> {
    let FnArg::Typed(PatType { attrs, pat, ty, .. }) = input else {
        return None;
    };
    let (ours, attrs): (Vec<_>, Vec<_>) = attrs.into_iter().partition(is_ours);
    attrs.iter().for_each(|attribute| misspelt(attribute, diag));
    let source = match ours.as_slice() {
        [] => Source::Type,
        [attribute] if state::is_state(attribute) => {
            state::check(attribute, &ty, diag);
            Source::State
        }
        [attribute] => source(attribute, &pat, diag),
        [first, second, ..] => {
            let (first, second_name) = (name_of(first), name_of(second));
            let message = if first == second_name {
                format!("`#[{first}]` is written twice")
            } else {
                format!("an argument is either `#[{first}]` or `#[{second_name}]`, not both")
            };
            diag.push(second.path(), message).help("remove one of them");
            Source::Unknown
        }
    };
    Some(Argument {
        attrs,
        pat: *pat,
        ty: *ty,
        source,
    })
}

pub(crate) fn is_ours(attribute: &Attribute) -> bool {
    ATTRIBUTES
        .iter()
        .any(|name| attribute.path().is_ident(name))
}

pub(crate) fn name_of(attribute: &Attribute) -> &'static str {
    ATTRIBUTES
        .into_iter()
        .find(|name| attribute.path().is_ident(name))
        .unwrap_or_default()
}

fn misspelt(attribute: &Attribute, diag: &mut Diagnostics) {
    let Some(word) = attribute.path().get_ident() else {
        return;
    };
    if let Some(near) = did_you_mean(&word.to_string(), ATTRIBUTES) {
        diag.push(attribute.path(), format!("unknown attribute `{word}`"))
            .help(format!("did you mean `#[{near}]`?"));
    }
}

fn source(attribute: &Attribute, pat: &Pat, diag: &mut Diagnostics) -> Source {
    let word = name_of(attribute);
    let Some(keys) = keys(attribute, diag) else {
        return Source::Unknown;
    };
    let name = match (keys.name, pat) {
        (Some(text), _) => Name::Given(text),
        (None, Pat::Ident(ident)) => Name::Ident(ident.ident.clone()),
        (None, _) => {
            diag.push(
                pat,
                format!("`#[{word}]` takes its name from the argument, which has none"),
            )
            .help(format!("write `#[{word}(name = \"..\")]`"));
            return Source::Unknown;
        }
    };
    match word {
        "param" => Source::Param {
            name,
            default: keys.default,
            from_str: keys.from_str,
        },
        _ => Source::Info {
            name,
            default: keys.default,
        },
    }
}

fn keys(attribute: &Attribute, diag: &mut Diagnostics) -> Option<Keys> {
    let word = name_of(attribute);
    let mut keys = Keys::default();
    match &attribute.meta {
        Meta::Path(_) => return Some(keys),
        Meta::NameValue(meta) => {
            diag.push(
                &meta.value,
                format!("`#[{word}]` takes its options in parentheses"),
            )
            .help(format!("write `#[{word}(name = \"..\")]`"));
            return None;
        }
        Meta::List(_) => {}
    }
    let mut seen: Vec<String> = Vec::new();
    let mut fine = true;
    let read = attribute.parse_nested_meta(|meta| {
        let key = meta
            .path
            .get_ident()
            .map(ToString::to_string)
            .unwrap_or_default();
        if seen.contains(&key) {
            diag.push(&meta.path, format!("`{key}` is set twice"))
                .help("remove one of them");
            fine = false;
        }
        fine &= read_key(&key, word, &meta, &mut keys, diag)?;
        seen.push(key);
        Ok(())
    });
    if let Err(error) = read {
        diag.push_syn(error);
        return None;
    }
    fine.then_some(keys)
}

fn read_key(
    key: &str,
    word: &str,
    meta: &ParseNestedMeta<'_>,
    keys: &mut Keys,
    diag: &mut Diagnostics,
) -> syn::Result<bool> {
    match key {
        "name" => {
            let text: LitStr = meta.value()?.parse()?;
            if text.value().is_empty() {
                diag.push(&text, "`name` is empty");
                return Ok(false);
            }
            keys.name = Some(text);
        }
        "default" if meta.input.peek(Token![=]) => {
            keys.default = Some(Default::Expr(Box::new(meta.value()?.parse()?)));
        }
        "default" => keys.default = Some(Default::OfType),
        "from_str" if word == "param" => keys.from_str = true,
        _ => {
            skip_value(meta)?;
            let known: &[&str] = if word == "param" {
                &["name", "default", "from_str"]
            } else {
                &["name", "default"]
            };
            let found = diag.push(&meta.path, format!("unknown key `{key}` in `#[{word}]`"));
            match did_you_mean(key, known.iter().copied()) {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found.help(format!(
                    "keys of `#[{word}]`: {}",
                    list(known.iter().copied())
                )),
            };
            return Ok(false);
        }
    }
    Ok(true)
}

fn skip_value(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<Expr>()?;
    } else if meta.input.peek(token::Paren) {
        meta.input.parse::<proc_macro2::Group>()?;
    }
    Ok(())
}

/// Whether a type is `Connect<..>`, the whole attempt.
pub(crate) fn is_connect(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|last| last.ident == "Connect")
}

impl Argument {
    pub(crate) fn span(&self) -> proc_macro2::Span {
        self.source
            .name()
            .map_or_else(|| self.pat.span(), Name::span)
    }
}
