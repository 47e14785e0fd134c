//! What was meant by tokens that do not parse: slips of punctuation, and the syntax of Elixir.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::diag::Diagnostics;

/// Reports an argument or a value that does not parse.
pub(crate) fn report(tokens: &TokenStream, error: syn::Error, diag: &mut Diagnostics) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    if !punctuation(&tokens, diag) && !elixir(&tokens, diag) {
        diag.push_syn(error);
    }
}

/// Reports a wrong or missing sign between keys and values.
fn punctuation(tokens: &[TokenTree], diag: &mut Diagnostics) -> bool {
    if let Some(semicolon) = tokens.iter().find(|token| is(token, ';')) {
        diag.push(semicolon, "arguments are separated by `,`")
            .help("write `,` instead of `;`");
        return true;
    }
    match tokens {
        [TokenTree::Ident(name), one, two, ..] if is(one, '=') && is(two, '>') => {
            diag.push(one, format!("expected `{name} = ..`, not `{name} => ..`"))
                .help(format!("write `{name} = ..`"));
            return true;
        }
        [TokenTree::Ident(name), TokenTree::Literal(value)] => {
            diag.push(value, format!("expected `=` after `{name}`"))
                .help(format!("write `{name} = {value}`"));
            return true;
        }
        [TokenTree::Ident(name), TokenTree::Group(body)] if is_brace(body) => {
            diag.push(body, format!("options of `{name}` stand in parentheses"))
                .help(format!("write `{name}(..)`"));
            return true;
        }
        [TokenTree::Ident(name), equals, TokenTree::Group(body)]
            if is(equals, '=') && is_brace(body) && !starts_with_atom(body) && !is_tuple(body) =>
        {
            diag.push(body, format!("options of `{name}` stand in parentheses"))
                .help(format!("write `{name}(..)`"));
            return true;
        }
        _ => {}
    }
    let mut triples = tokens.windows(3);
    let missing = triples.find_map(|triple| match triple {
        [
            TokenTree::Literal(_) | TokenTree::Group(_) | TokenTree::Ident(_),
            TokenTree::Ident(name),
            after,
        ] if is(after, '=') || matches!(after, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis) => {
            Some(name)
        }
        _ => None,
    });
    if let Some(name) = missing {
        diag.push(name, format!("expected `,` before `{name}`"))
            .help("arguments are separated by `,`");
        return true;
    }
    if let [TokenTree::Literal(_), TokenTree::Ident(name), ..] = tokens {
        diag.push(name, format!("expected `,` before `{name}`"))
            .help("arguments are separated by `,`");
        return true;
    }
    false
}

/// Reports atoms, sigils and tuples, at any depth.
fn elixir(tokens: &[TokenTree], diag: &mut Diagnostics) -> bool {
    let mut before: Option<&TokenTree> = None;
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1);
        let starts = before.is_none_or(|token| is(token, ',') || is(token, '='));
        match (token, next) {
            (colon, Some(TokenTree::Ident(name))) if starts && is(colon, ':') => {
                diag.push(name, format!("`:{name}` is an atom of Elixir"))
                    .help(format!("write `{name}`"));
                return true;
            }
            (tilde, Some(TokenTree::Ident(sigil))) if is(tilde, '~') => {
                diag.push(sigil, format!("`~{sigil}` is a sigil of Elixir"))
                    .help("write a list: `[\"//example.com\", \"//example.org\"]`");
                return true;
            }
            (TokenTree::Group(group), _) if is_brace(group) && is_tuple(group) => {
                return tuple(group, diag);
            }
            (TokenTree::Group(group), _) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                if elixir(&inner, diag) {
                    return true;
                }
            }
            _ => {}
        }
        before = Some(token);
    }
    false
}

/// `{:system, "PORT"}`, `{MyApp, :origin_allowed, []}`.
fn tuple(group: &Group, diag: &mut Diagnostics) -> bool {
    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
    let found = diag.push_at(group.span_open(), "this is a tuple of Elixir");
    match inner.as_slice() {
        [
            colon,
            TokenTree::Ident(name),
            comma,
            TokenTree::Literal(variable),
            ..,
        ] if is(colon, ':') && name == "system" && is(comma, ',') => {
            found.help(format!("write `env({variable})`"));
        }
        _ => {
            found.help("write the path of a function, or a closure");
        }
    }
    true
}

fn is_tuple(group: &Group) -> bool {
    let mut inner = group.stream().into_iter();
    let (first, second) = (inner.next(), inner.next());
    let atom = first.as_ref().is_some_and(|first| is(first, ':'));
    let listed = second.as_ref().is_some_and(|second| is(second, ','));
    atom || listed && matches!(first, Some(TokenTree::Ident(_)))
}

fn starts_with_atom(group: &Group) -> bool {
    let first = group.stream().into_iter().next();
    first.is_some_and(|first| is(&first, ':'))
}

fn is_brace(group: &Group) -> bool {
    group.delimiter() == Delimiter::Brace
}

fn is(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}
