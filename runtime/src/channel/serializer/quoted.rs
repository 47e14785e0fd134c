//! Strings as JSON.

/// Appends a JSON string.
pub(super) fn push_string(out: &mut String, text: &str) {
    if needs_escapes(text) {
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

/// Texts from this length on are compared several bytes at once, which shorter ones are not worth.
const LONG: usize = 32;

fn needs_escapes(text: &str) -> bool {
    let mut bytes = text.bytes();
    if text.len() < LONG {
        return bytes.any(|byte| !is_plain(byte));
    }
    // The loop has no early exit, so that several bytes are compared at once.
    bytes.fold(false, |found, byte| {
        found | (byte < 0x20) | (byte == b'"') | (byte == b'\\')
    })
}

/// Whether a byte stands for itself in a JSON string.
pub(super) fn is_plain(byte: u8) -> bool {
    IS_PLAIN[usize::from(byte)]
}

const IS_PLAIN: [bool; 256] = {
    let (mut table, mut byte) = ([false; 256], 0);
    while byte < table.len() {
        table[byte] = byte >= 0x20 && byte != b'"' as usize && byte != b'\\' as usize;
        byte += 1;
    }
    table
};
