use landfall::prelude::*;

pub struct App;

endpoint! {
    struct Web;
    state = App;
}

endpoint! {
    #[allow(deprecated)]
    struct Plain;
}

async fn start() -> Result<(), landfall::Error> {
    Web::start().await?;
    Plain::start(App).await?;
    <Web as Endpoint>::start().await?;
    Ok(())
}

fn main() {}
