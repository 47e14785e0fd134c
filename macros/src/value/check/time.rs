//! How long a duration is.

use syn::Expr;

use crate::language::{expr, schema};

pub(super) const TOO_LONG: &str = "the JavaScript client gives up a request after 20 s";

pub(super) fn outlasts_the_client(value: &Expr) -> bool {
    millis(value).is_some_and(|millis| millis >= i128::from(schema::CLIENT_WAITS))
}

pub(crate) fn millis(value: &Expr) -> Option<i128> {
    let (unit, arguments) = expr::call(value)?;
    let number = expr::integer(arguments.first()?)?;
    match unit.to_string().as_str() {
        "secs" => number.checked_mul(1000),
        "millis" => Some(number),
        _ => None,
    }
}
