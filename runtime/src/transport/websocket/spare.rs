//! Memory of futures, used again and again.
//!
//! A callback's future is as large as the application makes it, and an idle connection has none.
//! A worker keeps one place for each kind: most callbacks return at once, and leave it for the next
//! one.

use std::{any::Any, pin::Pin};

/// So many kinds of futures a worker keeps a place for.
const KINDS: usize = 8;
/// No larger place is kept, in bytes.
const LARGEST: usize = 16 * 1024;

/// A place that may be there.
pub(super) type Spare<P> = Option<Pin<Box<P>>>;

/// The places that a worker keeps.
#[derive(Default)]
pub(super) struct Spares(Vec<Box<dyn Any>>);

impl Spares {
    /// Calls `use_it` with the place of this kind.
    pub(super) fn with<P: ?Sized + 'static, T>(
        &mut self,
        use_it: impl FnOnce(&mut Spare<P>) -> T,
    ) -> T {
        let Spares(places) = self;
        if let Some(spare) = places.iter_mut().find_map(|place| place.downcast_mut()) {
            let result = use_it(spare);
            if !is_kept(spare) {
                *spare = None;
            }
            return result;
        }
        let mut spare = None;
        let result = use_it(&mut spare);
        if is_kept(&spare) {
            if places.len() == KINDS {
                places.remove(0);
            }
            places.push(Box::new(spare));
        }
        result
    }
}

fn is_kept<P: ?Sized>(spare: &Spare<P>) -> bool {
    spare
        .as_ref()
        .is_none_or(|place| size_of_val(&**place) <= LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    trait Kind<const N: usize> {}

    impl<const N: usize> Kind<N> for [u8; N] {}

    /// Where the place of this kind is.
    fn place<const N: usize>(spares: &mut Spares) -> *const u8 {
        spares.with(|spare: &mut Spare<dyn Kind<N>>| {
            let place = spare.get_or_insert_with(|| Box::pin([0; N]));
            (&raw const **place).cast()
        })
    }

    #[test]
    fn a_place_is_used_again_by_its_kind() {
        let mut spares = Spares::default();
        let first = place::<3>(&mut spares);
        let other = place::<4>(&mut spares);
        assert_ne!(other, first);
        assert_eq!(place::<3>(&mut spares), first);
        assert_eq!(place::<4>(&mut spares), other);
    }

    #[test]
    fn few_kinds_are_kept_and_no_large_one() {
        let mut spares = Spares::default();
        place::<{ 2 * LARGEST }>(&mut spares);
        assert!(spares.0.is_empty());
        spares.with(|spare: &mut Spare<dyn Kind<{ 2 * LARGEST }>>| assert!(spare.is_none()));
        place::<{ 2 * LARGEST }>(&mut spares);
        spares.with(|spare: &mut Spare<dyn Kind<{ 2 * LARGEST }>>| assert!(spare.is_none()));
        place::<2>(&mut spares);
        place::<3>(&mut spares);
        place::<4>(&mut spares);
        place::<5>(&mut spares);
        place::<6>(&mut spares);
        place::<7>(&mut spares);
        place::<8>(&mut spares);
        place::<9>(&mut spares);
        assert_eq!(spares.0.len(), KINDS);
    }
}
