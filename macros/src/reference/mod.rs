//! The reference of directives and keys: a page that is generated from the schema, from the
//! documentation of the runtime's fields, and from what the macros say about examples.
//!
//! | file | what |
//! | --- | --- |
//! | `value` | what each kind of value is, with a right and a wrong example |
//! | `about` | what the runtime's documentation says about a field |
//! | `page` | the entries, in the order of the schema |
//!
//! It is compiled for tests only. `UPDATE=1` writes the page.

mod about;
mod page;
mod value;

use std::{env, fs, path::Path};

#[test]
fn the_page_is_what_the_schema_says() {
    let page = page::whole();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src/docs/reference.md");
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    let differs = stored.lines().zip(page.lines()).find(|(a, b)| a != b);
    assert!(
        stored == page,
        "{} differs; look at it and set UPDATE=1: {differs:?}",
        path.display()
    );
}

/// The names in brackets at the end of errors, in the cases of `ui-tests`.
fn codes(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            codes(&path, found);
        } else if path.extension().is_some_and(|end| end == "stderr") {
            let text = fs::read_to_string(&path).unwrap();
            let errors = text.lines().filter(|line| line.starts_with("error: "));
            let codes = errors.filter_map(|line| line.strip_suffix(']')?.rsplit_once(" ["));
            found.extend(codes.map(|(_, code)| (path.display().to_string(), code.to_owned())));
        }
    }
}

#[test]
fn every_code_is_explained() {
    let page = page::whole();
    let mut found = Vec::new();
    codes(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui-tests/fail"),
        &mut found,
    );
    assert!(found.len() > 200, "{}", found.len());
    for (file, code) in found {
        let heading = format!("\n## `{code}`\n");
        assert!(page.contains(&heading), "{file}: nothing explains `{code}`");
    }
}
