//! The quay as a program. It listens on `PORT`, and ends by SIGTERM.

use std::{env, error::Error};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = env::var("PORT")?.parse()?;
    landfall_tests::quay::start(port)
        .await?
        .wait_for_signal()
        .await?;
    Ok(())
}
