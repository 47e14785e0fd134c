//! Who may see pages for developers.

use crate::{
    arrival,
    error_page::{DebugErrors, Head},
};

/// Whether the client of a request may see a page for developers.
pub(in crate::error_page) fn may_see(declared: DebugErrors, head: &Head) -> bool {
    match declared {
        DebugErrors::Off => false,
        DebugErrors::Everyone => true,
        DebugErrors::Local => arrival::is_local(head.peer, &head.uri, &head.headers),
    }
}
