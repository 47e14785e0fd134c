//! Clocks against plain sets of dots, and how dots look to clients.

use std::collections::{BTreeSet, HashSet};

use proptest::prelude::*;

use super::super::seen::*;

fn dot() -> impl Strategy<Value = Dot> {
    (0u64..3, 1u64..20).prop_map(|(replica, counter)| Dot::new(Replica(replica), counter))
}

fn dots() -> impl Strategy<Value = Vec<Dot>> {
    proptest::collection::vec(dot(), 0..40)
}

fn seen(dots: impl IntoIterator<Item = Dot>) -> Seen {
    let mut seen = Seen::new();
    dots.into_iter().for_each(|dot| seen.insert(dot));
    seen
}

fn everything() -> impl Iterator<Item = Dot> {
    (0..3).flat_map(|replica| (0..22).map(move |counter| Dot::new(Replica(replica), counter)))
}

fn assert_holds(seen: &Seen, set: &BTreeSet<Dot>) {
    assert_eq!(
        everything()
            .filter(|dot| seen.contains(*dot))
            .collect::<BTreeSet<_>>(),
        *set
    );
    for replica in (0..3).map(Replica) {
        let last = set
            .iter()
            .filter(|dot| dot.replica == replica)
            .map(|dot| dot.counter)
            .max();
        assert_eq!(seen.last(replica), last.unwrap_or(0));
    }
    let ranges: Vec<_> = seen.ranges().collect();
    for pair in ranges.windows(2) {
        let ((first, last), (next, _)) = (pair[0], pair[1]);
        assert!(
            first.replica < next.replica || last + 1 < next.counter,
            "{seen:?} is not compact"
        );
    }
}

proptest! {
    #[test]
    fn a_seen_set_holds_what_a_set_holds(ops in proptest::collection::vec((dot(), any::<bool>()), 0..60)) {
        let (mut seen, mut set) = (Seen::new(), BTreeSet::new());
        for (dot, insert) in ops {
            if insert {
                seen.insert(dot);
                set.insert(dot);
            } else {
                seen.remove(dot);
                set.remove(&dot);
            }
            assert_holds(&seen, &set);
        }
    }

    #[test]
    fn a_union_holds_what_both_hold(a in dots(), b in dots()) {
        let mut union = seen(a.clone());
        union.union(&seen(b.clone()));
        let (a, b): (BTreeSet<_>, BTreeSet<_>) = (a.into_iter().collect(), b.into_iter().collect());
        assert_holds(&union, &(&a | &b));
        prop_assert!(union.covers(&seen(a.clone())) && union.covers(&seen(b.clone())));
        prop_assert_eq!(seen(a.clone()).covers(&seen(b.clone())), a.is_superset(&b));
    }

    #[test]
    fn a_forgotten_replica_leaves_no_trace(dots in dots()) {
        let mut some = seen(dots.clone());
        some.forget(Replica(1));
        prop_assert_eq!(some, seen(dots.into_iter().filter(|dot| dot.replica != Replica(1))));
    }
}

#[test]
fn a_seen_set_without_gaps_is_one_range_whatever_the_order() {
    let numbers = [5, 1, 3, 2, 4, 6];
    let seen = seen(numbers.map(|counter| Dot::new(Replica(1), counter)));
    assert_eq!(format!("{seen:?}"), "[(Replica(0000000000000001), 1..=6)]");
}

#[test]
fn refs_are_short_and_never_equal() {
    let counters = [1, 2, 255, 256, 65_535, 65_536, u64::MAX];
    let replicas = [Replica(0), Replica(1), Replica(u64::MAX), Replica::new()];
    let dots: Vec<Dot> = replicas
        .into_iter()
        .flat_map(|replica| counters.map(|counter| Dot::new(replica, counter)))
        .collect();
    let refs: HashSet<String> = dots.iter().map(|dot| PhxRef(*dot).to_string()).collect();
    assert_eq!(refs.len(), dots.len());
    assert_eq!(PhxRef(dots[0]).to_string(), "AAAAAAAAAAAB");
    assert!(
        refs.iter()
            .all(|text| text.len() <= 22 && !text.contains(['"', '\\', '=']))
    );
    assert_ne!(Replica::new(), Replica::new());
}
