//! Groups whose names the application chooses: how their layers are merged, name by name.

use super::{Provenance, key::Key, resolver::Resolver, value::Value};

/// A value of one layer.
pub(super) struct Given<V> {
    pub(super) name: String,
    pub(super) value: V,
    pub(super) source: Provenance,
}

/// Such a group, as the declaration or the options given at start have it.
pub(super) trait OpenLayer {
    type Value: Value;

    /// Takes what the layers below it say away.
    fn is_off(&self) -> bool {
        false
    }

    /// Its values. The source of each is `source`, or where it is declared.
    fn given(&self, source: Option<Provenance>) -> Vec<Given<Self::Value>>;

    /// Its values that are in the environment.
    fn variables(&self, key: Key<'_>, resolver: &mut Resolver<'_>) -> Vec<Given<Self::Value>> {
        let _ = (key, resolver);
        Vec::new()
    }
}

/// What such layers are merged into.
pub(super) trait Open<V> {
    fn clear(&mut self);

    /// Lays a value over those below it.
    fn put(&mut self, given: Given<V>);

    /// All keys of the group in the file, with their lines, once its values are laid.
    fn lines(&mut self, lines: Vec<(String, Provenance)>) {
        let _ = lines;
    }
}

/// Merges all layers below `init`, the lowest one first.
pub(super) fn merge<L: OpenLayer>(
    key: Key<'_>,
    declared: &L,
    options: &L,
    all: &mut impl Open<L::Value>,
    resolver: &mut Resolver<'_>,
) {
    lay(key, declared, None, all, resolver);
    if resolver.file_turns_off(key) {
        all.clear();
    }
    for (name, value, source) in resolver.read_group(key) {
        all.put(Given {
            name,
            value,
            source,
        });
    }
    all.lines(resolver.lines_in_file(key));
    for given in declared.variables(key, resolver) {
        all.put(given);
    }
    lay(key, options, Some(Provenance::Options), all, resolver);
    for given in options.variables(key, resolver) {
        all.put(given);
    }
}

fn lay<L: OpenLayer>(
    key: Key<'_>,
    layer: &L,
    source: Option<Provenance>,
    all: &mut impl Open<L::Value>,
    resolver: &mut Resolver<'_>,
) {
    if layer.is_off() {
        all.clear();
    }
    for given in layer.given(source) {
        let source = given.source.clone();
        resolver.sources.note(key.below(&given.name), source);
        all.put(given);
    }
}

/// The source of a value of a layer, of which only some know where they are declared.
pub(super) fn source(
    layer: Option<&Provenance>,
    location: Option<&'static std::panic::Location<'static>>,
) -> Provenance {
    match layer {
        Some(layer) => layer.clone(),
        None => location.map_or(Provenance::Default, Provenance::Macro),
    }
}
