//! The kinds of rows of the table: one value, a group of rows, or a group that may be absent.

use super::{
    Group, Scheme, Setting,
    finding::Findings,
    key::Key,
    resolver::Resolver,
    scheme,
    shape::{Layered, Shape, When},
    value::Value,
};

/// A key in which two configurations differ.
pub(super) struct Change {
    pub(super) key: String,
    pub(super) when: When,
}

/// The keys in which two configurations differ.
#[derive(Default)]
pub(super) struct Changes(pub(super) Vec<Change>);

impl Changes {
    pub(super) fn push(&mut self, key: Key<'_>, when: When) {
        let key = key.0.to_owned();
        self.0.push(Change { key, when });
    }
}

/// A name whose layers are `Self` and resolve to `T`.
pub(super) trait Resolve<T>: Layered {
    /// Merges the layers.
    fn resolve(
        key: Key<'_>,
        declared: &Self,
        options: &Self,
        default: T,
        resolver: &mut Resolver<'_>,
    ) -> T;

    /// Adds the keys in which two configurations differ. `None`: the group around the name is
    /// absent.
    fn compare(
        key: Key<'_>,
        when: When,
        before: Option<&T>,
        after: Option<&T>,
        changes: &mut Changes,
    );

    /// Checks each value by itself.
    fn check(key: Key<'_>, value: &T, found: &mut Findings);
}

impl<T> Layered for Setting<T> {
    const UNSET: Self = Setting::UNSET;
    const SHAPE: Shape = Shape::Value;
}

/// A key with a default.
impl<T: Value + Clone> Resolve<T> for Setting<T> {
    fn resolve(
        key: Key<'_>,
        declared: &Self,
        options: &Self,
        default: T,
        resolver: &mut Resolver<'_>,
    ) -> T {
        resolver.pick(key, declared, options).unwrap_or(default)
    }

    fn compare(
        key: Key<'_>,
        when: When,
        before: Option<&T>,
        after: Option<&T>,
        changes: &mut Changes,
    ) {
        let same = match (before, after) {
            (Some(before), Some(after)) => before.is_same(after),
            (None, None) => true,
            _ => false,
        };
        if !same {
            changes.push(key, when);
        }
    }

    fn check(key: Key<'_>, value: &T, found: &mut Findings) {
        value.check(key, found);
    }
}

/// The value of a key that may be absent, in a group that may be.
fn flat<T>(value: Option<&Option<T>>) -> Option<&T> {
    value?.as_ref()
}

/// A key that may be absent, which has a meaning of its own.
impl<T: Value + Clone> Resolve<Option<T>> for Setting<T> {
    fn resolve(
        key: Key<'_>,
        declared: &Self,
        options: &Self,
        default: Option<T>,
        resolver: &mut Resolver<'_>,
    ) -> Option<T> {
        resolver.pick(key, declared, options).or(default)
    }

    fn compare(
        key: Key<'_>,
        when: When,
        before: Option<&Option<T>>,
        after: Option<&Option<T>>,
        changes: &mut Changes,
    ) {
        let (before, after) = (flat(before), flat(after));
        <Self as Resolve<T>>::compare(key, when, before, after, changes);
    }

    fn check(key: Key<'_>, value: &Option<T>, found: &mut Findings) {
        value.iter().for_each(|value| value.check(key, found));
    }
}

/// Layers hold the scheme as text.
impl Resolve<Option<Scheme>> for Setting<String> {
    fn resolve(
        key: Key<'_>,
        declared: &Self,
        options: &Self,
        default: Option<Scheme>,
        resolver: &mut Resolver<'_>,
    ) -> Option<Scheme> {
        let Some(text) = resolver.pick::<String>(key, declared, options) else {
            return default;
        };
        scheme::parse(&text)
            .map_err(|error| resolver.wrong(key, error))
            .ok()
    }

    fn compare(
        key: Key<'_>,
        when: When,
        before: Option<&Option<Scheme>>,
        after: Option<&Option<Scheme>>,
        changes: &mut Changes,
    ) {
        if before.copied().flatten() != after.copied().flatten() {
            changes.push(key, when);
        }
    }

    fn check(_: Key<'_>, _: &Option<Scheme>, _: &mut Findings) {}
}

/// A group that exists if a layer has it.
impl<L: Layered> Layered for Group<L> {
    const UNSET: Self = Group::UNSET;
    const SHAPE: Shape = match L::SHAPE {
        Shape::Group(names) => Shape::Switched(names),
        shape => shape,
    };
}

impl<L: Resolve<C>, C: Default> Resolve<Option<C>> for Group<L> {
    fn resolve(
        key: Key<'_>,
        declared: &Self,
        options: &Self,
        default: Option<C>,
        resolver: &mut Resolver<'_>,
    ) -> Option<C> {
        if options.is_off() {
            resolver.note_off(key);
            return None;
        }
        if options.get().is_none() {
            if resolver.file_turns_off(key) {
                return None;
            }
            match resolver.file_has_group(key) {
                false if declared.is_off() => return None,
                false if declared.get().is_none() => return default,
                _ => {}
            }
        }
        resolver.note_group(key);
        let unset = L::UNSET;
        let declared = declared.get().unwrap_or(&unset);
        let options = options.get().unwrap_or(&unset);
        Some(L::resolve(key, declared, options, C::default(), resolver))
    }

    fn compare(
        key: Key<'_>,
        when: When,
        before: Option<&Option<C>>,
        after: Option<&Option<C>>,
        changes: &mut Changes,
    ) {
        let (before, after) = (flat(before), flat(after));
        if before.is_some() != after.is_some() {
            changes.push(key, when);
        }
        L::compare(key, when, before, after, changes);
    }

    fn check(key: Key<'_>, value: &Option<C>, found: &mut Findings) {
        value.iter().for_each(|group| L::check(key, group, found));
    }
}
