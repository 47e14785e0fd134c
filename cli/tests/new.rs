//! `landfall new`: what it makes, and that it compiles and keeps its promises.

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use common::{cargo, landfall, landfall_in, place, repository, text, told_lines};

/// A project of each kind: name, options, and a file that only some have.
const KINDS: [(&str, &[&str], &str); 6] = [
    ("harbour", &[], "src/room.rs"),
    ("wharf", &["--axum"], "src/router.rs"),
    ("berth", &["--raw"], "src/lines.rs"),
    ("dock", &["--raw", "--axum"], "src/lines.rs"),
    ("my-mole", &["--no-channels"], "static/robots.txt"),
    ("pier", &["--no-channels", "--axum"], "src/router.rs"),
];

/// All kinds, in a folder for the test of this name.
fn all_kinds(test: &str) -> PathBuf {
    let root = place(test);
    for (name, options, _) in KINDS {
        let repository = repository();
        let path = ["--path", repository.to_str().expect("UTF-8")];
        let done = landfall_in(&root, &[&["new", name], options, &path].concat());
        assert!(done.status.success(), "{done:?}");
    }
    root
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

#[test]
fn each_kind_has_its_files_without_traces_of_the_templates() {
    let root = all_kinds("kinds");
    for (name, options, own) in KINDS {
        let project = root.join(name);
        assert!(project.join(own).is_file(), "{name} has no {own}");
        for common in [
            ".gitignore",
            ".github/workflows/ci.yml",
            "deploy/landfall.toml",
        ] {
            assert!(project.join(common).is_file(), "{name} has no {common}");
        }
        assert!(project.join(format!("deploy/{name}.service")).is_file());
        let has_client = project.join("static/assets/phoenix.js").is_file();
        let has_channels = !options
            .iter()
            .any(|option| ["--raw", "--no-channels"].contains(option));
        assert_eq!(has_client, has_channels, "{name}");
        for file in files(&project) {
            let text = fs::read_to_string(&file).expect("text");
            for trace in [": only ", ": end", "{landfall}", "{socket}"] {
                assert!(!text.contains(trace), "{}: {trace}", file.display());
            }
            let is_other = name != "harbour" && text.to_lowercase().contains("harbour");
            assert!(!is_other, "{} has another name", file.display());
        }
    }
}

#[test]
fn what_is_made_is_formatted() {
    let root = all_kinds("formatted");
    for (name, ..) in KINDS {
        let sources = files(&root.join(name));
        let sources = sources
            .iter()
            .filter(|file| file.extension().is_some_and(|end| end == "rs"));
        let checked = Command::new("rustfmt")
            .args(["--check", "--edition", "2024"])
            .args(sources)
            .output()
            .expect("rustfmt runs");
        assert!(
            checked.status.success(),
            "{name}: {}",
            text(&checked.stdout)
        );
    }
}

/// Whether there is one, the workspace says.
#[test]
fn the_released_version_is_the_default() {
    let root = place("released");
    let done = landfall_in(&root, &["new", "harbour"]);
    assert!(done.status.success(), "{done:?}");
    let told = text(&done.stdout);
    assert!(told.starts_with("made `harbour`: "), "{told}");
    assert!(told.contains("    cd harbour\n    cargo run "), "{told}");
    assert!(
        told.contains("It is inside of the workspace of `"),
        "{told}"
    );
    let manifest = fs::read_to_string(root.join("harbour/Cargo.toml")).expect("a manifest");
    let workspace = fs::read_to_string(repository().join("Cargo.toml")).expect("a manifest");
    let is_released = !workspace.contains("\npublish = false\n");
    let from = match is_released {
        true => concat!("version = \"", env!("CARGO_PKG_VERSION"), "\""),
        false => concat!("git = \"", env!("CARGO_PKG_REPOSITORY"), "\""),
    };
    let dependency = format!("landfall = {{ {from}, ");
    assert!(manifest.contains(&dependency), "{manifest}");
    assert!(
        told.contains(&format!("It depends on landfall with `{from}`.")),
        "{told}"
    );
}

#[test]
fn what_is_there_stays() {
    let root = place("there");
    fs::create_dir(root.join("empty")).expect("a folder");
    assert!(landfall_in(&root, &["new", "empty"]).status.success());
    let again = landfall_in(&root, &["new", "empty"]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(
        text(&again.stderr),
        "error: `empty` is there, and not empty; help: choose another name, or remove it\n"
    );
    fs::write(root.join("file"), "").expect("a file");
    let file = landfall_in(&root, &["new", "file"]);
    assert_eq!(file.status.code(), Some(1), "{file:?}");
    let strange = landfall_in(&root, &["new", "berth", "--path", "empty"]);
    assert_eq!(strange.status.code(), Some(1), "{strange:?}");
    assert!(text(&strange.stderr).contains("is no copy of landfall's repository"));
    assert!(!root.join("berth").exists());
}

#[test]
fn names_and_options_are_judged() {
    for (arguments, told) in [
        (
            &["new"][..],
            "a project needs a name; help: `landfall new harbour`",
        ),
        (
            &["new", "Harbour"],
            "it contains 'H'; help: `harbour` would do",
        ),
        (
            &["new", "tokio"],
            "is taken by Rust, or by a dependency; help: `my-tokio` would do",
        ),
        (&["new", "a", "b"], "unexpected argument \"b\""),
        (
            &["new", "a", "--raw", "--no-channels"],
            "help: leave one of them out",
        ),
    ] {
        let done = landfall(arguments);
        assert_eq!(done.status.code(), Some(2), "{arguments:?}");
        assert!(text(&done.stderr).contains(told), "{arguments:?}: {done:?}");
    }
}

/// Only the program differs from what is made: one that is there.
#[test]
#[ignore = "needs systemd-analyze"]
fn systemd_accepts_the_units() {
    let root = all_kinds("units");
    for (name, ..) in KINDS {
        let unit = root.join(name).join(format!("deploy/{name}.service"));
        let text = fs::read_to_string(&unit).expect("a unit");
        let program = format!("ExecStart=/usr/local/bin/{name}\n");
        assert!(text.contains(&program), "{text}");
        fs::write(&unit, text.replace(&program, "ExecStart=/bin/true\n")).expect("a unit");
        let mut verify = Command::new("systemd-analyze");
        let done = verify.arg("verify").arg(&unit).output();
        let done = done.expect("systemd-analyze runs");
        assert!(done.status.success() && done.stderr.is_empty(), "{done:?}");
    }
}

/// Their programs stand in the target directory of this workspace, beside its own.
#[test]
fn no_project_has_the_name_of_a_program_of_this_workspace() {
    let read = cargo(
        &repository(),
        &["metadata", "--no-deps", "--format-version", "1"],
    );
    let metadata = text(&read.stdout);
    assert!(metadata.contains(r#""name":"landfall-cli""#), "{read:?}");
    for (name, ..) in KINDS {
        let is_taken = metadata.contains(&format!(r#""name":"{name}""#));
        assert!(!is_taken, "{name} would be overwritten");
    }
}

/// Makes one workspace of all kinds, so that what they depend on is compiled once. Adds to one of
/// them whatever `landfall gen` writes, in the way that it says.
fn workspace() -> PathBuf {
    let root = all_kinds("compiled");
    let names: Vec<_> = KINDS.iter().map(|(name, ..)| format!("{name:?}")).collect();
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n",
        names.join(", ")
    );
    fs::write(root.join("Cargo.toml"), manifest).expect("a manifest");
    fs::copy(repository().join("Cargo.lock"), root.join("Cargo.lock")).expect("a lock file");
    with_pieces(&root.join("harbour"));
    root
}

fn with_pieces(project: &Path) {
    let edit = |file: &str, change: &dyn Fn(String) -> String| {
        let path = project.join(file);
        let before = fs::read_to_string(&path).expect(file);
        let after = change(before.clone());
        assert_ne!(before, after, "{file}");
        fs::write(path, after).expect(file);
    };
    for (arguments, file) in [
        (&["gen", "channel", "ChatGame"][..], "src/user_socket.rs"),
        (&["gen", "socket", "Admin"], "src/edge.rs"),
        (
            &["gen", "socket", "Sea", "--channel", "Boat"],
            "src/edge.rs",
        ),
        (&["gen", "channel", "Boat", "--socket", "Sea"], ""),
        (&["gen", "presence"], "src/main.rs"),
    ] {
        let lines = told_lines(project, arguments);
        edit("src/lib.rs", &|text| format!("{text}{}\n", lines[0]));
        let line = &lines[1];
        match file {
            "src/edge.rs" => edit(file, &|text| {
                format!("{}{line}\n}}\n", text.trim_end().trim_end_matches('}'))
            }),
            "src/user_socket.rs" => edit(file, &|text| {
                text.replace(", Room)", &format!(", Room), {line}"))
            }),
            "src/main.rs" => edit(file, &|text| text.replace("Edge::start()", line)),
            // It was made with this channel.
            _ => {}
        }
    }
}

/// What is under `#[cfg(not(debug_assertions))]` works, with digested files, without the wait for a
/// release build of everything else.
fn as_released(root: &Path) {
    let mut test = ["test", "--workspace", "--test", "pages"]
        .map(str::to_owned)
        .to_vec();
    for name in ["harbour", "wharf"] {
        let digested = landfall_in(&root.join(name), &["digest", "static", "--quiet"]);
        assert!(digested.status.success(), "{digested:?}");
        let released = format!("profile.dev.package.{name}.debug-assertions=false");
        test.extend(["--config".to_owned(), released]);
    }
    let test: Vec<_> = test.iter().map(String::as_str).collect();
    let tested = cargo(root, &test);
    let (told, log) = (text(&tested.stdout), text(&tested.stderr));
    assert!(tested.status.success(), "{told}\n{log}");
    assert!(!warns(&log), "{log}");
}

/// Projects are members of one workspace here, which is cargo's to warn about.
fn warns(log: &str) -> bool {
    log.lines()
        .filter(|line| line.starts_with("warning: "))
        .any(|line| !line.contains("profiles for the non root"))
}

#[test]
#[ignore = "needs a minute or two: compiles a project of each kind"]
fn what_is_made_compiles_and_passes_its_tests() {
    let root = workspace();
    let tested = cargo(&root, &["test", "--workspace", "--no-fail-fast"]);
    let (told, log) = (text(&tested.stdout), text(&tested.stderr));
    assert!(tested.status.success(), "{told}\n{log}");
    assert!(!warns(&log), "{log}");
    for test in [
        "what_one_says_all_hear",
        "what_one_sends_all_get",
        "the_configuration_of_deploy_is_right",
        "chat_game::tests::all_hear_a_shout",
        "admin_socket::tests::a_message_comes_back",
    ] {
        assert!(
            told.contains(&format!("test {test} ... ok")),
            "{test}: {told}"
        );
    }
    as_released(&root);
    // Without those that ask for more features.
    let checked = cargo(&root, &["check", "--package", "berth", "--package", "pier"]);
    assert!(checked.status.success(), "{}", text(&checked.stderr));
}
