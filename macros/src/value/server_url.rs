//! URLs of brokers' servers.

use syn::{Expr, LitStr};

use crate::{
    diag::Diagnostics,
    language::expr::{self, Env},
};

/// The schemes of Redis.
const SCHEMES: [&str; 7] = [
    "redis",
    "rediss",
    "valkey",
    "valkeys",
    "unix",
    "redis+unix",
    "valkey+unix",
];

const HELP: &str = "write `redis://host:port`, `rediss://host:port` or `unix:/path`";

/// Reports a literal that is no URL of Redis.
pub(crate) fn check(name: &str, value: &Expr, diag: &mut Diagnostics) {
    match (expr::text(value), expr::literal_name(value)) {
        (Some(text), _) => check_text(name, text, diag),
        (None, Some(literal)) => {
            diag.push(value, format!("`{name}` takes a URL, this is {literal}"))
                .help(HELP);
        }
        (None, None) => {}
    }
}

/// Reports a value that is no list of URLs.
pub(crate) fn check_list(name: &str, value: &Expr, diag: &mut Diagnostics) {
    match (expr::list(value), expr::literal_name(value)) {
        (Some(list), _) if list.is_empty() => {
            diag.push(value, format!("`{name}` is empty"))
                .help(format!("write `{name} = [\"redis://host:port\"]`"));
        }
        (Some(list), _) => list.iter().for_each(|url| match Env::of(url) {
            Some(_) => {
                diag.push(url, "`env(..)` gives a whole setting, not a part of one")
                    .help(format!(
                        "write `{name} = env(\"NAME\")`: commas separate several URLs"
                    ));
            }
            None => check(name, url, diag),
        }),
        (None, Some(literal)) => {
            let found = diag.push(
                value,
                format!("`{name}` takes a list of URLs, this is {literal}"),
            );
            match expr::text(value) {
                Some(text) => found.help(format!("write `{name} = [{:?}]`", text.value())),
                None => found.help(format!("write `{name} = [\"redis://host:port\"]`")),
            };
        }
        (None, None) => {}
    }
}

fn check_text(name: &str, text: &LitStr, diag: &mut Diagnostics) {
    let url = text.value();
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    if !SCHEMES.contains(&scheme) {
        diag.push(text, format!("`{name}` has no URL of Redis"))
            .help(HELP);
    }
}

/// Reports passwords in literals: of a URL, or of the URLs of a list.
pub(crate) fn passwords_in_the_source(name: &str, value: &Expr, diag: &mut Diagnostics) {
    for url in expr::list(value).into_iter().flatten() {
        passwords_in_the_source(name, url, diag);
    }
    if expr::text(value).is_some_and(|url| has_password(&url.value())) {
        diag.push(
            value,
            "a password in the source ends up in version control and in the binary",
        )
        .help(format!(
            "write `{name} = env(\"REDIS_{}\")`",
            name.to_uppercase()
        ))
        .help("or leave it out of the URL, and write `password = env(\"REDIS_PASSWORD\")`");
    }
}

fn has_password(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let user = authority.rsplit_once('@').map(|(user, _)| user);
    user.and_then(|user| user.split_once(':'))
        .is_some_and(|(_, password)| !password.is_empty())
}

#[cfg(test)]
mod tests {
    use super::has_password;

    #[test]
    fn a_password_stands_before_the_host() {
        for url in [
            "redis://:a@host",
            "rediss://user:a@host:1/2",
            "redis://u:a@b@host",
        ] {
            assert!(has_password(url), "{url}");
        }
        for url in [
            "redis://host:6379",
            "redis://user@host",
            "redis://host/a:b@c",
            "unix:/a:b@c",
        ] {
            assert!(!has_password(url), "{url}");
        }
    }
}
