//! Regular expressions.

use super::Mistake;

/// Checks a regular expression. Without the feature `live-reload`, nothing reads one.
pub(crate) fn check(pattern: &str) -> Result<(), Mistake> {
    #[cfg(feature = "live-reload")]
    if let Err(error) = regex_lite::Regex::new(pattern) {
        let error = error.to_string();
        let help = match (error.contains("group"), error.contains("class")) {
            (true, _) => "a literal parenthesis is `\\(` or `\\)`",
            (_, true) => "a literal bracket is `\\[` or `\\]`",
            _ => "look-around and `\\p{..}` are not known; a literal dot is `\\.`",
        };
        return Err(Mistake::new(format!("this is not a regular expression: {error}")).help(help));
    }
    let _ = pattern;
    Ok(())
}
