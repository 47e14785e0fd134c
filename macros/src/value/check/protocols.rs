//! Subprotocols and serializers.

use syn::Expr;

use super::Check;
use crate::language::expr;

impl Check<'_> {
    pub(super) fn subprotocols(&mut self, value: &Expr) {
        if let Some(text) = expr::text(value) {
            self.diag
                .push(value, "`subprotocols` takes a list")
                .help(format!("write `subprotocols = [{:?}]`", text.value()));
            return;
        }
        let Some(elements) = expr::list(value) else {
            return;
        };
        if elements.is_empty() {
            self.diag
                .push(
                    value,
                    "an empty list refuses every client that offers a subprotocol",
                )
                .help("leave `subprotocols` out to ignore what clients offer");
        }
        let mut seen: Vec<String> = Vec::new();
        for element in elements {
            let Some(text) = expr::text(element) else {
                continue;
            };
            let token = text.value();
            if token.is_empty() || !token.bytes().all(is_token_byte) {
                let is_wrong = |char: char| !u8::try_from(char).is_ok_and(is_token_byte);
                self.diag
                    .push(element, format!("{token:?} is not a token (RFC 9110)"))
                    .within(&token, token.matches(is_wrong).next().unwrap_or(&token))
                    .help("letters, digits and any of !#$%&'*+-.^_`|~");
            } else if seen.contains(&token) {
                self.diag
                    .push(element, format!("{token:?} is listed twice"))
                    .help("remove one of them");
            }
            seen.push(token);
        }
    }

    pub(super) fn serializers(&mut self, value: &Expr) {
        const FORM: &str = "write `serializers = [(V2, \"~> 2.0.0\")]`";
        let name = self.name;
        if let Some(literal) = expr::literal_name(value) {
            self.diag
                .push(value, format!("`{name}` takes a list, this is {literal}"))
                .help(FORM);
        }
        let Some(elements) = expr::list(value) else {
            return;
        };
        if elements.is_empty() {
            self.diag
                .push(value, "without a serializer no client could connect")
                .help(FORM);
        }
        for element in elements {
            let pair = match element {
                Expr::Tuple(pair) => pair.elems.len() == 2,
                _ => expr::literal(element).is_none(),
            };
            if !pair {
                self.diag
                    .push(
                        element,
                        "a serializer stands with the versions that it is for",
                    )
                    .help(FORM);
            }
        }
    }
}

/// Whether it is a token (RFC 9110 §5.6.2).
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
