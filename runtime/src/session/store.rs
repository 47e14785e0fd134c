//! A session as a cookie's value.

use std::collections::BTreeMap;

use super::SessionOptions;
use crate::{
    crypto::{Keys, message},
    term::Term,
};

/// The values of a cookie; `None` unless this application has written it, or one that shares its
/// secret.
pub(super) fn open(
    options: &SessionOptions<&str>,
    keys: &Keys,
    cookie: &str,
) -> Option<BTreeMap<String, Term>> {
    let signing = keys.get(options.signing_salt, options.key_options());
    let payload = match options.encryption_salt {
        None => message::verify(&signing, cookie)?,
        Some(salt) => message::decrypt(
            &keys.get(salt, options.key_options()),
            signing.expose(),
            cookie,
        )?,
    };
    let Term::Map(pairs) = Term::decode(&payload)? else {
        return None;
    };
    let mut values = BTreeMap::new();
    for (name, value) in pairs {
        values.insert(text(name)?, value);
    }
    Some(values)
}

fn text(term: Term) -> Option<String> {
    match term {
        Term::Binary(bytes) => String::from_utf8(bytes).ok(),
        _ => None,
    }
}

pub(super) fn seal(
    options: &SessionOptions<&str>,
    keys: &Keys,
    values: &BTreeMap<String, Term>,
) -> String {
    let pairs = values
        .iter()
        .map(|(name, value)| (Term::text(name.as_str()), value.clone()));
    let payload = Term::Map(pairs.collect()).encode();
    match options.encryption_salt {
        None => message::sign(
            &keys.get(options.signing_salt, options.key_options()),
            &payload,
        ),
        // The length of its key is checked with the options.
        Some(salt) => {
            message::encrypt(&keys.get(salt, options.key_options()), &payload).unwrap_or_default()
        }
    }
}
