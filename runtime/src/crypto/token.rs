//! Data that an application gives to clients and can trust when they send it back: `Phoenix.Token`,
//! byte for byte.
//!
//! Anyone who has a **signed** token can read it; an **encrypted** one cannot be read. Neither can
//! be made or changed without the endpoint's `secret_key_base`. A Phoenix application with the same
//! secret and salt understands these tokens, and its tokens are understood here.
//!
//! ```
//! # use std::time::Duration;
//! # use landfall::{config::Secret, token::{TokenError, Tokens}};
//! # let secret = Secret::from("an example's secret, which should be at least 64 bytes that nobody can guess");
//! // In an application: `handle.tokens("user socket")?`.
//! let tokens = Tokens::new(&secret, "user socket")?.max_age(Duration::from_secs(3600));
//!
//! let token = tokens.sign(&42_u64)?;
//! assert_eq!(tokens.verify::<u64>(&token), Ok(42));
//! assert_eq!(tokens.verify::<u64>("no token"), Err(TokenError::Invalid));
//! assert_eq!(tokens.verify::<u64>(None), Err(TokenError::Missing));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The data can be of any serde type. Elixir sees integers, floats, strings, booleans and `nil`, a
//! `Vec` as a list, a tuple as a tuple, and a struct or map as a map with strings as keys.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Serialize, de::DeserializeOwned};

use super::{data, key::Keys, message};
pub use super::{
    data::Unencodable,
    options::{Digest, KeyOptions},
};
pub use crate::term::Term;
use crate::{causes, config::Secret, error::BoxError};

/// The minimum length in bytes of a secret that is not an endpoint's.
const LEAST_SECRET: usize = 20;

/// One day.
const DEFAULT_AGE: i128 = 24 * 3600;

/// The reason that a token is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenError {
    /// There is no token.
    Missing,
    /// The token was changed, is not a token, is of another salt or secret, or holds data of
    /// another type.
    Invalid,
    /// The token is too old.
    Expired,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TokenError::Missing => "the token is missing",
            TokenError::Invalid => "the token is not valid",
            TokenError::Expired => "the token has expired",
        })
    }
}

impl std::error::Error for TokenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(match self {
            TokenError::Missing => &Fault(TokenError::Missing),
            TokenError::Invalid => &Fault(TokenError::Invalid),
            TokenError::Expired => &Fault(TokenError::Expired),
        })
    }
}

/// Why that is so. As the cause of a [`TokenError`] it is found where the error itself is not: an
/// `anyhow::Error` that becomes a `Box<dyn Error>` hides its own type, but not its causes.
#[derive(Clone, Copy, Debug)]
struct Fault(TokenError);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            TokenError::Missing => "the client gave none",
            TokenError::Invalid => {
                "it was changed, or made with another secret or salt, or of other data"
            }
            TokenError::Expired => "it was made longer ago than it may be old",
        })
    }
}

impl std::error::Error for Fault {}

/// The error of a client's token among an error and its causes.
pub(crate) fn bad_token(error: &(dyn std::error::Error + 'static)) -> Option<BoxError> {
    let fault = |cause: &(dyn std::error::Error + 'static)| Some(cause.downcast_ref::<Fault>()?.0);
    causes::chain(error).find_map(fault).map(BoxError::from)
}

/// What a client gave as its token: `&str`, `String`, `&String`, or an `Option<&str>`.
pub trait GivenToken {
    /// The token; `None` if the client gave none.
    fn text(&self) -> Option<&str>;
}

impl GivenToken for str {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl GivenToken for String {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl<T: GivenToken + ?Sized> GivenToken for &T {
    fn text(&self) -> Option<&str> {
        (**self).text()
    }
}

impl GivenToken for Option<&str> {
    fn text(&self) -> Option<&str> {
        *self
    }
}

/// The secret is missing or too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSecret(Reason);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Missing,
    Short,
}

impl NoSecret {
    pub(crate) const MISSING: NoSecret = NoSecret(Reason::Missing);
}

impl fmt::Display for NoSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Reason::Missing => f.write_str("the endpoint has no `secret_key_base`"),
            Reason::Short => write!(f, "the secret has fewer than {LEAST_SECRET} bytes"),
        }
    }
}

impl std::error::Error for NoSecret {}

/// Makes and checks the tokens of one purpose: see the [module](self).
///
/// The salt names the purpose. It is not a secret, but a constant of the program. A token of one
/// salt is not valid for another.
#[derive(Clone)]
pub struct Tokens {
    keys: Keys,
    salt: Box<str>,
    options: KeyOptions,
    max_age: Option<Age>,
    compressed: bool,
}

#[derive(Clone, Copy)]
enum Age {
    Seconds(i128),
    Infinite,
}

impl Age {
    fn term(self) -> Term {
        match self {
            Age::Seconds(seconds) => Term::Int(seconds),
            Age::Infinite => Term::Atom("infinity".to_owned()),
        }
    }

    fn of(term: &Term) -> Option<Age> {
        match term {
            Term::Int(seconds) => Some(Age::Seconds(*seconds)),
            Term::Atom(name) if name == "infinity" => Some(Age::Infinite),
            _ => None,
        }
    }
}

impl Tokens {
    /// Tokens under a secret of their own. [`Handle::tokens`](crate::Handle::tokens) are those of
    /// an endpoint.
    ///
    /// # Errors
    /// When the secret has fewer than 20 bytes.
    pub fn new(secret: &Secret, salt: &str) -> Result<Self, NoSecret> {
        if secret.expose().len() < LEAST_SECRET {
            return Err(NoSecret(Reason::Short));
        }
        Ok(Tokens::of(Keys::new(secret.clone()), salt))
    }

    pub(crate) fn of(keys: Keys, salt: &str) -> Self {
        Tokens {
            keys,
            salt: salt.into(),
            options: KeyOptions::DEFAULT,
            max_age: None,
            compressed: false,
        }
    }

    /// How long a token is valid, in whole seconds. Default: one day.
    ///
    /// New tokens carry it, for programs that check them without a `max_age` of their own. If it is
    /// set when a token is checked, it counts instead of the token's own. Zero means always
    /// expired.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(Age::Seconds(age.as_secs().into()));
        self
    }

    /// Tokens never expire. Like [`max_age`](Tokens::max_age), this counts both when they are made
    /// and when they are checked.
    #[must_use]
    pub fn never_expire(mut self) -> Self {
        self.max_age = Some(Age::Infinite);
        self
    }

    /// Compresses the data of new tokens where that makes them shorter, as `compressed: true` does
    /// in Phoenix. Tokens are read in either form. Data of more than a mebibyte is not compressed,
    /// because it could not be read again.
    ///
    /// Do not compress a secret together with what a client can choose: the length of the token
    /// tells how much they have in common.
    ///
    /// ```
    /// # use landfall::{config::Secret, token::Tokens};
    /// # let secret = Secret::from("an example's secret, which should be at least 64 bytes that nobody can guess");
    /// let tokens = Tokens::new(&secret, "basket")?;
    /// let basket = vec!["a dozen oysters"; 20];
    /// let (plain, short) = (tokens.sign(&basket)?, tokens.clone().compressed().sign(&basket)?);
    /// assert!(short.len() < plain.len() / 3);
    /// assert_eq!(tokens.verify::<Vec<String>>(&short)?, basket);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(any(feature = "compress", feature = "redis"))]
    #[must_use]
    pub fn compressed(mut self) -> Self {
        self.compressed = true;
        self
    }

    /// How the key is derived from secret and salt.
    #[must_use]
    pub fn key(mut self, options: KeyOptions) -> Self {
        self.options = options;
        self
    }

    /// A signed token.
    ///
    /// # Errors
    /// When Erlang's terms have no form for the data: a float that is not finite, an integer beyond
    /// 127 bits, a variant with several values that have no names.
    pub fn sign<T: Serialize + ?Sized>(&self, data: &T) -> Result<String, Unencodable> {
        self.sign_at(data, SystemTime::now())
    }

    /// Like [`sign`](Tokens::sign), as if the token were made at another time.
    ///
    /// # Errors
    /// As [`sign`](Tokens::sign).
    pub fn sign_at<T: Serialize + ?Sized>(
        &self,
        data: &T,
        at: SystemTime,
    ) -> Result<String, Unencodable> {
        Ok(message::sign(&self.derived(), &self.payload(data, at)?))
    }

    /// An encrypted token.
    ///
    /// # Errors
    /// As [`sign`](Tokens::sign), and when [`key`](Tokens::key) asks for a key that is not 32 bytes
    /// long.
    pub fn encrypt<T: Serialize + ?Sized>(&self, data: &T) -> Result<String, Unencodable> {
        self.encrypt_at(data, SystemTime::now())
    }

    /// Like [`encrypt`](Tokens::encrypt), as if the token were made at another time.
    ///
    /// # Errors
    /// As [`encrypt`](Tokens::encrypt).
    pub fn encrypt_at<T: Serialize + ?Sized>(
        &self,
        data: &T,
        at: SystemTime,
    ) -> Result<String, Unencodable> {
        message::encrypt(&self.derived(), &self.payload(data, at)?).ok_or_else(|| {
            Unencodable::new(format!(
                "encryption takes a key of {} bytes",
                message::ENCRYPTION_KEY
            ))
        })
    }

    /// The data of a signed token. Takes a text, or an `Option<&str>`: see [`GivenToken`].
    ///
    /// # Errors
    /// See [`TokenError`]. Signatures are compared in constant time.
    pub fn verify<T: DeserializeOwned>(&self, token: impl GivenToken) -> Result<T, TokenError> {
        let token = token.text().ok_or(TokenError::Missing)?;
        self.open(message::verify(&self.derived(), token))
    }

    /// The data of an encrypted token. Takes a text, or an `Option<&str>`: see [`GivenToken`].
    ///
    /// # Errors
    /// See [`TokenError`].
    pub fn decrypt<T: DeserializeOwned>(&self, token: impl GivenToken) -> Result<T, TokenError> {
        let token = token.text().ok_or(TokenError::Missing)?;
        self.open(message::decrypt(&self.derived(), b"", token))
    }

    fn derived(&self) -> Secret {
        self.keys.get(&self.salt, self.options)
    }

    fn payload<T: Serialize + ?Sized>(
        &self,
        data: &T,
        at: SystemTime,
    ) -> Result<Vec<u8>, Unencodable> {
        let age = self.max_age.unwrap_or(Age::Seconds(DEFAULT_AGE));
        let term = Term::Tuple(vec![
            data::to_term(data)?,
            Term::Int(unix_millis(at)),
            age.term(),
        ]);
        #[cfg(any(feature = "compress", feature = "redis"))]
        if self.compressed {
            return Ok(term.encode_compressed());
        }
        Ok(term.encode())
    }

    fn open<T: DeserializeOwned>(&self, payload: Option<Vec<u8>>) -> Result<T, TokenError> {
        let term = payload.and_then(|payload| Term::decode(&payload));
        let (data, signed, own_age) = term.and_then(parts).ok_or(TokenError::Invalid)?;
        let expired = match self.max_age.unwrap_or(own_age) {
            Age::Infinite => false,
            Age::Seconds(age) => {
                age <= 0
                    || signed.saturating_add(age.saturating_mul(1000))
                        < unix_millis(SystemTime::now())
            }
        };
        if expired {
            return Err(TokenError::Expired);
        }
        data::from_term(data).ok_or(TokenError::Invalid)
    }
}

/// Data, time and maximum age, in the current form and the two older ones.
fn parts(term: Term) -> Option<(Term, i128, Age)> {
    let day = Age::Seconds(DEFAULT_AGE);
    let (data, signed, age) = match term {
        Term::Tuple(elements) => {
            let mut elements = elements.into_iter();
            let parts = (elements.next()?, elements.next()?, elements.next());
            if elements.next().is_some() {
                return None;
            }
            let age = parts.2.as_ref().map_or(Some(day), Age::of)?;
            (parts.0, parts.1, age)
        }
        Term::Map(pairs) => {
            let (mut data, mut signed) = (None, None);
            for (key, value) in pairs {
                match key {
                    Term::Atom(name) if name == "data" => data = Some(value),
                    Term::Atom(name) if name == "signed" => signed = Some(value),
                    _ => {}
                }
            }
            (data?, signed?, day)
        }
        _ => return None,
    };
    match signed {
        Term::Int(signed) => Some((data, signed, age)),
        _ => None,
    }
}

fn unix_millis(time: SystemTime) -> i128 {
    let millis = |duration: Duration| i128::try_from(duration.as_millis()).unwrap_or(i128::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => millis(since),
        Err(before) => -millis(before.duration()),
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("salt", &self.salt)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
