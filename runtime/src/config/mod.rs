//! Configuration: stub.

/// Findings.
#[derive(Debug)]
pub struct ConfigErrors;

impl std::fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("")
    }
}
