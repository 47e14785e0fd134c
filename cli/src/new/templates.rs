//! The files of `templates/`, and which project has which.

/// A file of `templates/`.
pub(super) struct File {
    /// Where it is in the project.
    pub(super) path: &'static str,
    /// What kinds of project have it: see `Kind::admits`.
    pub(super) only: &'static str,
    pub(super) text: &'static str,
}

macro_rules! file {
    ($path:literal) => {
        file!($path, "")
    };
    ($path:literal, $only:literal) => {
        file!($path, $only, $path)
    };
    ($path:literal, $only:literal, $template:literal) => {
        File {
            path: $path,
            only: $only,
            text: include_str!(concat!("../../templates/", $template)),
        }
    };
}

/// Where the template has another name than the file: cargo, git and editors would take it for
/// ours.
pub(super) const FILES: &[File] = &[
    file!("Cargo.toml", "", "Cargo.toml.in"),
    file!("README.md"),
    file!(".gitignore", "", "gitignore"),
    file!(".github/workflows/ci.yml", "", "ci.yml"),
    file!("deploy/README.md"),
    file!("deploy/landfall.toml"),
    file!("deploy/harbour.service", "", "deploy/service.in"),
    file!("src/main.rs"),
    file!("src/lib.rs"),
    file!("src/edge.rs"),
    file!("src/page.rs"),
    file!("src/page.html"),
    file!("src/router.rs", "axum"),
    file!("src/user_socket.rs", "channels"),
    file!("src/room.rs", "channels"),
    file!("src/lines.rs", "raw"),
    file!("static/robots.txt"),
    file!("static/assets/app.css"),
    file!("static/assets/icon.svg"),
    file!(
        "static/assets/app.js",
        "channels",
        "static/assets/app.channels.js"
    ),
    file!("static/assets/app.js", "raw", "static/assets/app.raw.js"),
    file!(
        "static/assets/app.js",
        "nothing",
        "static/assets/app.nothing.js"
    ),
    file!("static/assets/phoenix.js", "channels"),
    file!("static/assets/phoenix.LICENSE.md", "channels"),
    file!("tests/pages.rs"),
    file!("tests/room.rs", "channels"),
    file!("tests/lines.rs", "raw"),
];
