//! Help that is followed is right: what each case of `ui-tests` is told to write is written there,
//! and the same is not said again.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Item, Meta};

use crate::testing::errors;

/// An error of a case: its first line, what to write, and the characters that it is about.
struct Said {
    first: String,
    write: String,
    line: usize,
    column: usize,
    width: usize,
}

fn cases(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => cases(&path, found),
            false if path.extension().is_some_and(|end| end == "stderr") => found.push(path),
            false => {}
        }
    }
}

/// The one thing that a help says to write. `None` if it has to be adapted.
fn whole(help: &str) -> Option<String> {
    let quoted = help
        .strip_prefix("did you mean `")
        .and_then(|rest| rest.strip_suffix("`?"))
        .or_else(|| help.strip_prefix("write `")?.strip_suffix('`'))?;
    (!quoted.contains('`') && !quoted.contains("..")).then(|| quoted.to_owned())
}

fn said(stderr: &str) -> Vec<Said> {
    let mut found = Vec::new();
    for error in stderr.split("\nerror").skip_while(|text| text.is_empty()) {
        let lines: Vec<&str> = error.lines().collect();
        let Some(first) = lines.first() else { continue };
        let helps = lines
            .iter()
            .filter_map(|line| whole(line.trim().strip_prefix("= help: ")?));
        let place = lines
            .iter()
            .find_map(|line| line.trim().strip_prefix("--> "));
        let carets = lines.iter().find_map(|line| {
            let marks = line.trim().strip_prefix('|')?.trim();
            let width = marks.chars().take_while(|char| *char == '^').count();
            (width > 0).then_some(width)
        });
        let (Some(place), Some(width)) = (place, carets) else {
            continue;
        };
        let mut numbers = place.rsplitn(3, ':').map(str::parse::<usize>);
        let (Some(Ok(column)), Some(Ok(line))) = (numbers.next(), numbers.next()) else {
            continue;
        };
        found.extend(helps.map(|write| {
            Said {
                first: first
                    .trim_start_matches("error")
                    .trim_start_matches(": ")
                    .to_owned(),
                write,
                line,
                column,
                width,
            }
        }));
    }
    found
}

/// The source with what is written in place of what the error is about: of the whole entry, if that
/// is what the help names.
fn followed(source: &str, said: &Said) -> String {
    let mut lines: Vec<String> = source.lines().map(str::to_owned).collect();
    let line = &mut lines[said.line - 1];
    let chars: Vec<char> = line.chars().collect();
    let (before, rest) = chars.split_at(said.column - 1);
    let (marked, after) = rest.split_at(said.width.min(rest.len()));
    let (mut before, marked): (String, String) = (before.iter().collect(), marked.iter().collect());
    let mut after: String = after.iter().collect();
    let whole = format!("{before}{marked}{after}");
    let call = said
        .write
        .split_once('(')
        .filter(|_| said.write.ends_with(')'));
    let opening = match call {
        Some((name, _)) => Some(format!("{name}(")),
        None => said.write.starts_with("#[").then(|| "#[".to_owned()),
    };
    let enclosing = opening.and_then(|opening| {
        let upto = before.len() + opening.len();
        let start = whole.get(..upto).unwrap_or(&whole).rfind(&opening)?;
        let length = length_of_a_group(whole.get(start..)?);
        (start + length > before.len()).then_some(start)
    });
    if let Some(start) = enclosing {
        // What encloses it is written anew as a whole.
        let rest = whole.get(start..).unwrap_or_default();
        after = rest
            .get(length_of_a_group(rest)..)
            .unwrap_or_default()
            .to_owned();
        before.truncate(start);
    } else if let Some((key, _)) = said.write.split_once(" = ")
        && let Some(start) = before.trim_end().strip_suffix('=')
        && let Some(start) = start.trim_end().strip_suffix(key)
    {
        before = start.to_owned();
    } else if said.first.contains("takes no options")
        && let Some((_, rest)) = after.split_once(')')
    {
        after = rest.to_owned();
    }
    *line = format!("{before}{}{after}", said.write);
    lines.join("\n")
}

/// Up to the end of the first group in brackets or parentheses.
fn length_of_a_group(text: &str) -> usize {
    let mut depth = 0;
    let end = text.find(|char| {
        depth += i32::from("[(".contains(char)) - i32::from("])".contains(char));
        "])".contains(char) && depth == 0
    });
    end.map_or(0, |end| end + 1)
}

fn arguments(attribute: &Attribute) -> TokenStream {
    match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    }
}

/// Everything that the macros say of a source. `None` if it is no Rust.
fn told(source: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for item in syn::parse_file(source).ok()?.items {
        match item {
            Item::Macro(item) if item.mac.path.segments.last()?.ident == "endpoint" => {
                found.extend(errors(crate::endpoint::run(item.mac.tokens)));
            }
            Item::Impl(mut item) => {
                let is_ours = |attribute: &Attribute| {
                    let path = attribute.path();
                    path.is_ident("socket") || path.is_ident("channel")
                };
                let Some(at) = item.attrs.iter().position(is_ours) else {
                    continue;
                };
                let attribute = item.attrs.remove(at);
                let (arguments, item) = (arguments(&attribute), item.into_token_stream());
                found.extend(errors(match attribute.path().is_ident("socket") {
                    true => crate::socket::run(arguments, item),
                    false => crate::channel::run(arguments, item),
                }));
            }
            _ => {}
        }
    }
    Some(found)
}

#[test]
fn what_is_written_as_the_help_says_is_not_told_again() {
    let (mut paths, mut faults, mut tried) = (Vec::new(), Vec::new(), 0);
    cases(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui-tests/fail"),
        &mut paths,
    );
    paths.sort();
    for path in paths {
        let source = fs::read_to_string(path.with_extension("rs")).unwrap();
        let stderr = fs::read_to_string(&path).unwrap();
        for said in said(&format!("\n{stderr}")) {
            let count = |source: &str| {
                let all = told(source)?;
                Some(
                    all.iter()
                        .filter(|one| one.starts_with(&said.first))
                        .count(),
                )
            };
            // Some errors are those of constants, which are not asked here.
            let Some(before) = count(&source).filter(|count| *count > 0) else {
                continue;
            };
            // A part of a value cannot be told from the whole.
            if said.write.starts_with("nodes = ") {
                continue;
            }
            tried += 1;
            let after = followed(&source, &said);
            if count(&after).is_none_or(|after| after >= before) {
                let line = after.lines().nth(said.line - 1).unwrap_or_default();
                faults.push(format!("{}: {}\n  {line}", path.display(), said.first));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(tried > 80, "{tried}");
}
