//! The expansions in crates of others: two editions, the runtime under another name or handed on by
//! another crate, and every lint denied.

mod compiler;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use self::compiler::{Driver, said};

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

    /// Checks a package that names the runtime in this way.
    fn check(&self, name: &str, edition: &str, runtime: &Runtime, driver: Driver) -> Output {
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
        let depends_on = match runtime {
            Runtime::Itself => compiler::renamed("landfall", "landfall"),
            Runtime::Renamed => compiler::renamed("landfall", "shore"),
            Runtime::HandedOn | Runtime::Unsaid => self.facade(),
        };
        self.compile(name, edition, &depends_on, driver)
    }

    /// Compiles the facade, and says where it is.
    fn facade(&self) -> String {
        let landfall = compiler::renamed("landfall", "landfall");
        let output = self.compile("facade", "2024", &landfall, Driver::Rustc);
        assert!(output.status.success(), "{}", said(&output));
        let file = self.0.join("facade/libfacade.rmeta");
        format!("facade={}", file.display())
    }

    fn compile(&self, name: &str, edition: &str, depends_on: &str, driver: Driver) -> Output {
        let name_of_crate = format!("--crate-name={}", name.replace('-', "_"));
        let edition = format!("--edition={edition}");
        let package = self.0.join(name);
        let (source, folder) = (format!("{name}/src/lib.rs"), format!("--out-dir={name}"));
        let mut arguments = vec![&*source, &folder, "--crate-type=lib"];
        arguments.extend([&*name_of_crate, &edition, "--extern", depends_on]);
        arguments.extend(compiler::search_paths());
        compiler::check(driver, &self.0, &package, &arguments)
    }
}

fn manifest(name: &str, edition: &str, dependency: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"{edition}\"\n\n[dependencies]\n{dependency}\n"
    )
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
            let name = format!("{name}-{edition}");
            let output = project.check(&name, edition, &runtime, Driver::Clippy);
            let said = said(&output);
            assert!(output.status.success() && said.is_empty(), "{name}: {said}");
        }
    }
}

#[test]
fn a_runtime_that_another_crate_hands_on_has_to_be_named() {
    let project = Project::new("unsaid");
    let output = project.check("un-said", "2024", &Runtime::Unsaid, Driver::Rustc);
    let said = said(&output);
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains("this crate does not depend on `landfall` itself"),
        "{said}"
    );
    assert!(said.contains("crate = facade::landfall"), "{said}");
    assert!(!said.contains("unresolved import `landfall`"), "{said}");
}
