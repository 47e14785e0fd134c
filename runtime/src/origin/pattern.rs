//! The entries of a list of origins, and what they match.

use super::parts::{default_port, host_and_port};
use crate::grammar::{
    Mistake,
    origin::{self as grammar, Entry},
};

/// One entry of a list.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    scheme: Option<String>,
    port: Option<u16>,
    host: String,
    /// Whether names below `host` match too.
    below: bool,
}

impl Pattern {
    /// Reads an entry, such as `"//*.example.com:888"`.
    pub(crate) fn parse(entry: &str) -> Result<Pattern, Mistake> {
        let Entry {
            scheme,
            host,
            port,
            below,
        } = grammar::parse(entry)?;
        let port = port.or_else(|| default_port(scheme.as_deref()?));
        // Hosts are compared in the form that browsers send: in lower case, an IPv6 address in its
        // shortest form.
        let compared = host_and_port(host).and_then(|(host, _)| host);
        let host = compared.ok_or_else(|| grammar::not_a_host(host))?;
        Ok(Pattern {
            scheme,
            port,
            host,
            below,
        })
    }

    pub(super) fn matches(&self, scheme: Option<&str>, host: &str, port: Option<u16>) -> bool {
        // Without a scheme and a port, an entry matches all ports.
        let ports = || self.port == port || (self.scheme.is_none() && self.port.is_none());
        (self.scheme.is_none() || self.scheme.as_deref() == scheme)
            && ports()
            && match host.strip_suffix(self.host.as_str()) {
                Some("") => true,
                Some(labels) => self.below && labels.ends_with('.'),
                None => false,
            }
    }
}

/// Parses all entries of a list. Returns all errors together.
pub(super) fn compile<S: AsRef<str>>(list: &[S]) -> Result<Vec<Pattern>, String> {
    if list.is_empty() {
        return Err(grammar::empty_list().text);
    }
    let (mut patterns, mut errors) = (Vec::new(), Vec::new());
    for entry in list {
        match Pattern::parse(entry.as_ref()) {
            Ok(pattern) => patterns.push(pattern),
            Err(mistake) => errors.push(mistake.text),
        }
    }
    if errors.is_empty() {
        Ok(patterns)
    } else {
        Err(errors.join("; "))
    }
}
