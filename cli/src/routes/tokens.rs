//! Parts of sources, as they are written.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Tokens of a source.
pub(super) type Tokens = Vec<TokenTree>;

/// The parts between these punctuation marks. The last one may be empty.
pub(super) fn split(tokens: TokenStream, mark: char) -> Vec<Tokens> {
    let mut parts = vec![Tokens::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == mark => parts.push(Tokens::new()),
            _ => {
                if let Some(part) = parts.last_mut() {
                    part.push(token);
                }
            }
        }
    }
    parts
}

/// The tokens as the source has them, on one line.
pub(super) fn written(tokens: &[TokenTree], source: &str) -> String {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return String::new();
    };
    let range = first.span().byte_range().start..last.span().byte_range().end;
    let text = source.get(range).unwrap_or_default();
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.starts_with("//"));
    // Chained calls, which begin lines.
    lines
        .collect::<Vec<_>>()
        .join(" ")
        .replace(" .", ".")
        .replace("( ", "(")
}

/// The text of a literal string.
pub(super) fn string(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else {
        return None;
    };
    let text = literal.to_string();
    let text = text.strip_prefix('"')?.strip_suffix('"')?;
    Some(text.to_owned())
}

/// What is in the group.
pub(super) fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<TokenStream> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group.stream()),
        _ => None,
    }
}

/// Whether it is this word.
pub(super) fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

/// Whether it is this punctuation mark.
pub(super) fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

/// The attributes in front of something, without `#` and brackets; and what follows them.
pub(super) fn attributes(mut tokens: &[TokenTree]) -> (Vec<Tokens>, &[TokenTree]) {
    let mut attributes = Vec::new();
    while is_mark(tokens.first(), '#')
        && let Some(attribute) = group(tokens.get(1), Delimiter::Bracket)
    {
        attributes.push(attribute.into_iter().collect());
        tokens = &tokens[2..];
    }
    (attributes, tokens)
}
