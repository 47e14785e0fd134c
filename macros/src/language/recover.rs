//! Splits tokens into statements and arguments before they are parsed, so that one mistake does not
//! hide others.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};

/// Splits a body at each `;`, and after the braces of a `fn` or `struct`. The `;` is dropped,
/// except after a struct.
pub(crate) fn statements(tokens: TokenStream) -> Vec<TokenStream> {
    let mut statements = Vec::new();
    let mut current: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let ends = match &token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => true,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                is_item_start(&current)
                    && !matches!(tokens.peek(), Some(token) if is_punct(token, ';'))
            }
            _ => false,
        };
        if !is_punct(&token, ';') || names(&current, "struct") {
            current.push(token);
        }
        if ends && !current.is_empty() {
            statements.push(current.drain(..).collect());
        }
    }
    if !current.is_empty() {
        statements.push(current.into_iter().collect());
    }
    statements
}

/// Whether a statement is a `struct` or a function rather than a directive.
pub(crate) fn is_item(tokens: &TokenStream) -> bool {
    is_item_start(&tokens.clone().into_iter().collect::<Vec<_>>())
}

fn is_item_start(tokens: &[TokenTree]) -> bool {
    names(tokens, "fn") || names(tokens, "struct") || foreign_item(tokens).is_some()
}

/// The keyword of an item that cannot stand in a declaration.
pub(crate) fn foreign_item(tokens: &[TokenTree]) -> Option<&Ident> {
    const KEYWORDS: [&str; 7] = ["const", "enum", "impl", "mod", "trait", "type", "use"];
    let mut tokens = tokens.iter();
    let mut after_hash = false;
    let first = tokens.find(|token| {
        let skipped = after_hash;
        after_hash = is_punct(token, '#');
        !after_hash && !skipped && !matches!(token, TokenTree::Ident(name) if name == "pub")
    });
    match first {
        Some(TokenTree::Ident(name)) if KEYWORDS.iter().any(|keyword| name == keyword) => {
            Some(name)
        }
        _ => None,
    }
}

fn names(tokens: &[TokenTree], keyword: &str) -> bool {
    tokens
        .iter()
        .any(|token| matches!(token, TokenTree::Ident(ident) if ident == keyword))
}

fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

pub(crate) fn is_comma(token: &TokenTree) -> bool {
    is_punct(token, ',')
}

/// Tokens between two commas, the comma at the end of each. None is empty.
pub(crate) fn pieces(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut pieces = vec![Vec::new()];
    for token in tokens {
        let ends = is_comma(&token);
        if let Some(last) = pieces.last_mut() {
            last.push(token);
        }
        if ends {
            pieces.push(Vec::new());
        }
    }
    if pieces.last().is_some_and(Vec::is_empty) {
        pieces.pop();
    }
    pieces
}

/// Arguments cut at each `,`, taken one by one.
pub(crate) struct Arguments {
    /// The tokens between two commas, the comma at the end of each but the last.
    pieces: std::vec::IntoIter<Vec<TokenTree>>,
}

impl Arguments {
    pub(crate) fn new(tokens: TokenStream) -> Self {
        Arguments {
            pieces: pieces(tokens).into_iter(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.as_slice().is_empty()
    }

    /// The tokens up to the next comma.
    pub(crate) fn first(&self) -> TokenStream {
        let first = self.pieces.as_slice().first();
        first.map_or_else(TokenStream::new, |piece| without_comma(piece))
    }

    /// The remaining tokens, if there are any.
    pub(crate) fn rest(self) -> Option<TokenStream> {
        let rest: TokenStream = self.pieces.flatten().collect();
        (!rest.is_empty()).then_some(rest)
    }

    /// Parses the next argument. It may contain commas (`Map<K, V>`, `|a, b| a`): if the tokens up
    /// to the next comma do not parse, longer runs are tried. If none parses, only the first piece
    /// is consumed.
    pub(crate) fn next<T>(
        &mut self,
        parse: impl Fn(ParseStream) -> syn::Result<T>,
    ) -> syn::Result<T> {
        const LONGEST: usize = 8;
        if let Some([comma]) = self.pieces.as_slice().first().map(Vec::as_slice)
            && is_comma(comma)
        {
            let error = syn::Error::new(comma.span(), "expected an argument before this `,`");
            self.pieces.next();
            return Err(error);
        }
        let mut run: Vec<TokenTree> = Vec::new();
        let mut first = None;
        for (count, piece) in self.pieces.as_slice().iter().take(LONGEST).enumerate() {
            run.extend(piece.iter().cloned());
            match (&parse).parse2(without_comma(&run)) {
                Ok(argument) => {
                    self.pieces.nth(count);
                    return Ok(argument);
                }
                Err(error) => {
                    first.get_or_insert(error);
                }
            }
        }
        self.pieces.next();
        Err(first.unwrap_or_else(|| {
            syn::Error::new(proc_macro2::Span::call_site(), "expected an argument")
        }))
    }
}

fn without_comma(run: &[TokenTree]) -> TokenStream {
    match run.split_last() {
        Some((last, rest)) if is_comma(last) => rest.iter().cloned().collect(),
        _ => run.iter().cloned().collect(),
    }
}

/// A token as it is written, if it is alone: what is shown of a value.
pub(crate) fn single(tokens: &TokenStream) -> String {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(word)), None) => word.to_string(),
        (Some(TokenTree::Literal(literal)), None) => literal.to_string(),
        _ => "..".to_owned(),
    }
}

/// Reads a whole argument as what is expected.
pub(crate) fn whole<T: syn::parse::Parse>(input: ParseStream) -> syn::Result<T> {
    input.parse()
}
