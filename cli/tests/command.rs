//! The command as a shell calls it.

mod common;

use std::{fs, path::PathBuf};

use common::{landfall, text};

/// A directory with a script, for the test of this name.
fn site(name: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).expect("a directory");
    fs::write(root.join("app.js"), "alert(1);".repeat(100)).expect("a file");
    root
}

#[test]
fn files_are_digested_and_cleaned() {
    let root = site("digested");
    let directory = root.to_str().expect("UTF-8");
    let done = landfall(&["digest", directory]);
    assert!(done.status.success(), "{done:?}");
    assert!(
        text(&done.stdout).starts_with("digested 1 files in "),
        "{done:?}"
    );
    assert_eq!(text(&done.stderr), "", "no bar where no terminal is");
    let names = || {
        let entries = fs::read_dir(&root).expect("the directory");
        let names = entries.map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8")
        });
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    assert!(
        names().contains(&"cache_manifest.json".to_owned())
            && names().contains(&"app.js.gz".to_owned())
    );
    let again = landfall(&["digest", "--quiet", directory]);
    assert_eq!((again.status.code(), &*again.stdout), (Some(0), &b""[..]));
    let cleaned = landfall(&["digest.clean", directory, "--all"]);
    assert!(
        text(&cleaned.stdout).contains("1 versions removed"),
        "{cleaned:?}"
    );
    assert_eq!(names(), ["app.js"]);
}

#[test]
fn options_are_heeded() {
    let root = site("options");
    let (input, output) = (root.to_str().expect("UTF-8"), root.join("out"));
    let out = output.to_str().expect("UTF-8");
    let done = landfall(&[
        "digest",
        input,
        "-o",
        out,
        "--encodings",
        "gzip",
        "--threads=1",
        "--no-vsn",
    ]);
    assert!(done.status.success(), "{done:?}");
    assert!(output.join("app.js.gz").exists() && !output.join("app.js.br").exists());
    assert!(!root.join("cache_manifest.json").exists());
}

#[test]
fn what_is_wrong_is_told() {
    for (arguments, code, told) in [
        (
            &["digest", "/none/at/all"][..],
            1,
            "error: `/none/at/all` is not a directory\n",
        ),
        (
            &["digest.clean", "/none/at/all"],
            1,
            "error: `/none/at/all` is not a directory\n",
        ),
        (
            &["digset"],
            2,
            "error: there is no command `digset`; help: `landfall --help` lists them\n",
        ),
        (
            &["help", "digset"],
            2,
            "error: there is no command `digset`; help: `landfall --help` lists them\n",
        ),
        (
            &["completions", "tcsh"],
            2,
            "error: completions are for a shell; help: there are bash, zsh and fish\n",
        ),
        (&["digest", "--fast"], 2, "error: invalid option '--fast'\n"),
        (
            &["digest", "a", "b"],
            2,
            "error: unexpected argument \"b\"\n",
        ),
        (
            &["digest", "--encodings", "deflate"],
            2,
            "`deflate` is not an encoding; there are gzip",
        ),
        (&["digest", "--threads", "0"], 2, "number would be zero"),
        (
            &["digest.clean", "--all", "--keep", "3"],
            2,
            "takes neither `--age` nor `--keep`",
        ),
    ] {
        let done = landfall(arguments);
        assert_eq!(done.status.code(), Some(code), "{arguments:?}");
        assert!(text(&done.stderr).contains(told), "{arguments:?}: {done:?}");
    }
}

#[test]
fn help_is_there() {
    for (arguments, told) in [
        (&[][..], "  digest.clean  "),
        (&["--help"], "  digest.clean  "),
        (&["digest", "--help"], "--no-vsn"),
        (&["digest.clean", "-h"], "--keep N"),
        (&["--version"], "landfall 0."),
        (&["help"], "  routes  "),
        (&["help", "routes"], "Usage: landfall routes [DIR]"),
        (&["new", "--help"], "--no-channels"),
        (&["gen", "cert", "--help"], "HOST"),
        (&["dev", "-h"], "--port"),
    ] {
        let done = landfall(arguments);
        assert!(
            done.status.success() && text(&done.stdout).contains(told),
            "{arguments:?}: {done:?}"
        );
    }
}

#[test]
fn a_key_is_explained() {
    let explained = landfall(&["explain", "http.port"]);
    assert!(explained.status.success(), "{explained:?}");
    let said = text(&explained.stdout);
    for part in [
        "http.port\n\n",
        "- default: 4000\n",
        "    http(port = 4000);\n",
        "    error: ",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("```"), "{said}");
    // As it stands at the end of an error, and by its end.
    let bracketed = landfall(&["explain", "[http.port]"]);
    assert_eq!(bracketed.stdout, explained.stdout);
    let several = text(&landfall(&["explain", "header_timeout"]).stdout);
    assert!(several.starts_with("http.header_timeout\n"), "{several}");
    assert!(several.contains("\nhttps.header_timeout\n"), "{several}");
    let all = text(&landfall(&["explain"]).stdout);
    assert!(
        all.lines().any(|name| name == "socket.websocket.timeout"),
        "{all}"
    );
}

#[test]
fn what_is_no_name_is_told_with_those_like_it() {
    let unknown = landfall(&["explain", "http.compress"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert_eq!(
        text(&unknown.stderr),
        "error: nothing is called `http.compress`; help: there is `socket.websocket.compress`\n"
    );
    let nothing = landfall(&["explain", "zzz"]);
    assert_eq!(
        text(&nothing.stderr),
        "error: nothing is called `zzz`; help: `landfall explain` lists all names\n"
    );
}

#[test]
fn nobody_but_a_terminal_is_shown_colours() {
    for arguments in [&["--help"][..], &["explain", "url"], &["digset"]] {
        let done = landfall(arguments);
        assert!(
            ![done.stdout, done.stderr].concat().contains(&0x1b),
            "{arguments:?}"
        );
    }
}
