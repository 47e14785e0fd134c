//! `rows.md` lists what a declaration can get wrong: each line has a case that shows it, or says why
//! there is none.

use std::{fs, path::Path};

/// What a declaration can get wrong, what is said, and the cases that show it.
struct Row<'a> {
    line: usize,
    wrong: &'a str,
    said: &'a str,
    cases: Vec<&'a str>,
    /// Tests of the macros, by name.
    tests: Vec<&'a str>,
}

fn rows(text: &str) -> Vec<Row<'_>> {
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| line.starts_with('|'))
        .filter(|(_, line)| !line.starts_with("| ---") && !line.starts_with("| what is wrong"))
        .map(|(index, line)| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [wrong, said, shown] = cells[..] else {
                panic!("line {}: three columns", index + 1);
            };
            let (mut cases, mut tests) = (Vec::new(), Vec::new());
            for one in shown.split(", ").filter(|one| !one.is_empty()) {
                match one.strip_prefix("test ") {
                    Some(test) => tests.push(test.trim_matches('`')),
                    None => cases.push(one.trim_matches('`')),
                }
            }
            Row {
                line: index + 1,
                wrong,
                said,
                cases,
                tests,
            }
        })
        .collect()
}

fn read(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}

/// What is wrong with a line, if something is.
fn fault(row: &Row<'_>) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let reason = row.said.strip_prefix("nothing: ");
    if let Some(reason) = reason {
        let shown = !row.cases.is_empty() || !row.tests.is_empty();
        return (reason.len() < 20 || shown).then(|| "a reason, and no case".to_owned());
    }
    let warns = row.said == "warning";
    if !warns && row.said != "error" && !row.said.starts_with("error, unless `") {
        return Some(format!(
            "`{}` is neither error, warning nor nothing",
            row.said
        ));
    }
    if row.cases.is_empty() && row.tests.is_empty() {
        return Some("no case".to_owned());
    }
    for case in &row.cases {
        let path = root.join("fail").join(case);
        let (source, said) = (
            read(&path.with_extension("rs")),
            read(&path.with_extension("stderr")),
        );
        let (Some(source), Some(said)) = (source, said) else {
            return Some(format!("there is no case `{case}`"));
        };
        let is_warning =
            source.contains("#![deny(deprecated)]") && said.contains("error: use of deprecated");
        if is_warning != warns {
            return Some(format!("`{case}` shows something else"));
        }
    }
    let sources = sources(&root.join("../macros/src"));
    let missing = row
        .tests
        .iter()
        .find(|test| !sources.contains(&format!("fn {test}()")));
    missing.map(|test| format!("there is no test `{test}`"))
}

fn sources(folder: &Path) -> String {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let read = |path: std::path::PathBuf| match path.is_dir() {
        true => sources(&path),
        false => read(&path).unwrap_or_default(),
    };
    paths.map(read).collect()
}

#[test]
fn every_row_has_a_case_or_a_reason() {
    let text = include_str!("../rows.md");
    let rows = rows(text);
    assert!(rows.len() > 200, "{}", rows.len());
    let faults: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            Some(format!(
                "line {} ({}): {}",
                row.line,
                row.wrong,
                fault(row)?
            ))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_row_without_a_case_is_found() {
    for (row, expected) in [
        ("| a | error | |", Some("no case")),
        (
            "| a | error | `url/none` |",
            Some("there is no case `url/none`"),
        ),
        (
            "| a | warning | `url/host_empty` |",
            Some("`url/host_empty` shows something else"),
        ),
        (
            "| a | error | test `nobody_wrote_this` |",
            Some("there is no test `nobody_wrote_this`"),
        ),
        (
            "| a | told | `url/host_empty` |",
            Some("`told` is neither error, warning nor nothing"),
        ),
        ("| a | nothing: why | |", Some("a reason, and no case")),
        ("| a | error | `url/host_empty` |", None),
    ] {
        let found = rows(row).iter().find_map(fault);
        assert_eq!(found.as_deref(), expected, "{row}");
    }
}
