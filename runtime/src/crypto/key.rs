//! Keys, derived from `secret_key_base` by PBKDF2.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use pbkdf2::pbkdf2_hmac;
use sha2::{Sha256, Sha384, Sha512};

use super::options::{Digest, KeyOptions};
use crate::config::Secret;

/// The maximum number of cached keys, so that each is derived once. Salts are constants of a
/// program, so there are few.
const KEPT: usize = 64;

/// Derives a key without caching it, for salts that come with a request.
pub(crate) fn derive(base: &Secret, salt: &[u8], options: KeyOptions) -> Secret {
    let mut key = vec![0; options.length];
    let rounds = options.iterations.max(1);
    match options.digest {
        Digest::Sha256 => pbkdf2_hmac::<Sha256>(base.expose(), salt, rounds, &mut key),
        Digest::Sha384 => pbkdf2_hmac::<Sha384>(base.expose(), salt, rounds, &mut key),
        Digest::Sha512 => pbkdf2_hmac::<Sha512>(base.expose(), salt, rounds, &mut key),
    }
    Secret::from(key)
}

/// The keys of one secret. A clone is cheap, and shares the cache.
#[derive(Clone)]
pub(crate) struct Keys(Arc<Shared>);

struct Shared {
    base: Secret,
    derived: RwLock<Vec<Derived>>,
}

/// A key, with the salt and the options that it is derived with.
struct Derived {
    salt: Box<str>,
    options: KeyOptions,
    key: Secret,
}

/// There are so few that a search costs less than a hash.
fn find(derived: &[Derived], salt: &str, options: KeyOptions) -> Option<Secret> {
    let found = derived
        .iter()
        .find(|derived| *derived.salt == *salt && derived.options == options);
    found.map(|derived| derived.key.clone())
}

impl Keys {
    pub(crate) fn new(base: Secret) -> Self {
        Keys(Arc::new(Shared {
            base,
            derived: RwLock::default(),
        }))
    }

    pub(crate) fn base(&self) -> &Secret {
        &self.0.base
    }

    /// The key of a salt that is part of the program.
    pub(crate) fn get(&self, salt: &str, options: KeyOptions) -> Secret {
        let derived = &self.0.derived;
        let kept = derived.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = find(&kept, salt, options) {
            return key;
        }
        drop(kept);
        let key = derive(&self.0.base, salt.as_bytes(), options);
        let mut kept = derived.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT && find(&kept, salt, options).is_none() {
            kept.push(Derived {
                salt: salt.into(),
                options,
                key: key.clone(),
            });
        }
        key
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derives_what_phoenix_derives() {
        let keys = Keys::new(Secret::from("kjoy3o1zeidquwy1398juxzldjlksahdk3"));
        let key = keys.get("user auth", KeyOptions::DEFAULT);
        let hex = data_encoding::HEXLOWER.encode(key.expose());
        assert_eq!(
            hex,
            "71e6bb9087444023e8313bbb80bf25945ba411c024f266b2954f9ca21db07a01"
        );
    }

    #[test]
    fn keeps_a_bounded_number_of_keys() {
        let keys = Keys::new(Secret::from("base"));
        let options = KeyOptions {
            iterations: 1,
            ..KeyOptions::DEFAULT
        };
        let first = keys.get("0", options);
        for salt in 1..2 * KEPT {
            keys.get(&salt.to_string(), options);
        }
        assert_eq!(
            keys.0.derived.read().map(|kept| kept.len()).ok(),
            Some(KEPT)
        );
        assert_eq!(keys.get("0", options).expose(), first.expose());
    }
}
