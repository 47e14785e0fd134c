//! A parenthesis that is not closed yet: what is being typed. An editor closes it at the end of the
//! declaration, so that it contains all that follows. The compiler does not come this far.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};

use super::schema;

/// A body whose last statement gives back the statements that it has swallowed.
pub(crate) fn closed(body: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = body.into_iter().collect();
    let mut whole = Vec::new();
    while let Some((group, after)) = last_group(&tokens).and_then(cut) {
        tokens.pop();
        whole.append(&mut tokens);
        whole.extend([group, TokenTree::Punct(Punct::new(';', Spacing::Alone))]);
        tokens = after;
    }
    whole.into_iter().chain(tokens).collect()
}

/// What stands in the last parentheses of a sequence, if it ends with them.
fn last_group(tokens: &[TokenTree]) -> Option<&Group> {
    match tokens.last() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => Some(group),
        _ => None,
    }
}

/// A group up to the statements that it has swallowed, and those. Only statements have a `;` between
/// them, and only they are functions.
fn cut(group: &Group) -> Option<(TokenTree, Vec<TokenTree>)> {
    let mut tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let (end, function) = (tokens.iter().position(is_semicolon), function(&tokens));
    let end = end.filter(|end| function.is_none_or(|function| *end < function));
    let after = match (end, function) {
        (None, Some(function)) => tokens.split_off(function),
        (None, None) => {
            let (inner, after) = last_group(&tokens).and_then(cut)?;
            tokens.pop();
            tokens.push(inner);
            after
        }
        (Some(end), _) => match beginning(tokens.get(..end)?) {
            Some(beginning) => tokens.split_off(beginning),
            None => {
                let after = tokens.split_off(end).split_off(1);
                (after.is_empty() || begins_statement(&after)).then_some(after)?
            }
        },
    };
    let mut closed = Group::new(group.delimiter(), tokens.into_iter().collect());
    closed.set_span(group.span());
    Some((TokenTree::Group(closed), after))
}

/// Where the first function begins, with its attributes.
fn function(tokens: &[TokenTree]) -> Option<usize> {
    let is_function = |pair: &[TokenTree]| matches!(pair, [TokenTree::Ident(word), TokenTree::Ident(_)] if word == "fn");
    let mut first = tokens.windows(2).position(is_function)?;
    let before = |first: usize, count: usize| tokens.get(first.checked_sub(count)?..first);
    loop {
        first -= match (before(first, 1), before(first, 2)) {
            (Some([TokenTree::Ident(word)]), _) if word == "async" || word == "pub" => 1,
            (_, Some([TokenTree::Punct(hash), TokenTree::Group(_)])) if hash.as_char() == '#' => 2,
            _ => return Some(first),
        };
    }
}

/// Where the first statement begins that ends at the end of these tokens.
fn beginning(tokens: &[TokenTree]) -> Option<usize> {
    (0..tokens.len()).rev().find(|at| {
        let key = *at > 0 && tokens.get(at - 1).is_some_and(super::recover::is_comma);
        let is_key = |token: &TokenTree| {
            let name = token.to_string();
            let groups = [&schema::SOCKET, &schema::WEBSOCKET];
            key && groups.iter().any(|group| group.key(&name).is_some())
        };
        let rest = tokens.get(*at..).unwrap_or_default();
        begins_statement(rest) && !rest.first().is_some_and(is_key)
    })
}

fn is_semicolon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';')
}

/// `directive(`, `directive =`, `#[..] ..` or `fn`.
fn begins_statement(tokens: &[TokenTree]) -> bool {
    match tokens {
        [TokenTree::Ident(name), next, ..] => match next {
            TokenTree::Group(group) => {
                group.delimiter() == Delimiter::Parenthesis && is_directive(name)
            }
            TokenTree::Punct(punct) => punct.as_char() == '=' && is_directive(name),
            TokenTree::Ident(_) => name == "fn",
            TokenTree::Literal(_) => false,
        },
        [TokenTree::Punct(hash), TokenTree::Group(_), ..] => hash.as_char() == '#',
        _ => false,
    }
}

fn is_directive(name: &proc_macro2::Ident) -> bool {
    schema::directive(&name.to_string()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> TokenStream {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_swallowed_is_given_back() {
        for (typed, meant) in [
            (
                "url(ho http(port = 1); server = true;)",
                "url(ho); http(port = 1); server = true;",
            ),
            (
                "url(host = \"a\", http(port = 1);)",
                "url(host = \"a\",); http(port = 1);",
            ),
            ("url(po; server = true;)", "url(po); server = true;"),
            ("url(po;)", "url(po);"),
            (
                "socket(\"/a\", A, websocket(ti plug(x); fn init() {}))",
                "socket(\"/a\", A, websocket(ti)); plug(x); fn init() {}",
            ),
            (
                "socket(\"/a\", A, websocket(ti fn init(config: Config) -> Config { config }))",
                "socket(\"/a\", A, websocket(ti)); fn init(config: Config) -> Config { config }",
            ),
            (
                "url(#[doc = \" a\"] #[cfg(unix)] fn init() { a(); } server = true;)",
                "url(); #[doc = \" a\"] #[cfg(unix)] fn init() { a(); } server = true;",
            ),
            (
                "socket(\"/a\", A, websocket(ti), drainer(batch_size = 7); plug(x);)",
                "socket(\"/a\", A, websocket(ti), drainer(batch_size = 7)); plug(x);",
            ),
        ] {
            let (typed, meant) = (format!("struct W; {typed}"), format!("struct W; {meant}"));
            let found = closed(tokens(&typed)).to_string();
            assert_eq!(found, tokens(&meant).to_string(), "{typed}");
        }
    }

    #[test]
    fn nothing_else_is_touched() {
        for body in [
            "struct W; url(host = \"a\"; port = 80);",
            "struct W; url(host = \"a\"; port = 80)",
            "struct W; plug({ let a = 1; a });",
            "struct W; extra(a = [0; 4])",
            "struct W; plug(layer::<fn(u8) -> u8>())",
            "struct W; plug({ fn a() {} a })",
            "",
        ] {
            assert_eq!(closed(tokens(body)).to_string(), tokens(body).to_string());
        }
    }
}
