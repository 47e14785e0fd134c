//! Host names and schemes.

use syn::LitStr;

use crate::{diag::Diagnostics, grammar};

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
