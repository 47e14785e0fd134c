//! Host names, schemes and addresses to listen on.

use std::net::IpAddr;

use syn::{Expr, LitStr};

use crate::{diag::Diagnostics, grammar, language::expr};

/// Checks the host of a public URL: a name or an address, without scheme and port.
pub(crate) fn check(text: &LitStr, diag: &mut Diagnostics) {
    if let Err(mistake) = grammar::host::check(&text.value()) {
        diag.push_mistake(text, mistake);
    }
}

pub(crate) fn check_scheme(text: &LitStr, diag: &mut Diagnostics) {
    if let Err(mistake) = grammar::scheme::is_https(&text.value()) {
        diag.push_mistake(text, mistake);
    }
}

/// `[127, 0, 0, 1]`, eight numbers, or a string.
pub(crate) fn check_ip(value: &Expr, diag: &mut Diagnostics) {
    let right = match (expr::list(value), expr::text(value)) {
        (Some(elements), _) => {
            let numbers: Vec<Option<i128>> = elements.iter().map(expr::integer).collect();
            let highest = if numbers.len() == 4 { 255 } else { 65_535 };
            let wrong = numbers
                .iter()
                .zip(elements)
                .find(|(number, _)| number.is_some_and(|number| !(0..=highest).contains(&number)));
            match wrong {
                Some((_, element)) if matches!(numbers.len(), 4 | 8) => {
                    return not_an_address(element, diag);
                }
                _ => matches!(numbers.len(), 4 | 8),
            }
        }
        (None, Some(text)) => {
            let text = text.value();
            text.parse::<IpAddr>().is_ok()
                || text
                    .strip_prefix("unix:")
                    .is_some_and(|path| !path.is_empty())
        }
        (None, None) => expr::literal(value).is_none(),
    };
    if !right {
        not_an_address(value, diag);
    }
}

fn not_an_address(at: &Expr, diag: &mut Diagnostics) {
    diag.push_mistake(at, grammar::host::not_an_address());
}
