//! Findings about a declaration: collected by every phase, reported together.

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;

use crate::{
    grammar::{Excerpt, Mistake},
    warning::{Named, Part, Warning, Warnings},
};

/// All findings of one macro call.
#[derive(Default)]
pub(crate) struct Diagnostics {
    earlier: Vec<Diagnostic>,
    /// A finding to which help and notes can be added.
    latest: Option<Diagnostic>,
    /// What the next warnings are about.
    part: Part,
    /// What the macro declares: the code of findings about no key.
    whole: &'static str,
    /// The directive and the keys that are looked at.
    place: Vec<&'static str>,
}

/// How a warning is silenced.
const SILENCED: &str = "`#[allow(deprecated)]` before the statement or the item silences this";

/// One finding: what is wrong, where, and what to do about it.
pub(crate) struct Diagnostic {
    span: Span,
    message: String,
    /// The part of a literal that is meant.
    excerpt: Option<Excerpt>,
    lines: Vec<String>,
    /// `None`: an error.
    warning: Option<Named>,
    /// The name of an error in the reference: `url.port`. A warning has its own.
    code: String,
}

impl Diagnostics {
    /// Findings about one declaration of this kind.
    pub(crate) fn of(whole: &'static str) -> Self {
        Diagnostics {
            whole,
            ..Diagnostics::default()
        }
    }

    /// Looks at a directive, or at a key of what is looked at.
    pub(crate) fn within<T>(&mut self, name: &'static str, look: impl FnOnce(&mut Self) -> T) -> T {
        self.place.push(name);
        let seen = look(self);
        self.place.pop();
        seen
    }

    fn code(&self) -> String {
        match self.place.is_empty() {
            true => self.whole.to_owned(),
            false => self.place.join("."),
        }
    }

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
        let code = self.code();
        self.latest.insert(Diagnostic {
            span,
            message: message.into(),
            excerpt: None,
            lines: Vec::new(),
            warning: None,
            code,
        })
    }

    /// What the next warnings are about: a statement, until [`WHOLE`](crate::warning::WHOLE) is entered again.
    pub(crate) fn enter(&mut self, part: Part) {
        self.part = part;
    }

    /// Reports what works and is hardly meant. The name is part of the message.
    pub(crate) fn warn(
        &mut self,
        name: &'static str,
        at: &impl Spanned,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let part = self.part;
        let found = self.push(at, message);
        found.code.clear();
        found.warning = Some(Named {
            name,
            part,
            in_release: false,
        });
        found
    }

    /// The same for release builds alone.
    pub(crate) fn warn_in_release(
        &mut self,
        name: &'static str,
        at: &impl Spanned,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let found = self.warn(name, at, message);
        if let Some(warning) = &mut found.warning {
            warning.in_release = true;
        }
        found
    }

    /// Warns of a mistake that `grammar` found in a value.
    pub(crate) fn warn_mistake(
        &mut self,
        name: &'static str,
        at: &impl Spanned,
        mistake: Mistake,
    ) -> &mut Diagnostic {
        let found = self.warn(name, at, mistake.text).excerpt(mistake.excerpt);
        mistake.help.iter().for_each(|help| {
            found.help(help);
        });
        found
    }

    /// All warnings, for the expansion.
    pub(crate) fn warnings(&self) -> Warnings {
        Warnings::new(self.all().filter_map(|found| {
            Some(Warning {
                named: found.warning?,
                span: found.span,
                text: found.text_of_a_warning(),
            })
        }))
    }

    fn all(&self) -> impl Iterator<Item = &Diagnostic> {
        self.earlier.iter().chain(&self.latest)
    }

    /// Adds a mistake that `grammar` found in a value.
    pub(crate) fn push_mistake(&mut self, at: &impl Spanned, mistake: Mistake) -> &mut Diagnostic {
        let found = self.push(at, mistake.text).excerpt(mistake.excerpt);
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

    /// How much was found.
    pub(crate) fn count(&self) -> usize {
        self.all().count()
    }

    /// True if no error was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.all().all(|found| found.warning.is_some())
    }

    /// One `compile_error!` for each error.
    pub(crate) fn finish(self) -> TokenStream {
        self.all()
            .filter(|found| found.warning.is_none())
            .map(|found| syn::Error::new(found.span, found.text()).into_compile_error())
            .collect()
    }
}

impl Diagnostic {
    /// Shows which part of a literal is meant: a slice of its value.
    pub(crate) fn within(&mut self, value: &str, part: &str) -> &mut Self {
        self.excerpt(Excerpt::of(value, part))
    }

    fn excerpt(&mut self, excerpt: Option<Excerpt>) -> &mut Self {
        self.excerpt = excerpt;
        // What is shown need not be said.
        if let Some(shown) = &self.excerpt
            && let Some(message) = self.message.strip_suffix(&format!(": {:?}", shown.value))
        {
            self.message = message.to_owned();
        }
        self
    }

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

    fn text_of_a_warning(&self) -> String {
        format!("{}\n  = note: {SILENCED}", self.text())
    }

    fn text(&self) -> String {
        let (first, more) = match self.message.split_once('\n') {
            Some((first, more)) => (first, format!("\n{more}")),
            None => (self.message.as_str(), String::new()),
        };
        let mut text = match self.code.as_str() {
            "" => self.message.clone(),
            code => format!("{first} [{code}]{more}"),
        };
        if let Some(excerpt) = &self.excerpt {
            text.push_str(&format!("\n\n{excerpt}"));
        }
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
