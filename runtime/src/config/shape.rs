//! The forms in which a layer can set a name.

/// The forms in which a layer can set a name.
pub(super) trait Layered: Sized {
    /// Nothing.
    const UNSET: Self;

    /// The form of the name in a file.
    const SHAPE: Shape;
}

/// The form of a name in a file.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// A value.
    Value,
    /// A table with these names.
    Group(Names),
    /// A table with these names, or `false`, which turns the group off, even if lower layers set
    /// it.
    Switched(Names),
    /// A table with any names.
    Open,
    /// A table with any names, or `false`, which takes away what lower layers set.
    SwitchedOpen,
}

impl Shape {
    /// The names in it.
    pub(super) const fn names(self) -> Names {
        match self {
            Shape::Group(names) | Shape::Switched(names) => names,
            Shape::Value | Shape::Open | Shape::SwitchedOpen => &[],
        }
    }
}

/// The names of a group, with when each may change and its form in a file.
pub(super) type Names = &'static [(&'static str, When, Shape)];

/// When a key may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// While the endpoint runs.
    Live,
    /// Only before it starts.
    Start,
}
