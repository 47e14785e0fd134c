//! Findings about a declaration: collected by every phase, reported together.

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;

use crate::grammar::Mistake;

/// All findings of one macro call.
#[derive(Default)]
pub(crate) struct Diagnostics {
    earlier: Vec<Diagnostic>,
    /// A finding to which help and notes can be added.
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
    pub(crate) fn push(
        &mut self,
        at: &impl Spanned,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.push_at(at.span(), message)
    }

    /// Reports a finding at a span.
    pub(crate) fn push_at(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.earlier.extend(self.latest.take());
        self.latest.insert(Diagnostic {
            span,
            message: message.into(),
            lines: Vec::new(),
        })
    }

    /// Adds a mistake that `grammar` found in a value.
    pub(crate) fn push_mistake(&mut self, at: &impl Spanned, mistake: Mistake) -> &mut Diagnostic {
        let found = self.push(at, mistake.text);
        mistake.help.iter().for_each(|help| {
            found.help(help);
        });
        found
    }

    /// Adds an error of `syn`.
    pub(crate) fn push_syn(&mut self, error: syn::Error) {
        for one in error {
            self.push_at(one.span(), one.to_string());
        }
    }

    /// True if nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.latest.is_none()
    }

    /// One `compile_error!` for each finding.
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
