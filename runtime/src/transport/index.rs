//! Which patterns a path may have, by its first segment.

use super::pattern::{Path, Pattern};

/// Which patterns a path may have, by its first segment. A path is compared with these only, so
/// that other mounts cost nothing.
pub(super) struct Index {
    /// Numbers of patterns, in their order. Short segments stand first, and those of one length in
    /// alphabetical order: most paths that belong to no pattern are told by a length.
    by_first: Box<[(Box<str>, Numbers)]>,
    /// Those that do not say what the first segment is.
    others: Numbers,
}

type Numbers = Box<[usize]>;

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
        let mut firsts: Vec<&str> = patterns.clone().filter_map(Pattern::first).collect();
        firsts.sort_unstable_by_key(|first| by_length(first));
        firsts.dedup();
        Index {
            by_first: firsts
                .into_iter()
                .map(|first| (first.into(), of(Some(first))))
                .collect(),
            others: of(None),
        }
    }

    pub(super) fn candidates(&self, path: Path<'_>) -> &[usize] {
        let wanted = by_length(path.first());
        let found = self
            .by_first
            .binary_search_by(|(first, _)| by_length(first).cmp(&wanted));
        match found {
            Ok(found) => &self.by_first[found].1,
            Err(_) => &self.others,
        }
    }
}

fn by_length(segment: &str) -> (usize, &str) {
    (segment.len(), segment)
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
