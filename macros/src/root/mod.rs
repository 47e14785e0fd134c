//! By which name a crate knows the runtime: `landfall`, unless its manifest says otherwise.

mod manifest;

use std::{env, path::PathBuf, sync::Arc};

use self::manifest::Manifest;

const NAME: &str = "landfall";

/// The name under which the crate that is compiled depends on the runtime. `None` if its manifest
/// names the runtime nowhere: another crate hands it on.
pub(crate) fn name() -> Option<String> {
    // Tests of the macros expand without a compiler, and for no crate.
    let directory = proc_macro::is_available()
        .then(|| env::var_os("CARGO_MANIFEST_DIR"))
        .flatten();
    let Some(directory) = directory.map(PathBuf::from) else {
        return Some(NAME.to_owned());
    };
    let Some(found) = Manifest::read(&directory) else {
        return Some(NAME.to_owned());
    };
    found.own().or_else(|| {
        let all = directory.ancestors().filter_map(Manifest::read);
        let mut workspaces = all.filter(|manifest: &Arc<Manifest>| manifest.is_a_workspace);
        let workspace = workspaces.next()?;
        found.inherited(&workspace)
    })
}
