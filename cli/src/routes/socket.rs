//! `#[socket(channel("room:*", Room), ..)] impl UserSocket`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{
    statement::Statement,
    tokens::{self, group, is_word, string, written},
};

/// What an impl block says about a socket.
#[derive(Debug)]
pub(super) struct Socket {
    /// The type, without its path and its parameters.
    pub(super) name: String,
    pub(super) channels: Vec<Channel>,
    /// Defaults of its mounts.
    pub(super) options: Vec<Statement>,
}

/// A channel of a socket.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) pattern: String,
    pub(super) name: String,
    pub(super) conditions: Vec<String>,
}

impl Socket {
    /// Reads what stands in the brackets of an attribute, and what follows them.
    pub(super) fn read(attribute: &[TokenTree], rest: &[TokenTree], source: &str) -> Option<Self> {
        let word = attribute
            .iter()
            .rfind(|token| matches!(token, TokenTree::Ident(_)));
        if !is_word(word, "socket") {
            return None;
        }
        let at = rest.iter().position(|token| is_word(Some(token), "impl"))?;
        let TokenTree::Ident(name) = rest.get(at + 1)? else {
            return None;
        };
        let said = group(attribute.last(), Delimiter::Parenthesis).unwrap_or_default();
        let (channels, options) = read_options(said, source);
        Some(Socket {
            name: name.to_string(),
            channels,
            options,
        })
    }
}

fn read_options(said: TokenStream, source: &str) -> (Vec<Channel>, Vec<Statement>) {
    let options = tokens::split(said, ',');
    let options = options
        .iter()
        .filter_map(|option| Statement::read(option, source));
    let (channels, options): (Vec<_>, Vec<_>) =
        options.partition(|option| option.name == "channel");
    let channels = channels.into_iter().filter_map(|channel| {
        let arguments = tokens::split(channel.arguments?, ',');
        Some(Channel {
            pattern: string(arguments.first()?.first()?)?,
            name: written(arguments.get(1)?, source),
            conditions: channel.conditions,
        })
    });
    (channels.collect(), options)
}
