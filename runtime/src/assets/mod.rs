#![doc = include_str!("../docs/assets.md")]

mod embedded;
pub(crate) mod known;
mod lookup;
mod serve;

#[cfg(feature = "digest")]
pub use landfall_assets::{Cleaned, Cleaner, DigestError, Digested, Digester, Encoding, Progress};
pub use landfall_assets::{Entry, InvalidManifest, Manifest};

pub(crate) use self::lookup::Statics;
pub use self::{
    embedded::Embedded,
    lookup::StaticPathError,
    serve::{Static, StaticFuture, StaticService},
};
