//! A template as a file of a project.
//!
//! Templates are files of a project called `harbour`. Lines such as `//: only channels raw` and
//! `//: end` enclose what only some projects have; in other languages they are comments of these.

use super::{kind::Kind, name::Name, templates::File};

/// The comments that a line may be.
const COMMENTS: [&str; 3] = ["//:", "#:", "<!--:"];

/// The path of the file in the project.
pub(super) fn path(file: &File, name: &Name) -> String {
    file.path.replace("harbour", name.package())
}

/// The text of the file.
pub(super) fn text(file: &File, name: &Name, kind: Kind, dependency: &str) -> String {
    let is_vendored = file.path.contains("phoenix");
    if is_vendored {
        return file.text.to_owned();
    }
    let is_source = file.path.ends_with(".rs");
    let word = if is_source {
        name.library()
    } else {
        name.package().to_owned()
    };
    only(file.text, kind)
        .replace("harbour", &word)
        .replace("Harbour", &name.title())
        .replace("{landfall}", dependency)
}

/// What a kind of project has of a text.
fn only(text: &str, kind: Kind) -> String {
    let mut admitted = true;
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        match marker(line) {
            Some("end") => admitted = true,
            Some(words) => admitted = kind.admits(words.trim_start_matches("only ")),
            None if admitted => kept.extend([line, "\n"]),
            None => {}
        }
    }
    kept
}

/// What a line says about those that follow.
fn marker(line: &str) -> Option<&str> {
    let line = line.trim();
    let said = COMMENTS
        .iter()
        .find_map(|comment| line.strip_prefix(comment))?;
    Some(said.trim_end_matches("-->").trim())
}

#[cfg(test)]
mod tests {
    use super::{Kind, marker};
    use crate::new::templates::FILES;

    #[test]
    fn markers_of_templates_are_known_and_closed() {
        for file in FILES {
            let mut open = false;
            for said in file.text.lines().filter_map(marker) {
                match said.strip_prefix("only ") {
                    Some(words) => {
                        assert!(words.split(' ').all(Kind::knows), "{}: {said}", file.path);
                        assert!(!open, "{}: {said} within another one", file.path);
                        open = true;
                    }
                    None => {
                        assert!(said == "end" && open, "{}: {said}", file.path);
                        open = false;
                    }
                }
            }
            assert!(!open, "{} ends within a part", file.path);
            assert!(
                file.only
                    .split(' ')
                    .all(|word| word.is_empty() || Kind::knows(word))
            );
        }
    }
}
