//! What pages of the documentation show besides Rust.

use std::{fs, path::Path};

/// The text of a page: its name below `docs`, such as `guide/deploying`.
///
/// # Panics
/// When there is no such page.
pub fn text(page: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src/docs");
    fs::read_to_string(docs.join(format!("{page}.md"))).expect("a page of the documentation")
}

/// All blocks of a page in this language.
///
/// # Panics
/// When there are none.
pub fn blocks(page: &str, language: &str) -> Vec<String> {
    let begin = format!("\n```{language}\n");
    let text = text(page);
    let blocks = text.split(&begin).skip(1);
    let blocks: Vec<_> = blocks
        .map(|block| block.split("\n```").next().unwrap_or_default().to_owned() + "\n")
        .collect();
    assert!(!blocks.is_empty(), "{page} has a block of {language}");
    blocks
}

/// The block of a page in a language of which it has one.
///
/// # Panics
/// When there is none, or another.
pub fn block(page: &str, language: &str) -> String {
    let mut blocks = blocks(page, language);
    assert_eq!(blocks.len(), 1, "{page} has one block of {language}");
    blocks.swap_remove(0)
}
