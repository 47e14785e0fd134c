//! What a row of the table holds: one value, a group of rows, or a group that may be absent.

use super::{
    Scheme, Setting, resolve::Resolver, scheme, validate::Findings, value::Key, value::Value,
};

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
    Group(&'static [(&'static str, Shape)]),
    /// A table with any names.
    Open,
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
    fn compare(key: Key<'_>, before: Option<&T>, after: Option<&T>, changed: &mut Vec<String>);

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

    fn compare(key: Key<'_>, before: Option<&T>, after: Option<&T>, changed: &mut Vec<String>) {
        let same = match (before, after) {
            (Some(before), Some(after)) => before.is_same(after),
            (None, None) => true,
            _ => false,
        };
        if !same {
            changed.push(key.0.to_owned());
        }
    }

    fn check(key: Key<'_>, value: &T, found: &mut Findings) {
        value.check(key, found);
    }
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
        before: Option<&Option<T>>,
        after: Option<&Option<T>>,
        changed: &mut Vec<String>,
    ) {
        let [before, after] = [before, after].map(|value| value.and_then(Option::as_ref));
        <Self as Resolve<T>>::compare(key, before, after, changed);
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
        before: Option<&Option<Scheme>>,
        after: Option<&Option<Scheme>>,
        changed: &mut Vec<String>,
    ) {
        if before.copied().flatten() != after.copied().flatten() {
            changed.push(key.0.to_owned());
        }
    }

    fn check(_: Key<'_>, _: &Option<Scheme>, _: &mut Findings) {}
}

/// A group that exists if a layer has it.
impl<L: Layered> Layered for Option<L> {
    const UNSET: Self = None;
    const SHAPE: Shape = L::SHAPE;
}

impl<L: Resolve<C>, C: Default> Resolve<Option<C>> for Option<L> {
    fn resolve(
        key: Key<'_>,
        declared: &Self,
        options: &Self,
        default: Option<C>,
        resolver: &mut Resolver<'_>,
    ) -> Option<C> {
        if declared.is_none() && options.is_none() && !resolver.file_has_group(key) {
            return default;
        }
        let unset = L::UNSET;
        let [declared, options] = [declared, options].map(|layer| layer.as_ref().unwrap_or(&unset));
        Some(L::resolve(key, declared, options, C::default(), resolver))
    }

    fn compare(
        key: Key<'_>,
        before: Option<&Option<C>>,
        after: Option<&Option<C>>,
        changed: &mut Vec<String>,
    ) {
        let [before, after] = [before, after].map(|group| group.and_then(Option::as_ref));
        L::compare(key, before, after, changed);
    }

    fn check(key: Key<'_>, value: &Option<C>, found: &mut Findings) {
        value.iter().for_each(|group| L::check(key, group, found));
    }
}
