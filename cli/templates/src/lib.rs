//! Harbour. `edge.rs` is the way in.

mod edge;
//: only raw
mod lines;
//: end
mod page;
//: only channels
mod room;
//: end
//: only axum
mod router;
//: end
//: only channels
mod user_socket;
//: end

pub use self::edge::Edge;
//: only axum
pub use self::router::router;
//: end
