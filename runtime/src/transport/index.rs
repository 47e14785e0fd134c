//! Which patterns a path may have, by its first segment.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use super::pattern::{Path, Pattern};

/// Which patterns a path may have, by its first segment. A path is compared with these only, so
/// that other mounts cost nothing.
pub(super) struct Index {
    /// Numbers of patterns, in their order.
    by_first: HashMap<Box<str>, Box<[usize]>, BuildHasherDefault<Fnv>>,
    /// Those that do not say what the first segment is.
    others: Box<[usize]>,
}

impl Index {
    pub(super) fn new<'a>(patterns: impl Iterator<Item = &'a Pattern> + Clone) -> Self {
        let of = |first: Option<&str>| {
            let patterns = patterns.clone().enumerate();
            let fit = patterns.filter(|(_, pattern)| match pattern.first() {
                Some(own) => first == Some(own),
                None => true,
            });
            fit.map(|(number, _)| number).collect()
        };
        let firsts = patterns.clone().filter_map(Pattern::first);
        Index {
            by_first: firsts
                .map(|first| (first.into(), of(Some(first))))
                .collect(),
            others: of(None),
        }
    }

    pub(super) fn candidates(&self, path: Path<'_>) -> &[usize] {
        self.by_first.get(path.first()).unwrap_or(&self.others)
    }
}

/// FNV-1a. It need not be safe from collisions: clients look up, and add nothing.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// No pattern that a path has is left out, and the order stays.
        #[test]
        fn all_that_match_are_candidates(
            mounts in prop::collection::vec("(/(a|b|:v|a-:v|\\*r)){0,3}", 0..6),
            path in "(//?(a|b|a-b)){0,4}/?",
        ) {
            let patterns: Vec<_> = mounts.iter().map(|mount| Pattern::new(mount, "")).collect();
            let path = Path::new(&path);
            let matches = |number: &usize| patterns[*number].variables(path).is_some();
            let all: Vec<_> = (0..patterns.len()).filter(matches).collect();
            let index = Index::new(patterns.iter());
            let found = index.candidates(path).iter().copied();
            prop_assert_eq!(found.filter(matches).collect::<Vec<_>>(), all);
        }
    }
}
