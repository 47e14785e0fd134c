//! The expansions in crates of others: two editions, the runtime under another name or handed on by
//! another crate, and every lint denied.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const SITE: &str = include_str!("site.rs");

/// How a crate names the runtime.
enum Runtime {
    Itself,
    Renamed,
    /// `facade` hands it on, and the declarations say so.
    HandedOn,
    /// `facade` hands it on, and nobody says so.
    Unsaid,
}

struct Project(PathBuf);

impl Project {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        let project = Project(folder);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        project.write(
            "Cargo.toml",
            &format!(
                "[workspace]\nmembers = [\"*-*\", \"facade\"]\nresolver = \"2\"\n\n[workspace.dependencies]\n\
                 landfall = {{ path = {:?} }}\nshore = {{ path = {:?}, package = \"landfall\" }}\n",
                root.join("runtime"),
                root.join("runtime"),
            ),
        );
        let lock = fs::read_to_string(root.join("Cargo.lock")).expect("the lock file");
        project.write("Cargo.lock", &lock);
        project.write(
            "facade/Cargo.toml",
            &manifest("facade", "2024", "landfall.workspace = true"),
        );
        project.write("facade/src/lib.rs", "pub use landfall;\n");
        project
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn add(&self, name: &str, edition: &str, runtime: &Runtime) {
        let dependency = match runtime {
            Runtime::Itself => "landfall.workspace = true",
            Runtime::Renamed => "shore.workspace = true",
            Runtime::HandedOn | Runtime::Unsaid => "facade = { path = \"../facade\" }",
        };
        let source = match runtime {
            Runtime::Itself => SITE.to_owned(),
            Runtime::Renamed => SITE.replace("landfall::", "shore::"),
            Runtime::Unsaid => SITE.replace("landfall::", "facade::landfall::"),
            Runtime::HandedOn => SITE
                .replace("landfall::", "facade::landfall::")
                .replace("// endpoint", "crate = facade::landfall;")
                .replace("/* attribute, */", "crate = facade::landfall,")
                .replace("/*, attribute */", ", crate = facade::landfall")
                .replace("/* attribute */", "crate = facade::landfall"),
        };
        self.write(
            &format!("{name}/Cargo.toml"),
            &manifest(name, edition, dependency),
        );
        self.write(&format!("{name}/src/lib.rs"), &source);
    }

    /// `cargo` in this project, with what the workspace has compiled already.
    fn cargo(&self, arguments: &[&str]) -> Output {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("..");
        Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(&self.0)
            .args(arguments)
            .args(["--offline", "--color=never"])
            .env("CARGO_TARGET_DIR", target)
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo")
    }
}

fn manifest(name: &str, edition: &str, dependency: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"{edition}\"\n\n[dependencies]\n{dependency}\n"
    )
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn no_lint_finds_anything_in_either_edition_under_any_name() {
    let project = Project::new("embedding");
    for edition in ["2021", "2024"] {
        for (name, runtime) in [
            ("itself", Runtime::Itself),
            ("renamed", Runtime::Renamed),
            ("handed-on", Runtime::HandedOn),
        ] {
            project.add(&format!("{name}-{edition}"), edition, &runtime);
        }
    }
    let output = project.cargo(&["clippy", "--workspace", "--quiet"]);
    let said = said(&output);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[test]
fn a_runtime_that_another_crate_hands_on_has_to_be_named() {
    let project = Project::new("unsaid");
    project.add("un-said", "2024", &Runtime::Unsaid);
    let output = project.cargo(&["check", "--package", "un-said", "--quiet"]);
    let said = said(&output);
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains("this crate does not depend on `landfall` itself"),
        "{said}"
    );
    assert!(said.contains("crate = facade::landfall"), "{said}");
    assert!(!said.contains("unresolved import `landfall`"), "{said}");
}
