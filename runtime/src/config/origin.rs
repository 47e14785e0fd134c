//! Entries of `check_origin` in a configuration.

use super::ConfigError;
use crate::origin::{self, Mistake, Pattern};

/// Suffixes under which strangers have sites of their own, beside all top-level domains.
const PUBLIC: &[&str] = &[
    "ac.uk",
    "co.jp",
    "co.kr",
    "co.nz",
    "co.uk",
    "co.za",
    "com.au",
    "com.br",
    "com.cn",
    "com.mx",
    "com.tr",
    "gov.uk",
    "net.au",
    "or.jp",
    "org.au",
    "org.uk",
    "appspot.com",
    "azurewebsites.net",
    "cloudfront.net",
    "fly.dev",
    "github.io",
    "gitlab.io",
    "herokuapp.com",
    "netlify.app",
    "ngrok.io",
    "onrender.com",
    "pages.dev",
    "vercel.app",
    "web.app",
    "workers.dev",
];

/// Checks the list of a mount.
pub(crate) fn check_list(list: &[&str]) -> Vec<ConfigError> {
    let empty = list.is_empty().then(empty_list);
    let wrong = list.iter().filter_map(|entry| check(entry).err());
    empty.into_iter().chain(wrong).collect()
}

pub(super) fn empty_list() -> ConfigError {
    origin::empty_list().into()
}

impl From<Mistake> for ConfigError {
    fn from(Mistake { text, help }: Mistake) -> Self {
        help.into_iter().fold(ConfigError::new(text), ConfigError::help)
    }
}

/// Checks one entry, such as `"//*.example.com:888"`. What is legal but hardly wanted is returned as a warning.
pub(super) fn check(entry: &str) -> Result<Option<ConfigError>, ConfigError> {
    Pattern::parse(entry)?;
    Ok(public_suffix(entry).or_else(|| default_port(entry)))
}

fn public_suffix(entry: &str) -> Option<ConfigError> {
    let (_, suffix) = entry.split_once("//*.")?;
    let suffix = suffix.split(':').next().unwrap_or_default();
    let public = !suffix.contains('.') || PUBLIC.contains(&suffix);
    let error = || ConfigError::new(format!("`*.{suffix}` covers sites of other people (public suffix)"));
    (public && suffix != "localhost")
        .then(|| error().help(format!("name your own domain: `\"//*.example.{suffix}\"`")))
}

fn default_port(entry: &str) -> Option<ConfigError> {
    let (scheme, port) = (entry.split(':').next()?, entry.rsplit(':').next()?);
    let default = matches!((scheme, port), ("http", "80") | ("https", "443"));
    default.then(|| {
        ConfigError::new(format!("the port is the default of `{scheme}`")).help(format!("drop `:{port}`"))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn says_what_is_wrong_and_what_helps() {
        assert!(check("//example.com").is_ok_and(|warning| warning.is_none()));
        let error = check("example.com").expect_err("no slashes").to_string();
        assert_eq!(
            error,
            "\"example.com\" has no host: an origin starts with `//` or a scheme\n  help: write `\"//example.com\"` \
             or `\"https://example.com\"`"
        );
        assert_eq!(check_list(&[]).len(), 1);
        assert_eq!(check_list(&["a", "//b.com", "c"]).len(), 2);
    }

    #[test]
    fn warns_of_what_is_hardly_wanted() {
        let warning = |entry| check(entry).ok().flatten().map(|error| error.message().to_owned());
        assert!(warning("//*.com").is_some_and(|text| text.contains("public suffix")));
        assert!(warning("//*.workers.dev:8443").is_some_and(|text| text.contains("public suffix")));
        assert!(warning("https://example.com:443").is_some_and(|text| text.contains("default")));
        for entry in ["//*.localhost", "//*.example.com", "http://example.com:443", "app://a:443"] {
            assert_eq!(warning(entry), None, "{entry}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(entry in "(https?:|ws:|app:)?/{0,2}[\\[\\]*.:a-zß@/ 0-9]{0,20}") {
            let _ = check(&entry);
        }
    }
}
