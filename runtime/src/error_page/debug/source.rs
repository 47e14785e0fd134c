//! Excerpts of source files.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// Lines before and after the marked one.
const AROUND: usize = 6;
/// The largest file that is read, in bytes.
const LONGEST: u64 = 1024 * 1024;
/// Folders above the working directory in which a file is looked for.
const ABOVE: usize = 4;

/// A part of a source file.
#[derive(Clone, Debug)]
pub(super) struct Excerpt {
    /// The number of the first line.
    pub(super) first: usize,
    pub(super) lines: Vec<String>,
    /// The number of the marked line.
    pub(super) marked: usize,
}

impl Excerpt {
    /// Reads the lines around one. `None` if the file cannot be found or read.
    pub(super) fn of(file: &str, line: u32) -> Option<Excerpt> {
        let text = candidates(file).find_map(|path| read(&path))?;
        let marked = usize::try_from(line).ok().filter(|line| *line > 0)?;
        let first = marked.saturating_sub(AROUND).max(1);
        let lines: Vec<String> = text
            .lines()
            .skip(first - 1)
            .take(marked + AROUND + 1 - first)
            .map(|line| line.replace('\t', "    "))
            .collect();
        (first + lines.len() > marked).then_some(Excerpt {
            first,
            lines,
            marked,
        })
    }

    /// Each line with its number, and whether it is the marked one.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (usize, &str, bool)> {
        let lines = self.lines.iter().enumerate();
        lines.map(|(index, line)| {
            let number = self.first + index;
            (number, &**line, number == self.marked)
        })
    }
}

/// The paths to try: the compiler's path is relative to the workspace's folder, and a program may
/// run in a folder below it.
fn candidates(file: &str) -> impl Iterator<Item = PathBuf> {
    let roots = [
        env::current_dir().ok(),
        env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from),
    ];
    let folders = roots.into_iter().flatten().flat_map(|root| {
        let above = root.ancestors().take(ABOVE);
        above.map(Path::to_owned).collect::<Vec<_>>()
    });
    let file = file.to_owned();
    folders.map(move |folder| folder.join(&file))
}

fn read(path: &Path) -> Option<String> {
    let found = fs::metadata(path).ok()?;
    let short = found.is_file() && found.len() <= LONGEST;
    short.then(|| fs::read_to_string(path).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_around_its_line() {
        let line = line!();
        let excerpt = Excerpt::of(file!(), line).expect("this file");
        let (_, text, _) = excerpt
            .numbered()
            .find(|(.., marked)| *marked)
            .expect("the line");
        assert_eq!(text.trim(), "let line = line!();");
        assert_eq!(excerpt.lines.len(), 2 * AROUND + 1);
    }

    #[test]
    fn what_is_not_there_has_no_excerpt() {
        assert!(Excerpt::of("src/nowhere.rs", 1).is_none());
        assert!(Excerpt::of(file!(), 1_000_000).is_none());
        assert!(Excerpt::of(file!(), 0).is_none());
    }
}
