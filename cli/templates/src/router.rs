//! The pages: axum's router, with the endpoint at `/rt`.

use axum::{Router, extract::State, routing::get};
use landfall::{Handle, endpoint::EndpointService};

use crate::page::page;

/// All that the application serves. The endpoint has its sockets and static files below `/rt`.
pub fn router(edge: EndpointService) -> Router {
    let handle = edge.handle().clone();
    Router::new()
        .route("/", get(page))
        .route("/count", get(count))
        .nest_service("/rt", edge)
        .with_state(handle)
}

/// How many sockets are open: any handler can reach the endpoint.
async fn count(State(edge): State<Handle>) -> String {
    format!("{} sockets\n", edge.stats().connections)
}
