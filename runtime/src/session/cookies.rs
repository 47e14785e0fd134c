//! Which endpoint of this process keeps a session in which cookie: browsers know a host, and not its
//! ports, so two endpoints on one host would overwrite each other's.

use std::sync::{Mutex, PoisonError};

use super::SessionOptions;

/// A process has a handful of endpoints. What is beyond is not compared.
const MOST: usize = 64;

struct Kept {
    endpoint: &'static str,
    options: &'static SessionOptions,
}

static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

/// Notes that an endpoint reads this session, and warns of another endpoint that has one of its own
/// in the same cookie. It warns once of each.
pub(crate) fn keep(endpoint: &'static str, options: &'static SessionOptions) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let is_known = |one: &Kept| one.endpoint == endpoint && one.options.is_one_with(options);
    if kept.len() == MOST || kept.iter().any(is_known) {
        return;
    }
    let other = kept.iter().find(|one| {
        one.endpoint != endpoint
            && one.options.is_cookie_of(options)
            && !one.options.is_one_with(options)
    });
    let other = other.map(|one| one.endpoint);
    kept.push(Kept { endpoint, options });
    drop(kept);
    if let Some(other) = other {
        tracing::warn!(
            endpoint,
            "`{endpoint}` and `{other}` keep different sessions in the cookie `{}`: on one host, each overwrites \
             the other's; help: give one of them another `key`, or share one constant",
            options.key
        );
    }
}
