//! An event as a line of text.

use std::fmt::{self, Write as _};

use tracing::{
    Event,
    field::{Field, Visit},
};

/// An event as a line of text: its message, then the other fields.
pub(crate) struct Line {
    text: String,
    longest: usize,
}

impl Line {
    /// At most `longest` bytes; what is beyond them is cut off.
    pub(crate) fn of(event: &Event<'_>, longest: usize) -> String {
        let text = String::new();
        let mut line = Line { text, longest };
        event.record(&mut line);
        line.text
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            let rest = std::mem::take(&mut self.text);
            let _ = write!(self, "{value:?}{rest}");
        } else {
            let _ = write!(self, " {}={value:?}", field.name());
        }
    }
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.longest.saturating_sub(self.text.len()).min(text.len());
        let end = (0..=room).rev().find(|end| text.is_char_boundary(*end));
        let end = end.unwrap_or_default();
        self.text.push_str(text.get(..end).unwrap_or_default());
        Ok(())
    }
}
