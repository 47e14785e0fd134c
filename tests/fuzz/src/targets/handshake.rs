//! The upgrade: what is agreed on was offered, and what is accepted is an upgrade by a second look
//! at the headers.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use http::{HeaderName, HeaderValue, Request, header, request::Parts};
use landfall::fuzzing;

use crate::input::Input;

const OURS: &[&str] = &["mqtt", "sip", "phoenix"];

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let flags = input.byte();
    let ours = (flags & 1 != 0).then_some(OURS);
    let auth_token = flags & 2 != 0;
    let parts = request(input.0, flags & 4 != 0);
    let found = fuzzing::handshake(&parts, ours, auth_token);
    if let Some(accept) = &found.accept {
        assert!(is_upgrade(&parts), "accepted");
        assert_eq!(accept.len(), 28);
    }
    if let Some((subprotocol, token)) = found.agreed {
        let offered = values(&parts, header::SEC_WEBSOCKET_PROTOCOL);
        if let Some(subprotocol) = subprotocol {
            assert!(
                OURS.contains(&subprotocol) && offered.iter().any(|offer| offer == subprotocol)
            );
        }
        if let Some(token) = token {
            assert!(auth_token);
            let encoded = BASE64URL_NOPAD.encode(token.as_bytes());
            let plain = |offer: &str| {
                offer
                    .trim_end_matches('=')
                    .replace('+', "-")
                    .replace('/', "_")
            };
            // The last character may carry bits that mean nothing.
            let length = encoded.len().saturating_sub(1);
            assert!(offered.iter().any(|offer| {
                let sent = offer.strip_prefix("base64url.bearer.phx.").map(plain);
                sent.is_some_and(|sent| {
                    sent.len() == encoded.len() && sent.get(..length) == encoded.get(..length)
                })
            }));
        }
    }
    if let Some(answer) = found.extensions {
        again(&parts, answer);
    }
}

/// An answer is also a valid offer, and answers itself. Each of its parameters was offered.
fn again(parts: &Parts, answer: HeaderValue) {
    let text = answer.to_str().expect("text").to_owned();
    let offered = values(parts, header::SEC_WEBSOCKET_EXTENSIONS)
        .join(",")
        .to_ascii_lowercase();
    for parameter in text
        .split(';')
        .map(|part| part.split('=').next().unwrap_or_default())
    {
        assert!(offered.contains(parameter), "{parameter} was not offered");
    }
    let mut second = Request::new(()).into_parts().0;
    second
        .headers
        .insert(header::SEC_WEBSOCKET_EXTENSIONS, answer);
    let found = fuzzing::handshake(&second, None, false).extensions;
    assert_eq!(found.expect("acceptable"), text);
}

/// Header lines; those of a good upgrade first, if wanted.
fn request(lines: &[u8], good: bool) -> Parts {
    let mut parts = Request::new(()).into_parts().0;
    let good = good.then_some(
        &b"connection: upgrade\nupgrade: websocket\nsec-websocket-version: 13\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="[..],
    );
    for line in good
        .into_iter()
        .chain([lines])
        .flat_map(|lines| lines.split(|byte| *byte == b'\n'))
    {
        let mut halves = line.splitn(2, |byte| *byte == b':');
        let (Some(name), Some(value)) = (halves.next(), halves.next()) else {
            continue;
        };
        let value = value.trim_ascii();
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            parts.headers.append(name, value);
        }
    }
    parts
}

fn values(parts: &Parts, name: HeaderName) -> Vec<String> {
    let lines = parts.headers.get_all(name);
    let lines = lines
        .into_iter()
        .map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
    lines
        .flat_map(|line| {
            line.split(',')
                .map(|part| part.trim().to_owned())
                .collect::<Vec<_>>()
        })
        .collect()
}

/// RFC 6455 §4.2.1.
fn is_upgrade(parts: &Parts) -> bool {
    let has = |name, token: &str| {
        values(parts, name)
            .iter()
            .any(|own| own.eq_ignore_ascii_case(token))
    };
    let key = match values(parts, header::SEC_WEBSOCKET_KEY).as_slice() {
        [key] => BASE64
            .decode(key.as_bytes())
            .is_ok_and(|key| key.len() == 16),
        _ => false,
    };
    has(header::CONNECTION, "upgrade")
        && has(header::UPGRADE, "websocket")
        && values(parts, header::SEC_WEBSOCKET_VERSION) == ["13"]
        && key
}
