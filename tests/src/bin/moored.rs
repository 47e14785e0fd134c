//! A server that ends by SIGTERM. A second SIGTERM ends it at once. It listens on `PORT`.

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    landfall_tests::moored::serve().await
}
