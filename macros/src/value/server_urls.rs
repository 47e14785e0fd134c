//! URLs of brokers' servers.

use syn::{Expr, LitStr};

use crate::{
    diag::Diagnostics,
    grammar,
    language::{
        expr::{self, Env},
        key::Broker,
    },
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

/// Reports a literal that is no URL of the broker.
pub(crate) fn check(name: &str, value: &Expr, broker: Broker, diag: &mut Diagnostics) {
    check_as("a URL", name, value, broker, diag);
}

/// Reports what is neither a URL of the broker nor a list of them.
pub(crate) fn check_all(name: &str, value: &Expr, broker: Broker, diag: &mut Diagnostics) {
    let Some(list) = expr::list(value) else {
        return check_as("a URL, or a list of them", name, value, broker, diag);
    };
    if list.is_empty() {
        diag.push(value, format!("`{name}` is empty")).help(format!(
            "write `{name} = [\"{}://host:port\"]`",
            scheme(broker)
        ));
    }
    for url in list {
        match Env::of(url) {
            Some(_) => {
                diag.push(url, "`env(..)` gives a whole setting, not a part of one")
                    .help(format!(
                        "write `{name} = env(\"NAME\")`: commas separate several URLs"
                    ));
            }
            None => check(name, url, broker, diag),
        }
    }
}

fn check_as(takes: &str, name: &str, value: &Expr, broker: Broker, diag: &mut Diagnostics) {
    match (expr::text(value), expr::literal_name(value)) {
        (Some(text), _) => check_text(text, broker, diag),
        (None, Some(literal)) => {
            diag.push(value, format!("`{name}` takes {takes}, this is {literal}"))
                .help(form(broker));
        }
        (None, None) => {}
    }
}

fn check_text(text: &LitStr, broker: Broker, diag: &mut Diagnostics) {
    let url = text.value();
    match broker {
        Broker::Nats => {
            if let Err(mistake) = grammar::nats::check(&url) {
                diag.push_mistake(text, mistake);
            }
        }
        Broker::Redis => {
            let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
            if !SCHEMES.contains(&scheme) {
                diag.push(text, "this is not a URL of Redis")
                    .help(form(broker));
            }
        }
    }
}

/// What URLs of the broker look like.
fn form(broker: Broker) -> &'static str {
    match broker {
        Broker::Redis => {
            "write `\"redis://host:port\"`, `\"rediss://host:port\"` or `\"unix:/path\"`"
        }
        Broker::Nats => "write `\"nats://host:port\"` or `\"tls://host:port\"`",
    }
}

/// Reports passwords and tokens in literals: of a URL, or of the URLs of a list.
pub(crate) fn secrets_in_the_source(
    name: &str,
    value: &Expr,
    broker: Broker,
    diag: &mut Diagnostics,
) {
    for url in expr::list(value).into_iter().flatten() {
        secrets_in_the_source(name, url, broker, diag);
    }
    if expr::text(value).is_some_and(|url| has_secret(&url.value(), broker)) {
        diag.push(
            value,
            "a password in the source ends up in version control and in the binary",
        )
        .help(format!("write `{name} = {}`", variable(broker, name)))
        .help(match broker {
            Broker::Redis => {
                "or leave it out of the URL, and write `password = env(\"REDIS_PASSWORD\")`"
            }
            Broker::Nats => {
                "or leave it out of the URL: `user = \"..\", password = env(\"NATS_PASSWORD\")`"
            }
        });
    }
}

fn variable(broker: Broker, name: &str) -> String {
    let name = format!("{}_{name}", scheme(broker)).to_uppercase();
    format!("env(\"{name}\")")
}

fn scheme(broker: Broker) -> &'static str {
    match broker {
        Broker::Redis => "redis",
        Broker::Nats => "nats",
    }
}

/// Whether a URL has a password. For NATS, a user without one is a token.
fn has_secret(url: &str, broker: Broker) -> bool {
    let Some((_, rest)) = url.split_once("://") else {
        return false;
    };
    if let Broker::Nats = broker {
        return rest.contains('@');
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let user = authority.rsplit_once('@').map(|(user, _)| user);
    user.and_then(|user| user.split_once(':'))
        .is_some_and(|(_, password)| !password.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Broker, has_secret};

    #[test]
    fn a_password_stands_before_the_host() {
        for url in [
            "redis://:a@host",
            "rediss://user:a@host:1/2",
            "redis://u:a@b@host",
        ] {
            assert!(has_secret(url, Broker::Redis), "{url}");
        }
        for url in [
            "redis://host:6379",
            "redis://user@host",
            "redis://host/a:b@c",
            "unix:/a:b@c",
        ] {
            assert!(!has_secret(url, Broker::Redis), "{url}");
        }
        for url in ["nats://token@host", "tls://user:a@host:4222"] {
            assert!(has_secret(url, Broker::Nats), "{url}");
        }
        assert!(!has_secret("nats://host:4222", Broker::Nats));
    }
}
