//! Where a token is valid: at the mount that issued it and under the path it was issued for, on any
//! node.
//!
//! Each mount has its own rules: who may open a session, how large a message may be, how long a
//! token lasts. A session that one mount accepted is therefore not accepted by another.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use crate::{
    socket::{Param, Params},
    transport::Attempt,
};

/// Bytes of the hash. Long enough that a collision between two mounts or paths cannot be found.
const LENGTH: usize = 16;

/// A mount of an endpoint, and the variables of a path: equal on all nodes that run the same
/// declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Context(String);

impl Context {
    pub(super) fn of(attempt: &Attempt) -> Self {
        let names = [
            attempt.handle().name(),
            attempt.mount_path(),
            attempt.options().path,
        ];
        Context::new(names, attempt.path_params())
    }

    pub(super) fn new(names: [&str; 3], variables: &Params) -> Self {
        let mut hash = Sha256::new();
        names.into_iter().for_each(|name| text(&mut hash, name));
        params(&mut hash, variables);
        Context(BASE64URL_NOPAD.encode(&hash.finalize()[..LENGTH]))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Hashes a text with its length in front, so that two different sequences of parts never give the
/// same bytes.
fn text(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text);
}

fn params(hash: &mut Sha256, params: &Params) {
    hash.update((params.len() as u64).to_be_bytes());
    for (name, value) in params.iter() {
        text(hash, name);
        param(hash, value);
    }
}

fn param(hash: &mut Sha256, value: &Param) {
    match value {
        Param::Text(value) => {
            hash.update(b"t");
            text(hash, value);
        }
        Param::List(list) => {
            hash.update(b"l");
            hash.update((list.len() as u64).to_be_bytes());
            list.iter().for_each(|value| param(hash, value));
        }
        Param::Map(map) => {
            hash.update(b"m");
            params(hash, map);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_part_counts_and_none_runs_into_the_next() {
        let variables = |pairs: &[(&str, &str)]| pairs.iter().copied().collect::<Params>();
        let named = |names, pairs: &[(&str, &str)]| Context::new(names, &variables(pairs)).0;
        let mut list = Params::default();
        list.insert("a", Param::List(vec![Param::Text("1".to_owned())]));
        let all = [
            named(["Web", "/a", "/b"], &[]),
            named(["Web2", "/a", "/b"], &[]),
            named(["Web", "/a/b", ""], &[]),
            named(["Web", "", "/a/b"], &[]),
            named(["Web", "/a", "/b"], &[("a", "1")]),
            named(["Web", "/a", "/b"], &[("a", "2")]),
            named(["Web", "/a", "/b"], &[("a", "1"), ("b", "")]),
            named(["Web", "/a", "/b"], &[("a1", "")]),
            Context::new(["Web", "/a", "/b"], &list).0,
        ];
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        assert_eq!(named(["Web", "/a", "/b"], &[]), all[0]);
        assert!(all.iter().all(|context| context.len() == 22));
    }
}
