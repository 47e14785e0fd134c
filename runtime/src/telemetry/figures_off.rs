//! Without the feature `dashboard` nothing is counted for one.

use super::Timed;

#[derive(Default)]
pub(crate) struct Figures {}

impl Figures {
    pub(crate) fn is_on(&self) -> bool {
        false
    }

    pub(crate) fn came(&self, _: usize) {}

    pub(crate) fn sent(&self, _: usize) {}

    pub(crate) fn called(&self, _: Timed) {}
}
