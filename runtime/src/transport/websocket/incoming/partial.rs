//! A message that comes in parts.

use bytes::Bytes;

use super::event::Event;
use crate::{
    message::{Message, Text},
    transport::websocket::frame::{Head, Violation},
};

/// A message that is not complete.
pub(super) struct Partial {
    pub(super) text: bool,
    pub(super) compressed: bool,
    /// What has come, inflated.
    pub(super) data: Vec<u8>,
    /// Bytes that have been announced on the wire.
    pub(super) wire: usize,
    /// The number of bytes of `data` that are known to be UTF-8.
    pub(super) checked: usize,
    pub(super) fragments: u32,
    /// The frame that is not complete, and how much of its payload has come.
    pub(super) frame: Option<(Head, usize)>,
}

impl Partial {
    /// Refuses text that is not UTF-8 as soon as it shows, not at the end of the message.
    pub(super) fn check_text(&mut self, ended: bool) -> Result<(), Violation> {
        if !self.text || self.compressed {
            return Ok(());
        }
        match std::str::from_utf8(&self.data[self.checked..]) {
            Ok(_) => self.checked = self.data.len(),
            Err(error) if error.error_len().is_none() && !ended => {
                self.checked += error.valid_up_to()
            }
            Err(_) => return Err(NOT_UTF8),
        }
        Ok(())
    }
}

const NOT_UTF8: Violation = Violation::payload("the text is not UTF-8");

pub(super) fn message(text: bool, payload: Bytes) -> Result<Event, Violation> {
    Ok(Event::Message(match text {
        true => Message::Text(Text::try_from(payload).map_err(|_| NOT_UTF8)?),
        false => Message::Binary(payload),
    }))
}
