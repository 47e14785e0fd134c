//! Regular expressions.

use super::Mistake;

/// Checks a regular expression. Without the feature `live-reload`, nothing reads one.
pub(crate) fn check(pattern: &str) -> Result<(), Mistake> {
    #[cfg(feature = "live-reload")]
    if let Err(error) = regex_lite::Regex::new(pattern) {
        return Err(
            Mistake::new(format!("this is not a regular expression: {error}"))
                .help("look-around and `\\p{..}` are not known; a literal dot is `\\.`"),
        );
    }
    let _ = pattern;
    Ok(())
}
