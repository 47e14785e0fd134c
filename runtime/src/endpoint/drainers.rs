//! The drainers of all mounts, as they are at this start.

use crate::{config::ConfigError, socket::Drainer, transport::Mount};

/// One for each mount, in their order, and everything that is wrong with them. `None` closes all
/// connections at once.
pub(super) fn read(mounts: &'static [Mount]) -> (Vec<Option<Drainer>>, Vec<ConfigError>) {
    let mut wrong = Vec::new();
    let drainers = mounts.iter().map(|mount| {
        let read = mount.drainer?.read().map_err(|errors| {
            let errors = errors.into_iter();
            let told =
                |(key, error): (_, ConfigError)| error.of_mount(key, mount.path, mount.location);
            wrong.extend(errors.map(told));
        });
        read.ok()
    });
    let drainers = drainers.collect();
    (drainers, wrong)
}
