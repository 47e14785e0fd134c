//! A server that ends by SIGTERM, or by a second one at once. `PORT` is where it listens.

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    landfall_tests::moored::serve().await
}
