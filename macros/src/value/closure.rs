//! Closures and functions as values: `service(|edge| router(edge))`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Expr, ExprClosure, spanned::Spanned};

use crate::diag::Diagnostics;

/// The value, if it is a closure.
pub(crate) fn of(value: &Expr) -> Option<&ExprClosure> {
    match value {
        Expr::Closure(closure) => Some(closure),
        Expr::Group(group) => of(&group.expr),
        Expr::Paren(paren) => of(&paren.expr),
        _ => None,
    }
}

/// Checks the parameters of a closure.
pub(crate) fn check(name: &str, value: &Expr, forms: &[&str], diag: &mut Diagnostics) {
    let Some(closure) = of(value) else { return };
    let count = |form: &&str| form.split(',').count();
    if !forms.iter().any(|form| count(form) == closure.inputs.len()) {
        let counts: Vec<_> = forms.iter().map(|form| count(form).to_string()).collect();
        let arguments = match counts.as_slice() {
            [one] if one == "1" => "argument",
            _ => "arguments",
        };
        let taken = match closure.inputs.len() {
            0 => "none".to_owned(),
            count => count.to_string(),
        };
        let forms: Vec<_> = forms.iter().map(|form| format!("`{form} ..`")).collect();
        diag.push(
            closure,
            format!(
                "the closure of `{name}` takes {} {arguments}, this one takes {taken}",
                counts.join(" or ")
            ),
        )
        .help(format!("write {}", forms.join(" or ")));
    }
}

/// A function whose last argument, the running endpoint, is optional. `ours` is the trait of both
/// forms. `short` turns a closure without the argument into one with it.
pub(crate) fn function(
    value: &Expr,
    full: usize,
    ours: &TokenStream,
    short: &TokenStream,
) -> TokenStream {
    let at = value.span();
    let arguments: Vec<_> = (0..full)
        .map(|index| quote::format_ident!("__argument{index}"))
        .collect();
    match of(value) {
        Some(closure) if closure.inputs.len() + 1 == full => {
            let given = arguments.iter().take(full - 1);
            quote_spanned!(at=> |#(#arguments),*| #short(#value, #(#given),*))
        }
        None if matches!(value, Expr::Path(_)) => {
            quote_spanned!(at=> |#(#arguments),*| #ours(#value, #(#arguments),*))
        }
        _ => quote!(#value),
    }
}

/// A closure, or a path that names no constant.
pub(super) fn is_function(value: &Expr) -> bool {
    of(value).is_some() || matches!(value, Expr::Path(_)) && !names_a_constant(value)
}

/// Whether a path names a constant by Rust's convention, such as `config::ORIGINS`. Other paths are
/// functions.
pub(crate) fn names_a_constant(value: &Expr) -> bool {
    let Expr::Path(path) = value else {
        return false;
    };
    path.path
        .segments
        .last()
        .is_some_and(|last| !last.ident.to_string().contains(char::is_lowercase))
}
