//! Looks a program up, as the system does when it starts one.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
};

use crate::config::WatcherCommand;

/// Whether the system can find the program. A name without `/` is looked up in `PATH`.
pub(super) fn exists(program: &str, command: &WatcherCommand) -> bool {
    let name = Path::new(program);
    if name.components().count() > 1 || name.is_absolute() {
        return is_executable(&directory(command).join(name));
    }
    let set = command.env.iter().rev().find(|(name, _)| name == "PATH");
    let paths = match set {
        Some((_, value)) => value.as_ref().map(Into::into),
        None => env::var_os("PATH"),
    };
    let paths = paths.unwrap_or_default();
    let found = |path: PathBuf| is_executable(&directory(command).join(path).join(name));
    env::split_paths(OsStr::new(&paths)).any(found)
}

/// The directory that a watcher runs in.
pub(super) fn directory(command: &WatcherCommand) -> PathBuf {
    let here = env::current_dir().unwrap_or_default();
    command
        .cd
        .as_ref()
        .map_or_else(|| here.clone(), |cd| here.join(cd))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    let executable = |found: std::fs::Metadata| found.permissions().mode() & 0o111 != 0;
    path.metadata()
        .is_ok_and(|found| found.is_file() && executable(found))
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    let suffix = env::consts::EXE_SUFFIX;
    path.is_file()
        || path
            .with_extension(suffix.trim_start_matches('.'))
            .is_file()
}
