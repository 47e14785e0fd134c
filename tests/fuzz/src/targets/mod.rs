//! One target a file.

pub(crate) mod binary;
pub(crate) mod frames;
pub(crate) mod handshake;
pub(crate) mod inflate;
mod json;
pub(crate) mod letters;
pub(crate) mod ndjson;
pub(crate) mod origins;
pub(crate) mod paths;
pub(crate) mod phoenix;
pub(crate) mod presence;
pub(crate) mod query;
pub(crate) mod tokens;
pub(crate) mod v1;
pub(crate) mod v2;
