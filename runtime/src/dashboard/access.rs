//! Who may see a dashboard.

use data_encoding::BASE64;
use http::{header::AUTHORIZATION, request::Parts};
use subtle::{Choice, ConstantTimeEq};

use crate::header;

/// Whether the client of a request may see the dashboard: what `who_may` of `dashboard(..)`
/// returns, or a `bool`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// It may.
    Granted,
    /// It may not: it is answered as if there were no dashboard.
    Denied,
    /// It may once it sends a name and a password: it is answered 401, and a browser asks for them.
    Password,
}

impl From<bool> for Access {
    fn from(may: bool) -> Self {
        match may {
            true => Access::Granted,
            false => Access::Denied,
        }
    }
}

impl Access {
    /// Access by a name and a password (HTTP basic authentication), which belong behind TLS. The
    /// comparison takes the same time whatever differs. An empty password lets nobody in.
    ///
    /// ```
    /// use http::{Request, request::Parts};
    /// use landfall::{Handle, dashboard::Access};
    ///
    /// /// For `dashboard(path = "/dashboard", who_may = operator)`, with the password in the
    /// /// configuration: `extra(dashboard_password = env("DASHBOARD_PASSWORD"))`.
    /// fn operator(head: &Parts, handle: &Handle) -> Access {
    ///     match handle.config().extra::<String>("dashboard_password") {
    ///         Ok(password) => Access::basic_auth(head, "operator", &password),
    ///         Err(_) => Access::Denied,
    ///     }
    /// }
    ///
    /// let (head, ()) = Request::get("/dashboard").body(()).unwrap().into_parts();
    /// assert_eq!(Access::basic_auth(&head, "operator", "tide"), Access::Password);
    /// let known = Request::get("/dashboard").header("authorization", "Basic b3BlcmF0b3I6dGlkZQ==");
    /// let (head, ()) = known.body(()).unwrap().into_parts();
    /// assert_eq!(Access::basic_auth(&head, "operator", "tide"), Access::Granted);
    /// ```
    pub fn basic_auth(head: &Parts, name: &str, password: &str) -> Access {
        if password.is_empty() {
            return Access::Denied;
        }
        let given = header::one(&head.headers, AUTHORIZATION).and_then(credentials);
        let is_known = given.is_some_and(|(given_name, given_password)| {
            let is_known = is_same(&given_name, name) & is_same(&given_password, password);
            is_known.into()
        });
        match is_known {
            true => Access::Granted,
            false => Access::Password,
        }
    }
}

/// Name and password of `Basic ..`.
fn credentials(header: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (scheme, encoded) = header.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"basic ") {
        return None;
    }
    let decoded = BASE64.decode(encoded.trim_ascii()).ok()?;
    let colon = decoded.iter().position(|byte| *byte == b':')?;
    let (name, password) = decoded.split_at(colon);
    Some((name.to_vec(), password.get(1..)?.to_vec()))
}

/// Compares in a time that depends on what was given alone.
fn is_same(given: &[u8], expected: &str) -> Choice {
    let expected = expected.as_bytes();
    let cycle = expected.iter().chain([&0]).cycle();
    let same = given
        .iter()
        .zip(cycle)
        .fold(Choice::from(1), |same, (one, other)| {
            same & one.ct_eq(other)
        });
    same & given.len().ct_eq(&expected.len())
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn access(header: &str, password: &str) -> Access {
        let request = Request::get("/").header(AUTHORIZATION, header);
        let (head, ()) = request.body(()).expect("a request").into_parts();
        Access::basic_auth(&head, "ann", password)
    }

    fn basic(credentials: &str) -> String {
        format!("Basic {}", BASE64.encode(credentials.as_bytes()))
    }

    #[test]
    fn only_the_whole_name_and_password_are_let_in() {
        assert_eq!(access(&basic("ann:tide"), "tide"), Access::Granted);
        assert_eq!(access(&basic("ann:ti:de"), "ti:de"), Access::Granted);
        assert_eq!(
            access(&basic("ann:tide").replace("Basic", "bAsIc"), "tide"),
            Access::Granted
        );
        for wrong in [
            "ann:tid",
            "ann:tidetide",
            "ann:tide\0",
            "an:tide",
            "annn:tide",
            ":tide",
            "ann:",
            "ann",
            "",
            "ann:tide:",
        ] {
            assert_eq!(access(&basic(wrong), "tide"), Access::Password, "{wrong}");
        }
        for header in ["", "Basic", "Basic ", "Basic %", "Bearer tide"] {
            assert_eq!(access(header, "tide"), Access::Password, "{header}");
        }
        assert_eq!(access(&basic("ann:"), ""), Access::Denied);
    }
}
