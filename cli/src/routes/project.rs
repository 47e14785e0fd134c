//! The endpoints and sockets of all sources.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    str::FromStr,
};

use proc_macro2::{TokenStream, TokenTree};

use super::{
    endpoint::Endpoint,
    socket::Socket,
    tokens::{Tokens, attributes, group, is_mark, is_word, written},
};
use crate::sources::Sources;

/// What sources declare.
#[derive(Debug, Default)]
pub(super) struct Project {
    pub(super) endpoints: Vec<(Place, Endpoint)>,
    pub(super) sockets: Vec<(Place, Socket)>,
}

/// Where something is declared.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) file: PathBuf,
    pub(super) line: usize,
}

impl Project {
    /// # Errors
    /// A file is not Rust.
    pub(super) fn read(sources: &Sources) -> Result<Self, String> {
        let mut project = Project::default();
        for (file, text) in sources.iter() {
            if !text.contains("endpoint") && !text.contains("socket") {
                continue;
            }
            let tokens = TokenStream::from_str(text).map_err(|error| {
                let at = error.span().start();
                let file = file.display();
                format!("`{file}:{}` is no Rust: {error}", at.line)
            })?;
            let mut reader = Reader {
                file: file.to_owned(),
                text,
                project: &mut project,
            };
            reader.look_into(tokens);
        }
        Ok(project)
    }

    /// The socket of this type, as the endpoint of a file writes it. Of several with this name it
    /// is the one of the same file, or else the one of the module that is written before the name;
    /// `None` if that is not clear.
    pub(super) fn socket(&self, kind: &str, file: &Path) -> Option<&(Place, Socket)> {
        let mut names = kind.split('<').next()?.rsplit("::").map(str::trim);
        let (name, module) = (names.next()?, names.next());
        let called = || {
            self.sockets
                .iter()
                .filter(move |(_, socket)| socket.name == name)
        };
        let in_file = called().find(|(place, _)| module.is_none() && place.file == file);
        let in_module = called().find(|(place, _)| {
            module.is_some() && place.file.file_stem() == module.map(OsStr::new)
        });
        let mut all = called();
        let only = all.next().filter(|_| all.next().is_none());
        in_file.or(in_module).or(only)
    }
}

struct Reader<'a> {
    file: PathBuf,
    text: &'a str,
    project: &'a mut Project,
}

impl Reader<'_> {
    /// Finds declarations, also in modules and functions, but not in tests.
    fn look_into(&mut self, tokens: TokenStream) {
        let tokens: Tokens = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        while let Some(first) = rest.first() {
            if is_mark(Some(first), '#') {
                let (attributes, item) = attributes(rest);
                if attributes
                    .iter()
                    .any(|attribute| self.is_of_tests(attribute))
                {
                    rest = behind(item);
                    continue;
                }
                for attribute in &attributes {
                    if let Some(socket) = Socket::read(attribute, item, self.text) {
                        let place = self.place(first);
                        self.project.sockets.push((place, socket));
                    }
                }
                rest = if attributes.is_empty() {
                    &rest[1..]
                } else {
                    item
                };
                continue;
            }
            if is_word(Some(first), "endpoint")
                && is_mark(rest.get(1), '!')
                && let Some(TokenTree::Group(body)) = rest.get(2)
                && let Some(endpoint) = Endpoint::read(body.stream(), self.text)
            {
                let place = self.place(first);
                self.project.endpoints.push((place, endpoint));
                rest = &rest[3..];
                continue;
            }
            if let TokenTree::Group(group) = first {
                self.look_into(group.stream());
            }
            rest = &rest[1..];
        }
    }

    fn is_of_tests(&self, attribute: &[TokenTree]) -> bool {
        written(attribute, self.text) == "cfg(test)"
    }

    fn place(&self, token: &TokenTree) -> Place {
        Place {
            file: self.file.clone(),
            line: token.span().start().line,
        }
    }
}

/// What follows an item: it ends with `;` or with a body.
fn behind(item: &[TokenTree]) -> &[TokenTree] {
    let ends = |token: &TokenTree| {
        is_mark(Some(token), ';') || group(Some(token), proc_macro2::Delimiter::Brace).is_some()
    };
    match item.iter().position(ends) {
        Some(end) => &item[end + 1..],
        None => &[],
    }
}
