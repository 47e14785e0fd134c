#![doc = include_str!("docs.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod manifest;

#[cfg(feature = "digest")]
mod clean;
#[cfg(feature = "digest")]
mod digester;
#[cfg(feature = "digest")]
mod files;

pub use self::manifest::{Entry, InvalidManifest, Manifest};
#[cfg(feature = "digest")]
pub use self::{
    clean::{Cleaned, Cleaner},
    digester::{Digested, Digester, Encoding, Progress},
    files::DigestError,
};
