//! A visitor's cookies.

use http::{HeaderMap, header::SET_COOKIE};

/// Cookies by name. Paths, domains and dates are ignored.
#[derive(Debug, Default)]
pub(super) struct Cookies(Vec<(String, String)>);

impl Cookies {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.0.push((name.to_owned(), value.to_owned()));
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }

    /// Stores the cookies that a response sets.
    pub(super) fn learn(&mut self, headers: &HeaderMap) {
        for cookie in headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
        {
            let mut parts = cookie.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            if parts.any(ends) {
                self.remove(name)
            } else {
                self.set(name, value)
            }
        }
    }

    /// The request header; `None` without cookies.
    pub(super) fn header(&self) -> Option<String> {
        let pairs: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// Whether an attribute deletes its cookie.
fn ends(attribute: &str) -> bool {
    let Some((name, value)) = attribute.split_once('=') else {
        return false;
    };
    name.trim().eq_ignore_ascii_case("max-age")
        && value
            .trim()
            .parse::<i64>()
            .is_ok_and(|seconds| seconds <= 0)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn response(cookies: &[&'static str]) -> HeaderMap {
        cookies
            .iter()
            .map(|cookie| (SET_COOKIE, HeaderValue::from_static(cookie)))
            .collect()
    }

    #[test]
    fn a_jar() {
        let mut cookies = Cookies::default();
        assert_eq!(cookies.header(), None);
        cookies.learn(&response(&[
            "a=1; path=/; HttpOnly",
            "b=x=y; Max-Age=60",
            "nonsense",
        ]));
        assert_eq!(cookies.header().as_deref(), Some("a=1; b=x=y"));
        cookies.learn(&response(&["a=2", "b=; path=/; max-age=0"]));
        assert_eq!(cookies.header().as_deref(), Some("a=2"));
        assert_eq!((cookies.get("a"), cookies.get("b")), (Some("2"), None));
    }
}
