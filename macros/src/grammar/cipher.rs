//! The names of cipher suites, as IANA registers them.

use super::{Mistake, spelling};

/// What TLS 1.3 and TLS 1.2 may use here; those of TLS 1.3 come first.
const SUITES: [&str; 9] = [
    "TLS_AES_256_GCM_SHA384",
    "TLS_AES_128_GCM_SHA256",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

/// Checks the name of a cipher suite.
pub(crate) fn check(name: &str) -> Result<(), Mistake> {
    if SUITES.contains(&name) {
        return Ok(());
    }
    let mistake = Mistake::new(format!(
        "{name:?} is not a cipher suite that is spoken here"
    ));
    let meant = SUITES
        .into_iter()
        .find(|suite| same(name, suite))
        .or_else(|| spelling::did_you_mean(name, SUITES));
    Err(match meant {
        Some(meant) => mistake.help(format!("did you mean `\"{meant}\"`?")),
        None => mistake.help(format!("one of {}", spelling::list(SUITES))),
    })
}

/// Whether a name is OpenSSL's for a suite, such as `ECDHE-RSA-AES128-GCM-SHA256`, or another way
/// to write it.
fn same(name: &str, suite: &str) -> bool {
    let bare = |text: &str| {
        let text = text.to_ascii_lowercase().replace("with", "");
        let text: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        let text = text.strip_prefix("tls13").unwrap_or(&text);
        text.strip_prefix("tls").unwrap_or(text).to_owned()
    };
    let (name, suite) = (bare(name), bare(suite));
    // OpenSSL leaves the hash out where there is one only.
    name == suite || suite.strip_suffix("sha256") == Some(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_are_translated() {
        let help = |name| check(name).map_err(|mistake| mistake.help.concat());
        for suite in SUITES {
            assert_eq!(help(suite), Ok(()));
        }
        for (name, meant) in [
            (
                "ECDHE-RSA-AES128-GCM-SHA256",
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            ),
            (
                "ECDHE-ECDSA-AES256-GCM-SHA384",
                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            ),
            (
                "ECDHE-RSA-CHACHA20-POLY1305",
                "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            ),
            ("TLS13_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"),
            ("tls_aes_256_gcm_sha384", "TLS_AES_256_GCM_SHA384"),
            ("TLS_AES_128_GCM_SHA265", "TLS_AES_128_GCM_SHA256"),
        ] {
            assert_eq!(
                help(name),
                Err(format!("did you mean `\"{meant}\"`?")),
                "{name}"
            );
        }
        for name in ["", "RC4-MD5", "AES128-SHA", "ECDHE-RSA-AES128-SHA"] {
            let help = help(name).err().unwrap_or_default();
            assert!(help.starts_with("one of `TLS_AES_256"), "{name}: {help}");
        }
    }
}
