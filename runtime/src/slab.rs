//! A list whose places stay fixed, and are reused.

/// A list whose values keep their places. The place of a removed value is used again.
#[derive(Debug)]
pub(crate) struct Slab<T> {
    places: Vec<Option<T>>,
    free: Vec<usize>,
}

impl<T> Slab<T> {
    /// Puts a value at a free place, and returns the place.
    pub(crate) fn insert(&mut self, value: T) -> usize {
        let place = self.vacant();
        self.put(place, value);
        place
    }

    /// The place of the next value.
    fn vacant(&self) -> usize {
        self.free.last().copied().unwrap_or(self.places.len())
    }

    fn put(&mut self, place: usize, value: T) -> &mut T {
        self.free.pop();
        if place == self.places.len() {
            if place == 0 {
                // Many slabs hold one value only.
                self.places.reserve_exact(1);
            }
            self.places.push(None);
        }
        self.places[place].insert(value)
    }

    /// Puts a value at a free place. The value is made from the place.
    pub(crate) fn insert_with(&mut self, make: impl FnOnce(usize) -> T) -> &mut T {
        let place = self.vacant();
        self.put(place, make(place))
    }

    pub(crate) fn get(&self, place: usize) -> Option<&T> {
        self.places.get(place)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        self.places.get_mut(place)?.as_mut()
    }

    /// Returns all values.
    pub(crate) fn into_values(self) -> impl Iterator<Item = T> {
        self.places.into_iter().flatten()
    }

    /// Removes the value at a place. Frees the memory with the last value.
    pub(crate) fn remove(&mut self, place: usize) -> Option<T> {
        let gone = self.places.get_mut(place)?.take()?;
        self.free.push(place);
        if self.len() == 0 {
            *self = Slab::default();
        }
        Some(gone)
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len() - self.free.len()
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
        let end = self.places.len().min(start.saturating_add(most));
        out.extend(self.places.get(start..end)?.iter().flatten().cloned());
        (start < end).then_some(end)
    }
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Slab {
            places: Vec::new(),
            free: Vec::new(),
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
    }
}
