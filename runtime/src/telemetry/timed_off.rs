//! Without figures, no clock is read for them.

#[derive(Clone, Copy, Debug)]
pub(crate) struct Timed;

impl Timed {
    pub(crate) fn begin() -> Self {
        Timed
    }

    pub(crate) fn is_taken(self) -> bool {
        false
    }
}
