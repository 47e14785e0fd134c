//! The name of a key, with its groups.

use std::fmt;

/// A key such as `http.port`. Messages use its name without the group.
#[derive(Clone, Copy)]
pub(super) struct Key<'a>(pub(super) &'a str);

impl<'a> Key<'a> {
    /// The root, which contains all keys.
    pub(super) const TOP: Key<'static> = Key("");

    /// A key of this group.
    pub(super) fn below(self, name: &str) -> String {
        if self.0.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.0)
        }
    }

    /// The group, and the name in the group.
    pub(super) fn parts(self) -> (Key<'a>, &'a str) {
        self.0
            .rsplit_once('.')
            .map_or((Key::TOP, self.0), |(group, name)| (Key(group), name))
    }

    /// Whether port 0 is allowed: a listener lets the system choose its port, a URL cannot.
    pub(super) fn least_port(self) -> u16 {
        if ["http.port", "https.port"].contains(&self.0) {
            0
        } else {
            1
        }
    }
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.parts().1)
    }
}
