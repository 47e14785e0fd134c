//! `landfall gen`. What it writes is compiled by the tests of `landfall new`.

mod common;

use std::{collections::BTreeSet, fs, path::PathBuf};

use common::{landfall, landfall_in, place, text, told_lines};

/// A project with a socket, which nobody compiles.
fn project(test: &str) -> PathBuf {
    let root = place(test);
    fs::create_dir_all(root.join("src/sockets")).expect("a folder");
    for (file, text) in [
        ("Cargo.toml", "[package]\nname = \"my-app\"\n"),
        ("src/main.rs", "endpoint! { struct Edge; }"),
        ("src/sockets/user.rs", "pub struct UserSocket;"),
    ] {
        fs::write(root.join(file), text).expect("a file");
    }
    root
}

#[test]
fn secrets_are_long_and_differ() {
    let secrets = [(); 8].map(|()| text(&landfall(&["gen", "secret"]).stdout));
    assert!(
        secrets.iter().all(|secret| secret.trim_end().len() == 64),
        "{secrets:?}"
    );
    assert_eq!(BTreeSet::from(secrets).len(), 8);
}

#[test]
fn a_channel_is_of_its_socket() {
    let project = project("channel");
    assert_eq!(
        told_lines(&project, &["gen", "channel", "ChatGame"]),
        [
            "mod chat_game;",
            "channel(\"chat_game:*\", crate::chat_game::ChatGame)"
        ]
    );
    let written = fs::read_to_string(project.join("src/chat_game.rs")).expect("a file");
    assert!(
        written.contains("\nuse crate::sockets::user::UserSocket;\n"),
        "{written}"
    );
    assert!(
        written.contains("\n#[channel(UserSocket)]\nimpl ChatGame {\n"),
        "{written}"
    );
    assert!(
        !written.contains("Game {\n    id: \"1\"") && !written.contains("{socket}"),
        "{written}"
    );

    let missing = landfall_in(
        &project,
        &["gen", "channel", "Boat", "--socket", "SeaSocket"],
    );
    assert_eq!(missing.status.code(), Some(1));
    let error = text(&missing.stderr);
    assert!(error.contains("declares a `struct SeaSocket`"), "{error}");
    assert!(
        error.contains("`landfall gen socket Sea --channel Boat`"),
        "{error}"
    );
}

#[test]
fn a_socket_says_where_it_goes() {
    let project = project("socket");
    assert_eq!(
        told_lines(&project, &["gen", "socket", "admin"]),
        [
            "mod admin_socket;",
            "socket(\"/admin\", crate::admin_socket::AdminSocket);"
        ]
    );
    let told = landfall_in(&project, &["gen", "socket", "Sea", "--channel", "Boat"]);
    let told = text(&told.stdout);
    assert!(told.starts_with("wrote src/sea_socket.rs\n"), "{told}");
    assert!(
        told.contains("Add to the declaration in src/main.rs:"),
        "{told}"
    );
    assert!(
        told.ends_with("Now its channel: landfall gen channel Boat --socket Sea\n"),
        "{told}"
    );
    let written = fs::read_to_string(project.join("src/sea_socket.rs")).expect("a file");
    assert!(
        written.contains("#[socket(channel(\"boat:*\", Boat))]\nimpl SeaSocket {"),
        "{written}"
    );
}

#[test]
fn presence_is_known_to_the_program() {
    let project = project("presence");
    assert_eq!(
        told_lines(&project, &["gen", "presence"]),
        [
            "pub mod presence;",
            "Edge::builder().presence_with(crate::presence::options()).start()"
        ]
    );
    fs::write(project.join("src/lib.rs"), "").expect("a file");
    let lines = told_lines(&project, &["gen", "presence", "Crew"]);
    assert_eq!(
        lines[1],
        "Edge::builder().presence_with(my_app::crew::options()).start()"
    );
}

#[test]
fn what_is_there_stays() {
    let project = project("there");
    fs::write(project.join("src/game.rs"), "mine").expect("a file");
    let done = landfall_in(&project, &["gen", "channel", "Game"]);
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(
        text(&done.stderr),
        "error: `src/game.rs` is there already; help: choose another name\n"
    );
    assert_eq!(
        fs::read_to_string(project.join("src/game.rs")).expect("a file"),
        "mine"
    );
    let nowhere = landfall_in(&place("nowhere"), &["gen", "socket", "Game"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(text(&nowhere.stderr).starts_with("error: there is no project here: "));
}

#[test]
fn what_is_wrong_is_told() {
    for (arguments, told) in [
        (
            &["gen", "schema"][..],
            "`schema` is nothing that is made; help: there are secret, ",
        ),
        (&["gen", "secret", "64"], "unexpected argument \"64\""),
        (
            &["gen", "socket"],
            "a socket needs a name; help: `landfall gen socket Admin`",
        ),
        (&["gen", "channel", "../x"], "`../x` is no name of a type"),
        (
            &["gen", "channel", "Match"],
            "a module cannot be called `match`",
        ),
        (
            &["gen", "channel", "A", "--channel", "B"],
            "invalid option '--channel'",
        ),
    ] {
        let done = landfall(arguments);
        assert_eq!(done.status.code(), Some(2), "{arguments:?}");
        assert!(text(&done.stderr).contains(told), "{arguments:?}: {done:?}");
    }
}

#[cfg(all(unix, feature = "cert"))]
mod certificates {
    use std::{os::unix::fs::PermissionsExt, path::Path, process::Command};

    use super::*;

    fn mode(file: &Path) -> u32 {
        fs::metadata(file).expect("a file").permissions().mode() & 0o777
    }

    #[test]
    fn nobody_else_reads_the_key() {
        let root = place("cert");
        let done = landfall_in(&root, &["gen", "cert"]);
        assert!(done.status.success(), "{done:?}");
        assert!(
            text(&done.stdout).contains("certfile = \"cert/cert.pem\""),
            "{done:?}"
        );
        assert_eq!(mode(&root.join("cert/key.pem")), 0o600);
        let key = fs::read_to_string(root.join("cert/key.pem")).expect("a key");
        assert!(key.starts_with("-----BEGIN PRIVATE KEY-----"));
        let again = landfall_in(&root, &["gen", "cert"]);
        assert_eq!(again.status.code(), Some(1), "{again:?}");
        assert_eq!(
            fs::read_to_string(root.join("cert/key.pem")).expect("a key"),
            key
        );
    }

    #[test]
    #[ignore = "needs openssl"]
    fn it_is_for_its_hosts_and_a_year() {
        let root = place("openssl");
        let done = landfall_in(&root, &["gen", "cert", "sea.test", "10.0.0.1", "-o", "."]);
        assert!(done.status.success(), "{done:?}");
        let openssl = |arguments: &[&str]| {
            let mut openssl = Command::new("openssl");
            openssl
                .args(["x509", "-noout", "-in", "cert.pem"])
                .args(arguments);
            text(
                &openssl
                    .current_dir(&root)
                    .output()
                    .expect("openssl runs")
                    .stdout,
            )
        };
        assert!(openssl(&["-checkhost", "sea.test"]).contains("does match"));
        assert!(openssl(&["-checkhost", "localhost"]).contains("does NOT match"));
        assert!(openssl(&["-checkip", "10.0.0.1"]).contains("does match"));
        let day = 24 * 60 * 60;
        let in_days = |days: u32| openssl(&["-checkend", &(days * day).to_string()]);
        assert!(in_days(364).contains("will not expire"));
        assert!(in_days(366).contains("will expire"));
    }
}
