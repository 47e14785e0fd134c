//! How a directive is written, and what is told of one that is written otherwise.

use proc_macro2::TokenStream;
use syn::Ident;

use crate::{
    diag::Diagnostics,
    language::{
        key::{Directive, Form, Kind},
        recover,
    },
};

/// What follows the name of a directive.
pub(super) enum Body {
    /// `name(..)`
    Group(TokenStream),
    /// `name = ..`
    Value(TokenStream),
    /// `name: ..`, as Elixir writes keywords.
    Keyword,
    /// `name`
    Nothing,
}

pub(super) fn wrong_form(known: &Directive, name: &Ident, body: Body, diag: &mut Diagnostics) {
    let given = match (&body, known.form) {
        (Body::Group(tokens), Form::Value(_)) => Some(recover::single(tokens)),
        _ => None,
    };
    let what = match (body, known.form) {
        (Body::Nothing, Form::Value(_) | Form::Path | Form::Type) => "has no `=` after its name",
        (Body::Nothing, _) => "has no parentheses after its name",
        (Body::Keyword, _) => "has no `:` after its name",
        (Body::Group(_), _) => "is a value, not a group",
        (Body::Value(_), Form::Group(_) | Form::Switched(_) | Form::Extra | Form::Watchers) => {
            "is a group, not a value"
        }
        (Body::Value(_), Form::Expressions) => "takes its arguments in parentheses",
        (Body::Value(_), _) => "takes its argument in parentheses",
    };
    let found = diag.push(name, format!("`{name}` {what}"));
    match given {
        Some(value) => found.help(format!("write `{name} = {value};`")),
        None => found.help(format!("write `{};`", example(known))),
    };
    if matches!(known.form, Form::Switched(_) | Form::Watchers) {
        found.help(format!("or `{name} = false;`, which turns it off"));
    }
}

/// How a directive is written.
pub(super) fn example(known: &Directive) -> String {
    match known.form {
        Form::Group(group) | Form::Switched(group) => {
            match group.keys.first().map(|key| (key.name, key.kind)) {
                Some((_, Kind::Host)) => {
                    format!(
                        "{}(scheme = \"https\", host = \"example.com\", port = 443)",
                        known.name
                    )
                }
                Some((_, Kind::Ip)) if known.name == "https" => {
                    "https(port = 4443, certfile = \"cert.pem\", keyfile = \"key.pem\")".to_owned()
                }
                Some((first, Kind::Ip)) => {
                    format!("{}({first} = [127, 0, 0, 1], port = 4000)", known.name)
                }
                Some((first, Kind::Formats)) => {
                    format!(
                        "{}({first}(html = ErrorHtml, json = ErrorJson))",
                        known.name
                    )
                }
                Some((first, Kind::UrlPath)) => {
                    format!(
                        "{}({first} = \"/dashboard\", who_may = operator)",
                        known.name
                    )
                }
                Some((first, Kind::Patterns)) => {
                    format!("{}({first} = [\"static/.*\"])", known.name)
                }
                Some((first, Kind::Duration)) => format!("{}({first} = secs(5))", known.name),
                Some((first, Kind::Names)) => {
                    format!("{}({first} = [\"password\"])", known.name)
                }
                Some((first, Kind::Flag)) => format!("{}({first} = true)", known.name),
                Some((first, _)) => format!("{}({first} = 65_536)", known.name),
                None => format!("{}(..)", known.name),
            }
        }
        Form::Value(key) if matches!(key.kind, Kind::DebugErrors) => {
            format!("{} = cfg!(debug_assertions)", known.name)
        }
        Form::Value(_) => format!("{} = ..", known.name),
        Form::Extra => "extra(name = value)".to_owned(),
        Form::Watchers => "watchers(node = [\"build.js\", \"--watch\"])".to_owned(),
        Form::Socket => "socket(\"/socket\", RoomSocket)".to_owned(),
        Form::Expression => format!("{}(..)", known.name),
        Form::Expressions => format!("{}(Timings::new())", known.name),
        Form::Path => "crate = some::path".to_owned(),
        Form::Type => format!("{} = App", known.name),
    }
}
