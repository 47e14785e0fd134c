//! `pass/*.rs` compile and run. They are part of this program, and are compiled with the workspace: trybuild would build
//! landfall and all it depends on once more for them, and the cases of `fail/` one after another.

#![allow(
    dead_code,
    deprecated,
    missing_debug_implementations,
    unreachable_pub,
    clippy::all,
    clippy::unwrap_used,
    reason = "declarations that nobody goes by"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{ExitCode, Termination},
};

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        $(
            mod $name {
                include!(concat!("../pass/", stringify!($name), ".rs"));

                #[test]
                fn passes() {
                    crate::ends_well(main());
                }
            }
        )*

        const LISTED: &[&str] = &[$(stringify!($name)),*];
    };
}

cases! {
    adapter,
    channels,
    dashboard,
    error_pages,
    every_option,
    instrumenters,
    longpoll,
    nats,
    origins,
    pipeline,
    redis,
    settings,
    sockets,
    state,
}

fn ends_well(ended: impl Termination) {
    assert_eq!(ended.report(), ExitCode::SUCCESS);
}

#[test]
fn all_files_are_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pass");
    let names: BTreeSet<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|file| file.expect("a file").path().with_extension(""))
        .map(|path| path.file_name().expect("a name").display().to_string())
        .collect();
    assert_eq!(names, LISTED.iter().map(|&name| name.to_owned()).collect());
}
