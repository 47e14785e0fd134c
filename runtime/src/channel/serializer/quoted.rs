//! Strings as JSON.

/// Appends a JSON string.
pub(super) fn push_string(out: &mut String, text: &str) {
    // The loop has no early exit, so that several bytes are compared at once.
    if text
        .bytes()
        .fold(false, |found, byte| found | needs_escape(byte))
    {
        // Writing a string to a string cannot fail.
        out.push_str(&serde_json::to_string(text).unwrap_or_default());
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

/// The length as a JSON string. A lower bound if the text needs escapes.
pub(super) fn string_len(text: &str) -> usize {
    text.len() + 2
}

fn needs_escape(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}
