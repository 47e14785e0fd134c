//! Texts, paths of files, hosts.

use syn::{Expr, LitStr};

use super::Check;
use crate::{
    diag::Diagnostics,
    grammar,
    language::expr::{self, Env},
};

impl Check<'_> {
    pub(super) fn text(&mut self, value: &Expr, check: impl Fn(&LitStr, &mut Diagnostics)) {
        match (expr::text(value), expr::literal_name(value)) {
            (Some(text), _) => check(text, self.diag),
            (None, Some(literal)) => {
                let name = self.name;
                self.diag
                    .push(value, format!("`{name}` takes a string, this is {literal}"))
                    .help(format!("a string stands in quotes: `{name} = \"..\"`"));
            }
            (None, None) => {}
        }
    }

    /// Reports a literal in place of a list.
    pub(super) fn literal_for_list(&mut self, value: &Expr) {
        let name = self.name;
        if let Some(literal) = expr::literal_name(value) {
            let found = self
                .diag
                .push(value, format!("`{name}` takes a list, this is {literal}"));
            if let Some(text) = expr::text(value) {
                found.help(format!("write `{name} = [{:?}]`", text.value()));
            }
        }
    }

    pub(super) fn texts(&mut self, value: &Expr) {
        let name = self.name;
        self.literal_for_list(value);
        for text in expr::list(value)
            .into_iter()
            .flatten()
            .filter_map(expr::text)
        {
            let said = text.value();
            let (of_hosts, is_path) = (name == "exclude", said.starts_with('/'));
            if of_hosts && is_path {
                self.diag
                    .push(text, "`exclude` lists hosts")
                    .help(format!("write `exclude_paths = [{said:?}]`"));
            } else if of_hosts && said.contains(['/', ':']) && !said.starts_with('[') {
                let beyond = match said.split_once("://") {
                    Some((_, rest)) => said.strip_suffix(rest),
                    None => said.find(['/', ':']).and_then(|at| said.get(at..)),
                };
                let bare = said.split_once("://").map_or(&*said, |(_, rest)| rest);
                let bare = bare.split(['/', ':']).next().unwrap_or_default();
                self.diag
                    .push(text, "`exclude` lists hosts, without scheme and port")
                    .within(&said, beyond.unwrap_or(&said))
                    .help(format!("write `{bare:?}`"));
            } else if !of_hosts && !is_path {
                let absolute = format!("/{said}");
                self.diag
                    .push(text, "a path begins with `/`")
                    .help(format!("write `{absolute:?}`"));
            }
        }
    }

    pub(super) fn names(&mut self, value: &Expr) {
        self.literal_for_list(value);
        for text in expr::list(value)
            .into_iter()
            .flatten()
            .filter_map(expr::text)
        {
            if let Err(mistake) = grammar::parameter::check(&text.value()) {
                self.diag.push_mistake(text, mistake);
            }
        }
    }

    pub(super) fn secure_host(&mut self, value: &Expr) {
        let Some(text) = expr::text(value) else {
            if let Some(literal) = expr::literal_name(value) {
                self.diag
                    .push(value, format!("`host` takes a string, this is {literal}"));
            }
            return;
        };
        let said = text.value();
        if !grammar::host::is_authority(&said) {
            let bare = said
                .split("://")
                .last()
                .and_then(|rest| rest.split('/').next())
                .unwrap_or_default();
            self.diag
                .push(
                    text,
                    "`host` in `force_ssl` is a host, optionally with a port",
                )
                .within(
                    &said,
                    said.split(bare)
                        .find(|part| !part.is_empty())
                        .unwrap_or(&said),
                )
                .help(format!("write `host = {bare:?}`"));
        }
    }

    pub(super) fn private_key(&mut self, value: &Expr) {
        let plain = Env::of(value).and_then(|env| env.default).unwrap_or(value);
        if expr::literal(plain).is_some() {
            self.diag
                .push(
                    plain,
                    "a key in the source ends up in version control and in the binary",
                )
                .help("write `key = env(\"TLS_KEY\")`, or name its file by `keyfile`");
        }
    }

    pub(super) fn ciphers(&mut self, value: &Expr) {
        let name = self.name;
        match expr::list(value) {
            Some(list) if list.is_empty() => {
                let found = self.diag.push(value, format!("`{name}` is empty"));
                found.help("leave it out: all suites are spoken then");
            }
            Some(list) => {
                for text in list.iter().filter_map(expr::text) {
                    if let Err(mistake) = grammar::cipher::check(&text.value()) {
                        self.diag.push_mistake(text, mistake);
                    }
                }
            }
            None => self.literal_for_list(value),
        }
    }

    pub(super) fn files(&mut self, value: &Expr) {
        let mut path = |value: &Expr| self.file(value, "a path, or a list of them");
        match expr::list(value) {
            Some(paths) => paths.iter().for_each(path),
            None => path(value),
        }
    }

    /// `taken` is what the key takes.
    pub(super) fn file(&mut self, value: &Expr, taken: &str) {
        let name = self.name;
        match (expr::text(value), expr::literal_name(value)) {
            (Some(text), _) if text.value().contains("-----BEGIN ") => {
                let found = self.diag.push(
                    text,
                    format!("`{name}` takes a path, this is what stands in a file"),
                );
                match name {
                    "keyfile" => found.help("did you mean `key`?"),
                    "certfile" => found.help("did you mean `cert`?"),
                    _ => found.help("keep it in a file, and name the file here"),
                };
            }
            (Some(text), _) if text.value().is_empty() => {
                self.diag
                    .push(text, format!("`{name}` is empty"))
                    .help("name a file, or leave it out");
            }
            (None, Some(literal)) => {
                self.diag
                    .push(value, format!("`{name}` takes {taken}, this is {literal}"))
                    .help(format!("a path stands in quotes: `{name} = \"..\"`"));
            }
            _ => {}
        }
    }
}
