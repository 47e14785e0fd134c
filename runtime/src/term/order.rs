//! Erlang's order of terms: numbers, atoms, references, functions, ports, processes, tuples, maps,
//! lists, bytes. Among keys, all integers come before all floats.

use std::cmp::Ordering;

use super::value::{Term, big, tag};

impl Term {
    /// Erlang's order of the keys of a map.
    pub(crate) fn compare(&self, other: &Term) -> Ordering {
        use Term::*;
        match (self, other) {
            (Int(a), Int(b)) => a.cmp(b),
            (Float(a), Float(b)) => a.total_cmp(b),
            (Atom(a), Atom(b)) => a.cmp(b),
            (Binary(a), Binary(b)) => a.cmp(b),
            (Tuple(a), Tuple(b)) => a.len().cmp(&b.len()).then_with(|| elements(a, b)),
            (List(a), List(b)) => elements(a, b),
            (Map(a), Map(b)) => a.len().cmp(&b.len()).then_with(|| pairs(a, b)),
            (Opaque(a), Opaque(b)) => opaque(a, b),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Term::Opaque(encoding) => opaque_rank(encoding),
            Term::Int(_) => 1,
            Term::Float(_) => 3,
            Term::Atom(_) => 4,
            Term::Tuple(_) => 9,
            Term::Map(_) => 10,
            Term::List(_) => 11,
            Term::Binary(_) => 13,
        }
    }
}

/// Integers that are opaque are beyond all others.
fn opaque_rank(encoding: &[u8]) -> u8 {
    match encoding.first() {
        Some(&(tag::SMALL_BIG | tag::LARGE_BIG)) => match big(encoding) {
            Some((true, _)) => 0,
            _ => 2,
        },
        Some(&(tag::REFERENCE | tag::NEW_REFERENCE | tag::NEWER_REFERENCE)) => 5,
        Some(&(tag::NEW_FUN | tag::EXPORT)) => 6,
        Some(&(tag::PORT | tag::NEW_PORT | tag::V4_PORT)) => 7,
        Some(&(tag::PID | tag::NEW_PID)) => 8,
        Some(&tag::LIST) => 12,
        _ => 14,
    }
}

fn opaque(a: &[u8], b: &[u8]) -> Ordering {
    match (big(a), big(b)) {
        (Some((negative, a)), Some((also, b))) if negative == also => {
            let digits = a.len().cmp(&b.len());
            let magnitude = digits.then_with(|| a.iter().rev().cmp(b.iter().rev()));
            if negative {
                magnitude.reverse()
            } else {
                magnitude
            }
        }
        _ => opaque_rank(a).cmp(&opaque_rank(b)).then_with(|| a.cmp(b)),
    }
}

fn elements(a: &[Term], b: &[Term]) -> Ordering {
    let mut pairs = a.iter().zip(b).map(|(a, b)| a.compare(b));
    pairs
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.len().cmp(&b.len()))
}

/// In the order of the encoding, not in that of the keys: so it takes no longer than reading them
/// did.
fn pairs(a: &[(Term, Term)], b: &[(Term, Term)]) -> Ordering {
    let keys = a.iter().zip(b).map(|(a, b)| a.0.compare(&b.0));
    let values = a.iter().zip(b).map(|(a, b)| a.1.compare(&b.1));
    keys.chain(values)
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Whether a key occurs twice, which no map of Erlang's has.
pub(super) fn has_twins(pairs: &[(Term, Term)]) -> bool {
    if pairs.is_sorted_by(|a, b| a.0.compare(&b.0).is_lt()) {
        return false;
    }
    let mut keys: Vec<_> = pairs.iter().map(|(key, _)| key).collect();
    keys.sort_by(|a, b| a.compare(b));
    keys.windows(2).any(|two| two[0].compare(two[1]).is_eq())
}
