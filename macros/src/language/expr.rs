//! Expressions as the values of the language.

use syn::{Expr, ExprLit, Ident, Lit, LitStr, Token, UnOp, punctuated::Punctuated};

/// The expression without parentheses, and without the group that a macro puts around `$value:expr`.
pub(crate) fn plain(value: Expr) -> Expr {
    match value {
        Expr::Group(group) => plain(*group.expr),
        Expr::Paren(paren) if paren.attrs.is_empty() => plain(*paren.expr),
        value => value,
    }
}

pub(crate) fn text(value: &Expr) -> Option<&LitStr> {
    match literal(value)? {
        Lit::Str(text) => Some(text),
        _ => None,
    }
}

/// A number with its sign. One that does not fit 128 bits counts as the largest.
pub(crate) fn integer(value: &Expr) -> Option<i128> {
    match value {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            integer(&unary.expr).map(|number| -number)
        }
        _ => match literal(value)? {
            Lit::Int(number) => Some(number.base10_parse().unwrap_or(i128::MAX)),
            _ => None,
        },
    }
}

pub(crate) fn boolean(value: &Expr) -> Option<bool> {
    match literal(value)? {
        Lit::Bool(value) => Some(value.value),
        _ => None,
    }
}

pub(crate) fn literal(value: &Expr) -> Option<&Lit> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => Some(lit),
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}

/// What a literal is called in a message.
pub(crate) fn literal_name(value: &Expr) -> Option<&'static str> {
    Some(match literal(value)? {
        Lit::Str(_) => "a string",
        Lit::Bool(_) => "a boolean",
        Lit::Int(_) => "a number",
        Lit::Float(_) => "a number with a fraction",
        _ => "a literal of another kind",
    })
}

/// A single name.
pub(crate) fn name(value: &Expr) -> Option<&Ident> {
    let Expr::Path(path) = value else { return None };
    path.path.get_ident()
}

/// A single name in lower case: a word of the language, or a misspelt one. Constants and paths are
/// not words.
pub(crate) fn word(value: &Expr) -> Option<&Ident> {
    let Expr::Path(path) = value else { return None };
    let ident = path.path.get_ident()?;
    ident
        .to_string()
        .starts_with(|first: char| first.is_lowercase())
        .then_some(ident)
}

/// `name(arguments)`.
pub(crate) fn call(value: &Expr) -> Option<(&Ident, &Punctuated<Expr, Token![,]>)> {
    let Expr::Call(call) = value else { return None };
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    Some((path.path.get_ident()?, &call.args))
}

/// The elements of `[..]`.
pub(crate) fn list(value: &Expr) -> Option<&Punctuated<Expr, Token![,]>> {
    match value {
        Expr::Array(array) => Some(&array.elems),
        Expr::Reference(reference) => list(&reference.expr),
        _ => None,
    }
}

/// `env("NAME")`, `env("NAME").or(default)`.
pub(crate) struct Env<'a> {
    /// All arguments of `env(..)`. A right one has one.
    pub(crate) name: &'a Punctuated<Expr, Token![,]>,
    pub(crate) default: Option<&'a Expr>,
}

impl<'a> Env<'a> {
    /// The variable's name: the first argument.
    pub(crate) fn variable(&self) -> Option<&'a Expr> {
        self.name.first()
    }

    pub(crate) fn of(value: &'a Expr) -> Option<Self> {
        match value {
            Expr::MethodCall(or) if or.method == "or" && or.args.len() == 1 => Some(Env {
                default: or.args.first(),
                ..Env::of(&or.receiver)?
            }),
            _ => match call(value)? {
                (name, arguments) if name == "env" => Some(Env {
                    name: arguments,
                    default: None,
                }),
                _ => None,
            },
        }
    }
}

/// `insecure(value, reason = "..")` or `on_purpose(value, reason = "..")`: a value that is refused
/// without it.
pub(crate) struct Acknowledged<'a> {
    pub(crate) word: &'a Ident,
    pub(crate) value: &'a Expr,
    pub(crate) reason: Option<&'a LitStr>,
}

impl<'a> Acknowledged<'a> {
    pub(crate) fn of(value: &'a Expr) -> Option<Self> {
        let (word, arguments) = call(value)?;
        if word != "insecure" && word != "on_purpose" {
            return None;
        }
        let reason = arguments
            .iter()
            .skip(1)
            .find_map(|argument| match argument {
                Expr::Assign(assign)
                    if self::word(&assign.left).is_some_and(|name| name == "reason") =>
                {
                    text(&assign.right)
                }
                _ => None,
            });
        Some(Acknowledged {
            word,
            value: arguments.first()?,
            reason,
        })
    }

    /// The value, whether acknowledged or not.
    pub(crate) fn unwrap(value: &'a Expr) -> &'a Expr {
        Acknowledged::of(value).map_or(value, |acknowledged| acknowledged.value)
    }
}
