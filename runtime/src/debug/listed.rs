//! A part of a list, and where it goes on.

/// A part of a list that may be long.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Listed<T> {
    /// The items of this part.
    pub items: Vec<T>,
    /// Where the next part begins. `None` if nothing is left.
    pub next: Option<Cursor>,
}

/// A place in a list that changes meanwhile. Whoever is there from the first part to the last is
/// listed once; who comes or leaves meanwhile may be missed.
///
/// ```
/// use landfall::debug::Cursor;
///
/// assert_eq!(Cursor::default(), Cursor::START);
/// // A page of an application keeps it as a number:
/// assert_eq!(Cursor::from(u64::from(Cursor::START)), Cursor::START);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// A mount's transport, or a shard of topics.
    pub(crate) part: u32,
    /// A place in it.
    pub(crate) place: u32,
}

impl Cursor {
    /// The beginning.
    pub const START: Cursor = Cursor { part: 0, place: 0 };

    /// A place that is counted by `usize`.
    pub(crate) fn at(part: usize, place: usize) -> Self {
        let [part, place] = [part, place].map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        Cursor { part, place }
    }
}

impl From<Cursor> for u64 {
    fn from(cursor: Cursor) -> u64 {
        u64::from(cursor.part) << 32 | u64::from(cursor.place)
    }
}

impl From<u64> for Cursor {
    fn from(number: u64) -> Cursor {
        Cursor {
            part: (number >> 32) as u32,
            place: number as u32,
        }
    }
}
