//! What a session's cookie is called, and how it is protected.

use std::time::Duration;

use crate::crypto::{Digest, KeyOptions};

/// The minimum number of bytes of a salt.
const LEAST_SALT: usize = 8;

macro_rules! mistake {
    ($text:literal, $help:literal $(,)?) => {
        Some(Mistake {
            text: $text,
            help: $help,
            whole: concat!($text, "\n  help: ", $help),
        })
    };
}

/// When a browser sends the cookie with requests that other sites cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SameSite {
    /// Never.
    Strict,
    /// When the user follows a link.
    Lax,
    /// Always; browsers want `secure` with it.
    None,
}

/// A session in a cookie: one constant for the plug that writes it and the mounts that read it.
///
/// ```
/// use landfall::session::{SameSite, SessionOptions};
///
/// const SESSION: SessionOptions =
///     SessionOptions { same_site: Some(SameSite::Lax), ..SessionOptions::new("_my_app_key", "4k9Qz1fw") };
/// ```
///
/// A Phoenix application with the same options and `secret_key_base` shares its sessions with this
/// one.
///
/// In a constant, texts are `&'static str`. Options that are
/// [computed](crate::session#options-that-are-computed) may have a `String` for each of them: see
/// [`owned`](SessionOptions::owned).
#[derive(Clone, Copy, Debug)]
pub struct SessionOptions<S = &'static str> {
    /// The cookie's name. Of several cookies of this name the first that is valid counts, among the
    /// first eight.
    pub key: S,
    /// Names the signature's purpose. No secret, at least 8 bytes; changing it ends all sessions.
    pub signing_salt: S,
    /// Encrypts the cookie when it is set, so that its reader cannot see what is in it. Default:
    /// signed only.
    pub encryption_salt: Option<S>,
    /// Iterations of the key derivation. Default 1000.
    pub key_iterations: u32,
    /// Bytes of the derived keys; 32 with `encryption_salt`. Default 32.
    pub key_length: usize,
    /// The hash function of the key derivation. Default SHA-256.
    pub key_digest: Digest,
    /// Under which key the session keeps the state of its CSRF tokens. Default `"_csrf_token"`.
    pub csrf_token_key: S,
    /// `Domain`: who else than this host gets the cookie. Default nobody.
    pub domain: Option<S>,
    /// `Path`. Default `"/"`.
    pub path: S,
    /// `Max-Age`: how long browsers keep the cookie. Default: until they are closed.
    pub max_age: Option<Duration>,
    /// `Secure`: only over TLS. Default: when the endpoint's URL is `https`, or the request was.
    pub secure: bool,
    /// `HttpOnly`: scripts do not see the cookie. Default true.
    pub http_only: bool,
    /// `SameSite`. Default: left to the browser, which means `Lax` today.
    pub same_site: Option<SameSite>,
}

impl SessionOptions {
    /// The defaults of all other options.
    pub const fn new(key: &'static str, signing_salt: &'static str) -> Self {
        SessionOptions {
            key,
            signing_salt,
            encryption_salt: None,
            key_iterations: KeyOptions::DEFAULT.iterations,
            key_length: KeyOptions::DEFAULT.length,
            key_digest: KeyOptions::DEFAULT.digest,
            csrf_token_key: "_csrf_token",
            domain: None,
            path: "/",
            max_age: None,
            secure: false,
            http_only: true,
            same_site: None,
        }
    }
}

impl SessionOptions<&str> {
    /// What is wrong with them, and what helps.
    pub(crate) const fn mistake(&self) -> Option<Mistake> {
        if !is_cookie_name(self.key) {
            return mistake!(
                "`key` of a session is the name of a cookie",
                "letters, digits, `_` and `-`",
            );
        }
        if self.signing_salt.len() < LEAST_SALT {
            return mistake!(
                "`signing_salt` of a session is too short",
                "at least 8 bytes, such as `4k9Qz1fw`",
            );
        }
        if let Some(salt) = self.encryption_salt {
            if salt.len() < LEAST_SALT {
                return mistake!(
                    "`encryption_salt` of a session is too short",
                    "at least 8 bytes",
                );
            }
            if self.key_length != 32 {
                return mistake!(
                    "an encrypted session takes keys of 32 bytes",
                    "leave `key_length` out",
                );
            }
        }
        if self.key_iterations == 0 || self.key_length == 0 {
            return mistake!(
                "`key_iterations` and `key_length` of a session must be positive",
                "leave them out",
            );
        }
        if matches!(self.same_site, Some(SameSite::None)) && !self.secure {
            return mistake!(
                "browsers drop `SameSite=None` cookies without `Secure`",
                "add `secure: true`",
            );
        }
        if !is_attribute(self.path) || self.path.is_empty() || self.path.as_bytes()[0] != b'/' {
            return mistake!(
                "`path` of a session must start with `/`",
                "write `path: \"/\"`",
            );
        }
        if let Some(domain) = self.domain
            && (!is_attribute(domain) || domain.is_empty())
        {
            return mistake!(
                "`domain` of a session is a host name",
                "write `domain: Some(\"example.com\")`",
            );
        }
        None
    }

    pub(crate) fn key_options(&self) -> KeyOptions {
        KeyOptions {
            iterations: self.key_iterations,
            length: self.key_length,
            digest: self.key_digest,
        }
    }
}

impl<S: AsRef<str>> SessionOptions<S> {
    /// The same with texts that can be replaced by computed ones:
    ///
    /// ```
    /// use landfall::session::SessionOptions;
    ///
    /// const SESSION: SessionOptions = SessionOptions::new("_my_app_key", "4k9Qz1fw");
    ///
    /// fn of_year(year: u16) -> SessionOptions<String> {
    ///     SessionOptions { signing_salt: format!("4k9Qz1fw {year}"), ..SESSION.owned() }
    /// }
    /// ```
    pub fn owned(&self) -> SessionOptions<String> {
        let owned = |text: &S| text.as_ref().to_owned();
        SessionOptions {
            key: owned(&self.key),
            signing_salt: owned(&self.signing_salt),
            encryption_salt: self.encryption_salt.as_ref().map(owned),
            csrf_token_key: owned(&self.csrf_token_key),
            domain: self.domain.as_ref().map(owned),
            path: owned(&self.path),
            key_iterations: self.key_iterations,
            key_length: self.key_length,
            key_digest: self.key_digest,
            max_age: self.max_age,
            secure: self.secure,
            http_only: self.http_only,
            same_site: self.same_site,
        }
    }

    pub(crate) fn borrowed(&self) -> SessionOptions<&str> {
        SessionOptions {
            key: self.key.as_ref(),
            signing_salt: self.signing_salt.as_ref(),
            encryption_salt: self.encryption_salt.as_ref().map(S::as_ref),
            csrf_token_key: self.csrf_token_key.as_ref(),
            domain: self.domain.as_ref().map(S::as_ref),
            path: self.path.as_ref(),
            key_iterations: self.key_iterations,
            key_length: self.key_length,
            key_digest: self.key_digest,
            max_age: self.max_age,
            secure: self.secure,
            http_only: self.http_only,
            same_site: self.same_site,
        }
    }
}

/// What is wrong, and what helps.
pub(crate) struct Mistake {
    pub(crate) text: &'static str,
    pub(crate) help: &'static str,
    /// Both, for a panic.
    pub(crate) whole: &'static str,
}

impl Mistake {
    pub(crate) const NOTHING: Mistake = Mistake {
        text: "there are no options of a session",
        help: "compute at least one",
        whole: "there are no options of a session\n  help: compute at least one",
    };
}

const fn is_cookie_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_alphanumeric() && !matches!(bytes[i], b'_' | b'-' | b'.') {
            return false;
        }
        i += 1;
    }
    !bytes.is_empty()
}

/// Nothing that would end the attribute, or the header.
const fn is_attribute(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_graphic() || bytes[i] == b';' {
            return false;
        }
        i += 1;
    }
    true
}

impl SessionOptions {
    /// Whether a browser has one cookie for both.
    pub(super) fn is_cookie_of(&self, other: &Self) -> bool {
        self.key == other.key && self.domain == other.domain && self.path == other.path
    }

    /// Whether either reads what the other writes.
    pub(super) fn is_one_with(&self, other: &Self) -> bool {
        self.is_cookie_of(other)
            && self.signing_salt == other.signing_salt
            && self.encryption_salt == other.encryption_salt
            && self.key_iterations == other.key_iterations
            && self.key_length == other.key_length
            && self.key_digest == other.key_digest
    }
}
