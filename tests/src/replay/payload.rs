//! Payloads of frames and bodies, in the form of recordings.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::case::{LeftOut, text};

/// How a long message of a channel may end, after the character that it repeats.
const ENDS: [&str; 4] = [
    r#""}]"#,
    r#""},"status":"ok"}]"#,
    r#""},"ref":"2","join_ref":"1"}"#,
    r#""},"status":"ok"},"ref":"2","topic":"room:lobby"}"#,
];

pub(super) fn read(json: Option<&Value>) -> Result<Vec<u8>, LeftOut> {
    match json {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(text.clone().into_bytes()),
        Some(object) => match object.get("hex").and_then(Value::as_str) {
            Some(digits) => hex(digits),
            None => long(object).ok_or_else(digest),
        },
    }
}

/// Makes a long payload again that was kept as length and start, if it repeats one character.
fn long(object: &Value) -> Option<Vec<u8>> {
    let length = usize::try_from(object["length"].as_u64()?).ok()?;
    let start = text(object, "starts_with");
    let last = *start.as_bytes().last()?;
    if start.bytes().all(|byte| byte == last) {
        return Some(vec![last; length]);
    }
    ENDS.into_iter().find_map(|end| {
        let mut bytes = start.clone().into_bytes();
        bytes.resize(length.checked_sub(end.len())?, last);
        bytes.extend_from_slice(end.as_bytes());
        let sum = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
        (sum == object["sha256"]).then_some(bytes)
    })
}

/// The content of a file of the peer's site, or of its compressed sibling. A mount is stripped.
pub(super) fn file(target: &str, encoded: bool) -> String {
    let path = target.split('?').next().unwrap_or_default();
    let mounted = ["/gz/", "/br/", "/enc/"]
        .iter()
        .find_map(|mount| path.strip_prefix(mount));
    let name = mounted.unwrap_or(path.trim_start_matches('/'));
    let extension = if encoded { ".gz" } else { "" };
    let file = format!(
        "{}/src/peer/site/{name}{extension}",
        env!("CARGO_MANIFEST_DIR")
    );
    String::from_utf8_lossy(&std::fs::read(file).unwrap_or_default()).into_owned()
}

pub(super) fn digest() -> LeftOut {
    LeftOut("content kept as a digest only".to_owned())
}

pub(super) fn hex(digits: &str) -> Result<Vec<u8>, LeftOut> {
    let byte = |start: usize| {
        digits
            .get(start..start + 2)
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
    };
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
    bytes.ok_or_else(|| LeftOut(format!("`{digits}` is not hexadecimal")))
}
