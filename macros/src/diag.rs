//! Findings about a declaration: collected by every phase, reported together.

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;

/// All findings of one macro call.
#[derive(Default)]
pub(crate) struct Diagnostics {
    earlier: Vec<Diagnostic>,
    /// Still open for help and notes.
    latest: Option<Diagnostic>,
}

/// One finding: what is wrong, where, and what to do about it.
pub(crate) struct Diagnostic {
    span: Span,
    message: String,
    lines: Vec<String>,
}

impl Diagnostics {
    /// Reports a finding at these tokens. Say in lower case what is wrong, without a full stop; add
    /// [`help`](Diagnostic::help) for what to write instead.
    pub(crate) fn push(&mut self, at: &impl Spanned, message: impl Into<String>) -> &mut Diagnostic {
        self.push_at(at.span(), message)
    }

    /// Reports a finding at a span.
    pub(crate) fn push_at(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.earlier.extend(self.latest.take());
        self.latest.insert(Diagnostic { span, message: message.into(), lines: Vec::new() })
    }

    /// Takes over what `syn` found.
    pub(crate) fn push_syn(&mut self, error: syn::Error) {
        for one in error {
            self.push_at(one.span(), one.to_string());
        }
    }

    /// True if nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.latest.is_none()
    }

    /// One `compile_error!` a finding.
    pub(crate) fn finish(self) -> TokenStream {
        self.earlier
            .into_iter()
            .chain(self.latest)
            .map(|found| syn::Error::new(found.span, found.text()).into_compile_error())
            .collect()
    }
}

impl Diagnostic {
    /// What to write instead.
    pub(crate) fn help(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.lines.push(format!("= help: {}", text.as_ref()));
        self
    }

    /// What else to know.
    pub(crate) fn note(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.lines.push(format!("= note: {}", text.as_ref()));
        self
    }

    fn text(&self) -> String {
        let mut text = self.message.clone();
        if !self.lines.is_empty() {
            text.push('\n');
        }
        for line in &self.lines {
            text.push_str("\n  ");
            text.push_str(line);
        }
        text
    }
}

/// The one of `known` that `word` was probably meant to be: at most two edits away, and less than half of it changed.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (edits(word, name), name))
        .filter(|(edits, name)| *edits <= 2 && edits * 2 < name.chars().count().max(2))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// Levenshtein distance, with a swap of neighbours counted as one edit.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut table = Table { cells: Vec::new(), width: b.len() + 1 };
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let (Some(up), Some(left)) = (i.checked_sub(1), j.checked_sub(1)) else {
                table.cells.push(i + j);
                continue;
            };
            let differ = usize::from(a.get(up) != b.get(left));
            let mut best = table.at(up, left) + differ;
            best = best.min(table.at(up, j) + 1).min(table.at(i, left) + 1);
            if let (Some(up2), Some(left2)) = (up.checked_sub(1), left.checked_sub(1))
                && a.get(up) == b.get(left2)
                && a.get(up2) == b.get(left)
            {
                best = best.min(table.at(up2, left2) + 1);
            }
            table.cells.push(best);
        }
    }
    table.at(a.len(), b.len())
}

/// Filled row by row.
struct Table {
    cells: Vec<usize>,
    width: usize,
}

impl Table {
    fn at(&self, row: usize, column: usize) -> usize {
        self.cells.get(row * self.width + column).copied().unwrap_or_default()
    }
}
