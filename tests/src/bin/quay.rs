//! The quay as a program: `PORT` is where it listens. It ends by SIGTERM.

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
