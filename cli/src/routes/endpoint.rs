//! `endpoint! { .. }`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{
    statement::{Statement, statements},
    tokens::{self, Tokens, attributes, group, is_word, string, written},
};

/// A declaration.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) name: String,
    /// The `path` of `url`, as far as the declaration has it as a literal.
    pub(super) prefix: String,
    pub(super) mounts: Vec<Mount>,
    /// Other statements that answer requests, in the order in which a request meets them.
    pub(super) others: Vec<Other>,
}

/// `socket("/socket", UserSocket, ..)`.
#[derive(Debug)]
pub(super) struct Mount {
    pub(super) path: String,
    /// The type as it is written.
    pub(super) socket: String,
    pub(super) options: Vec<Statement>,
    pub(super) conditions: Vec<String>,
}

/// A plug, the service, or what Landfall itself serves.
#[derive(Debug)]
pub(super) struct Other {
    pub(super) kind: &'static str,
    pub(super) what: String,
    pub(super) conditions: Vec<String>,
}

/// Statements that answer requests, in the order in which a request meets them. The first two come
/// before sockets.
const KINDS: [&str; 5] = ["force_ssl", "dashboard", "live_reload", "plug", "service"];

impl Endpoint {
    /// Reads the body of the macro, which may be in braces once more.
    pub(super) fn read(body: TokenStream, source: &str) -> Option<Self> {
        let all: Tokens = body.clone().into_iter().collect();
        let body = match all.as_slice() {
            [only] => group(Some(only), Delimiter::Brace).unwrap_or(body),
            _ => body,
        };
        let body = statements(body);
        let name = body.iter().find_map(|statement| name(statement))?;
        let said: Vec<Statement> = body
            .iter()
            .filter_map(|statement| Statement::read(statement, source))
            .filter(|statement| !statement.is_off())
            .collect();
        let mounts = said.iter().filter_map(|said| mount(said, source)).collect();
        let others = KINDS.into_iter().flat_map(|kind| {
            let of = said.iter().filter(move |said| said.name == kind);
            of.map(move |said| other(kind, said, source))
        });
        Some(Endpoint {
            name,
            prefix: prefix(&said, source),
            others: others.collect(),
            mounts,
        })
    }
}

/// The name behind `struct`.
fn name(statement: &[TokenTree]) -> Option<String> {
    let (_, statement) = attributes(statement);
    let at = statement
        .iter()
        .position(|token| is_word(Some(token), "struct"))?;
    // Nothing but `pub` and `pub(..)` stands before it.
    (at <= 2).then(|| statement.get(at + 1).map(TokenTree::to_string))?
}

fn prefix(said: &[Statement], source: &str) -> String {
    let url = said.iter().find(|said| said.name == "url");
    let Some(path) = url.and_then(|url| url.key("path")) else {
        return String::new();
    };
    match path.first().and_then(string) {
        Some(text) if path.len() == 1 => text.trim_end_matches('/').to_owned(),
        _ => format!("{{{}}}", written(&path, source)),
    }
}

fn mount(said: &Statement, source: &str) -> Option<Mount> {
    let arguments = said.arguments.clone().filter(|_| said.name == "socket")?;
    let mut arguments = tokens::split(arguments, ',').into_iter();
    let path = string(arguments.next()?.first()?)?;
    let socket = written(&arguments.next()?, source);
    Some(Mount {
        path,
        socket,
        options: arguments
            .filter_map(|option| Statement::read(&option, source))
            .collect(),
        conditions: said.conditions.clone(),
    })
}

fn other(kind: &'static str, said: &Statement, source: &str) -> Other {
    let arguments: Tokens = said.arguments.clone().into_iter().flatten().collect();
    let what = match kind {
        "dashboard" => {
            let path = said.key("path");
            let path = path.and_then(|path| path.first().and_then(string));
            path.unwrap_or_else(|| "/dashboard".to_owned())
        }
        _ => written(&arguments, source),
    };
    Other {
        kind,
        what: what.trim_end_matches(',').trim_end().to_owned(),
        conditions: said.conditions.clone(),
    }
}
