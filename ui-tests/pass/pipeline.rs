use std::convert::Infallible;

use landfall::{Body, Endpoint};
use tower::{layer::layer_fn, service_fn};

async fn hello(_: http::Request<Body>) -> Result<http::Response<Body>, Infallible> {
    Ok(http::Response::new(Body::empty()))
}

landfall::endpoint!({
    pub struct Web;

    plug(layer_fn(|service| service));
    #[cfg(debug_assertions)]
    plug(tower::layer::util::Identity::new());
    service(service_fn(hello));
});

mod elsewhere {
    pub mod framework {
        pub use landfall;
    }

    landfall::endpoint! {
        crate = self::framework::landfall;
        /// Plugs without a service.
        #[derive(Debug)]
        pub struct Bare;
        plug(tower::layer::layer_fn(|service| service));
    }
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    let web = Web::builder().server(false).start().await?;
    let bare = elsewhere::Bare::builder().server(false).start().await?;
    web.shutdown().await?;
    bare.shutdown().await
}
