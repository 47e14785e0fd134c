#![doc = include_str!("../docs/guide/index.md")]
#![cfg_attr(docsrs, doc(auto_cfg = false))]

// Its chapters have no items. Each is a page of text in `docs/guide/`, whose code is compiled and run
// as an example of the documentation.

#[doc = include_str!("../docs/guide/getting_started.md")]
pub mod getting_started {}

#[doc = include_str!("../docs/guide/endpoint.md")]
pub mod endpoint {}

#[doc = include_str!("../docs/guide/sockets.md")]
pub mod sockets {}

#[doc = include_str!("../docs/guide/channels.md")]
pub mod channels {}

#[doc = include_str!("../docs/guide/auth.md")]
pub mod auth {}

#[doc = include_str!("../docs/guide/sessions.md")]
pub mod sessions {}

#[doc = include_str!("../docs/guide/transports.md")]
pub mod transports {}

#[doc = include_str!("../docs/guide/assets.md")]
pub mod assets {}

#[doc = include_str!("../docs/guide/testing.md")]
pub mod testing {}

#[doc = include_str!("../docs/guide/observability.md")]
pub mod observability {}

#[doc = include_str!("../docs/guide/deploying.md")]
pub mod deploying {}

#[doc = include_str!("../docs/guide/security.md")]
pub mod security {}

#[doc = include_str!("../docs/guide/performance.md")]
pub mod performance {}

#[doc = include_str!("../docs/guide/coming_from_phoenix.md")]
pub mod coming_from_phoenix {}

#[doc = include_str!("../docs/guide/phoenix_1_8.md")]
pub mod phoenix_1_8 {}

#[doc = include_str!("../docs/guide/coming_from_axum.md")]
pub mod coming_from_axum {}

#[doc = include_str!("../docs/guide/upgrading.md")]
pub mod upgrading {}
