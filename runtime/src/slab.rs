//! A list whose places stay fixed, and are reused.

/// A list whose values keep their places. The place of a removed value is used again.
#[derive(Clone, Debug)]
pub(crate) struct Slab<T> {
    places: Vec<Place<T>>,
    /// The place of the next value.
    next: u32,
    len: u32,
}

#[derive(Clone, Debug)]
enum Place<T> {
    Taken(T),
    /// With the place that is used after this one.
    Free(u32),
}

impl<T> Place<T> {
    fn get(&self) -> Option<&T> {
        match self {
            Place::Taken(value) => Some(value),
            Place::Free(_) => None,
        }
    }
}

impl<T> Slab<T> {
    /// Puts a value at a free place, and returns the place.
    pub(crate) fn insert(&mut self, value: T) -> usize {
        let place = self.next as usize;
        self.len += 1;
        match self.places.get_mut(place) {
            Some(free) => {
                if let Place::Free(next) = std::mem::replace(free, Place::Taken(value)) {
                    self.next = next;
                }
            }
            None => {
                if place == 0 {
                    // Many slabs hold one value only.
                    self.places.reserve_exact(1);
                }
                self.places.push(Place::Taken(value));
                self.next += 1;
            }
        }
        place
    }

    /// Puts a value at a free place. The value is made from the place.
    pub(crate) fn insert_with(&mut self, make: impl FnOnce(usize) -> T) -> &mut T {
        let value = make(self.next as usize);
        let place = self.insert(value);
        match &mut self.places[place] {
            Place::Taken(value) => value,
            Place::Free(_) => unreachable!("it was just taken"),
        }
    }

    pub(crate) fn get(&self, place: usize) -> Option<&T> {
        self.places.get(place)?.get()
    }

    pub(crate) fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        match self.places.get_mut(place)? {
            Place::Taken(value) => Some(value),
            Place::Free(_) => None,
        }
    }

    /// The place of the first value of which this holds.
    pub(crate) fn position(&self, mut holds: impl FnMut(&T) -> bool) -> Option<usize> {
        self.places
            .iter()
            .position(|place| place.get().is_some_and(&mut holds))
    }

    /// All values.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.places.iter().filter_map(Place::get)
    }

    /// Returns all values.
    pub(crate) fn into_values(self) -> impl Iterator<Item = T> {
        self.places.into_iter().filter_map(|place| match place {
            Place::Taken(value) => Some(value),
            Place::Free(_) => None,
        })
    }

    /// Removes the value at a place. Frees the memory with the last value.
    pub(crate) fn remove(&mut self, place: usize) -> Option<T> {
        self.get(place)?;
        let free = Place::Free(self.next);
        let Place::Taken(gone) = std::mem::replace(self.places.get_mut(place)?, free) else {
            return None;
        };
        self.next = place as u32;
        self.len -= 1;
        if self.len == 0 {
            *self = Slab::default();
        }
        Some(gone)
    }

    pub(crate) fn len(&self) -> usize {
        self.len as usize
    }
}

impl<T: Clone> Slab<T> {
    /// Copies the values at the next `most` places from `start` on, and returns the place to
    /// continue at; `None` past the end.
    pub(crate) fn copy_from_place(
        &self,
        start: usize,
        most: usize,
        out: &mut Vec<T>,
    ) -> Option<usize> {
        self.copy_some_from_place(start, most, |_| true, out)
    }

    /// Like [`copy_from_place`](Slab::copy_from_place), without the values that are not wanted.
    #[inline]
    pub(crate) fn copy_some_from_place(
        &self,
        start: usize,
        most: usize,
        is_wanted: impl Fn(&T) -> bool,
        out: &mut Vec<T>,
    ) -> Option<usize> {
        let end = self.places.len().min(start.saturating_add(most));
        let some = self.places.get(start..end)?;
        let wanted = some.iter().filter_map(Place::get);
        out.extend(wanted.filter(|value| is_wanted(value)).cloned());
        (start < end).then_some(end)
    }
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Slab {
            places: Vec::new(),
            next: 0,
            len: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_used_again_and_members_do_not_move() {
        let mut slab = Slab::default();
        let places: Vec<_> = ["a", "b", "c"].map(|name| slab.insert(name)).into();
        assert_eq!(slab.remove(places[1]), Some("b"));
        assert_eq!(slab.remove(places[1]), None, "nothing is removed twice");
        assert_eq!(slab.insert("d"), places[1]);
        assert_eq!(slab.get(places[1]), Some(&"d"));
        let mut copied = Vec::new();
        assert_eq!(slab.copy_from_place(0, 2, &mut copied), Some(2));
        assert_eq!(slab.copy_from_place(2, 2, &mut copied), Some(3));
        assert_eq!(slab.copy_from_place(3, 2, &mut copied), None);
        let mut some = Vec::new();
        let is_wanted = |name: &&str| *name != "d";
        assert_eq!(
            slab.copy_some_from_place(0, 9, is_wanted, &mut some),
            Some(3)
        );
        assert_eq!(some, ["a", "c"]);
        assert_eq!((copied, slab.len()), (vec!["a", "d", "c"], 3));
        assert_eq!(slab.into_values().collect::<Vec<_>>(), ["a", "d", "c"]);
    }

    #[test]
    fn what_is_put_there_may_know_its_place() {
        let mut slab = Slab::default();
        let places: Vec<_> = (0..3).map(|_| *slab.insert_with(|place| place)).collect();
        assert_eq!(places, [0, 1, 2]);
        slab.remove(1);
        assert_eq!(*slab.insert_with(|place| place + 10), 11);
        assert_eq!(slab.get_mut(1), Some(&mut 11));
        assert_eq!(slab.get_mut(3), None);
        assert_eq!(slab.position(|value| *value == 11), Some(1));
        assert_eq!(slab.position(|value| *value == 1), None);
        assert_eq!(slab.values().collect::<Vec<_>>(), [&0, &11, &2]);
    }
}
