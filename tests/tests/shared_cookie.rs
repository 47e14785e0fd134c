//! Two endpoints of a process with sessions in one cookie.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use landfall::{prelude::*, session::SessionOptions};
use landfall_tests::logged::Log;

const SECRET: &str = "a secret of 64 bytes for a site that is there for its tests only.";
const SHOP: SessionOptions = SessionOptions::new("_session", "of the shop");
const BLOG: SessionOptions = SessionOptions::new("_session", "of the blog");
const NEWS: SessionOptions = SessionOptions {
    path: "/news",
    ..SessionOptions::new("_session", "of the news")
};

struct Anybody;

#[socket]
impl Anybody {
    async fn connect() -> Result<Self, Refused> {
        Ok(Anybody)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

macro_rules! site {
    ($name:ident, $session:ident) => {
        endpoint! {
            struct $name;
            secret_key_base = SECRET;
            #[allow(deprecated, reason = "it is about the cookie")]
            socket("/socket", Anybody, websocket(connect_info = [session($session)]));
        }
    };
}

site!(Shop, SHOP);
site!(Checkout, SHOP);
site!(Blog, BLOG);
site!(News, NEWS);

#[tokio::test]
async fn is_told_once_where_it_is_no_purpose() {
    let log = Log::default();
    let logged = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || logged.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let told = || log.take().matches("keep different sessions").count();

    let shop = Shop::builder().server(false).start().await.unwrap();
    let checkout = Checkout::builder().server(false).start().await.unwrap();
    let news = News::builder().server(false).start().await.unwrap();
    assert_eq!(told(), 0);

    let blog = Blog::builder().server(false).start().await.unwrap();
    let text = log.text();
    let expected = "`Blog` and `Shop` keep different sessions in the cookie `_session`";
    assert!(text.contains(expected), "{text}");
    assert_eq!(told(), 1);
    blog.shutdown().await.unwrap();
    let blog = Blog::builder().server(false).start().await.unwrap();
    assert_eq!(told(), 0);

    for endpoint in [
        shop.shutdown().await,
        checkout.shutdown().await,
        news.shutdown().await,
        blog.shutdown().await,
    ] {
        endpoint.unwrap();
    }
}
