//: only tower
use std::io::{IsTerminal, stdout};

use harbour::Edge;

use landfall::Endpoint;

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    let colours = stdout().is_terminal();
    tracing_subscriber::fmt().with_ansi(colours).init();
    Edge::start().await?.wait_for_signal().await
}
//: end
//: only axum
use std::{
    env,
    io::{IsTerminal, stdout},
    net::SocketAddr,
};

use harbour::{Edge, router};

use landfall::Endpoint;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let colours = stdout().is_terminal();
    tracing_subscriber::fmt().with_ansi(colours).init();
    let ip = env::var("IP").unwrap_or("127.0.0.1".to_owned());
    let port = env::var("PORT").unwrap_or("4000".to_owned());

    let edge = Edge::start().await?;
    let router = router(edge.service());
    let listener = TcpListener::bind((ip, port.parse()?)).await?;
    println!("http://localhost:{}", listener.local_addr()?.port());

    // Sockets know their peer by it.
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        // axum does not know the connections of sockets: the endpoint ends them.
        .with_graceful_shutdown(async move {
            if let Err(error) = edge.wait_for_signal().await {
                eprintln!("the endpoint did not stop cleanly: {error}");
            }
        })
        .await?;
    Ok(())
}
//: end
