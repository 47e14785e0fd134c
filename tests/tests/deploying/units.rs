//! systemd's units.

use std::{fs, path::Path, process::Command};

use landfall_tests::chapter::block;

/// Only the program differs from the chapter: one that is there.
#[test]
#[ignore = "needs systemd-analyze"]
fn systemd_accepts_what_is_shown() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("deploying-units");
    fs::create_dir_all(&folder).unwrap();
    let service = block("guide/deploying", "systemd");
    assert!(service.contains("ExecStart=/usr/local/bin/board\n"));
    let service = service.replace("=/usr/local/bin/board\n", "=/bin/true\n");
    let socket = block("guide/deploying", "systemd-socket");
    let units = [("board.service", service), ("board.socket", socket)];
    let paths = units.map(|(name, unit)| {
        let path = folder.join(name);
        fs::write(&path, unit).unwrap();
        path
    });

    let mut verify = Command::new("systemd-analyze");
    let output = verify.arg("verify").args(&paths).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success() && said.is_empty(),
        "{}",
        String::from_utf8_lossy(&said)
    );
    fs::remove_dir_all(folder).unwrap();
}
