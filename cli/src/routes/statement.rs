//! A statement of a declaration: `name(..)` or `name = value`, with its conditions.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::tokens::{self, Tokens, attributes, group, is_mark, is_word};

/// A statement, or an option of one.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) name: String,
    /// What is in the parentheses.
    pub(super) arguments: Option<TokenStream>,
    /// What follows `=`.
    pub(super) value: Tokens,
    /// `cfg(..)` as it is written.
    pub(super) conditions: Vec<String>,
}

impl Statement {
    /// `None` if it is something else.
    pub(super) fn read(all: &[TokenTree], source: &str) -> Option<Self> {
        let (attributes, rest) = attributes(all);
        let (TokenTree::Ident(name), rest) = rest.split_first()? else {
            return None;
        };
        let arguments = group(rest.first(), Delimiter::Parenthesis);
        let value = match is_mark(rest.first(), '=') {
            true => rest[1..].to_vec(),
            false => Tokens::new(),
        };
        let is_condition = |attribute: &&Tokens| is_word(attribute.first(), "cfg");
        let conditions = attributes.iter().filter(is_condition);
        Some(Statement {
            name: name.to_string(),
            arguments,
            value,
            conditions: conditions.map(|cfg| tokens::written(cfg, source)).collect(),
        })
    }

    /// Whether it is `name = false`.
    pub(super) fn is_off(&self) -> bool {
        is_word(self.value.first(), "false")
    }

    /// The value of a key in the parentheses, as its tokens.
    pub(super) fn key(&self, name: &str) -> Option<Tokens> {
        let arguments = self.arguments.clone()?;
        let keys = tokens::split(arguments, ',');
        // Conditions of keys are not looked at.
        let mut keys = keys.iter().filter_map(|key| Statement::read(key, ""));
        keys.find(|key| key.name == name).map(|key| key.value)
    }
}

/// The statements of a body. `struct` and `fn` are among them, as what they begin with.
pub(super) fn statements(body: TokenStream) -> Vec<Tokens> {
    let mut all = vec![Tokens::new()];
    for token in body {
        let Some(statement) = all.last_mut() else {
            continue;
        };
        if is_mark(Some(&token), ';') {
            all.push(Tokens::new());
            continue;
        }
        let is_body = group(Some(&token), Delimiter::Brace).is_some();
        let is_function = statement.iter().any(|token| is_word(Some(token), "fn"));
        statement.push(token);
        if is_body && is_function {
            all.push(Tokens::new());
        }
    }
    all.retain(|statement| !statement.is_empty());
    all
}
