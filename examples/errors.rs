//! Error pages: those of the application, and those for its developer.
//!
//! ```text
//! cargo run --example errors
//! ```
//!
//! Then open <http://localhost:4000>. A debug build shows the developer what failed. With
//! `--release`, and for clients on other machines, there are the application's own pages. `PORT`
//! chooses another port.

use std::{fmt, num::ParseIntError};

use http::{HeaderValue, Request, Response, StatusCode, header::CONTENT_TYPE};
use landfall::{
    BoxError,
    error_page::{ErrorPage, ErrorView, OrStatus, ProblemJson},
    prelude::*,
};

endpoint! {
    /// The endpoint of the shop.
    struct Shop;

    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));
    render_errors(formats(html = Html, json = ProblemJson));
    debug_errors = cfg!(debug_assertions);
    // What log lines and pages for developers do not show.
    filter_parameters(contains = ["password", "token", "secret", "iban"]);
    service(tower::service_fn(page));
}

/// The application's own pages.
struct Html;

impl ErrorView for Html {
    fn render(&self, page: &ErrorPage<'_>) -> Result<Body, BoxError> {
        let text = match page.status() {
            StatusCode::NOT_FOUND => "There is nothing at this address.",
            status if status.is_client_error() => "We do not understand this request.",
            _ => "Something went wrong. We have been told.",
        };
        Ok(format!(
            "<!doctype html><title>{0}</title><h1>{0}</h1><p>{text}",
            page.reason()
        )
        .into())
    }
}

const HOME: &str = "<!doctype html><title>Shop</title><h1>Shop</h1><ul>
    <li><a href=\"/orders/7\">an order</a>
    <li><a href=\"/orders/seven?iban=DE02\">a number that is none</a>
    <li><a href=\"/stock\">an error with a cause</a>
    <li><a href=\"/panic?token=abc&amp;page=2\">a panic</a>
    <li><a href=\"/nothing\">a page that is not there</a></ul>";

async fn page(request: Request<Body>) -> Result<Response<Body>, BoxError> {
    match request.uri().path() {
        "/" => Ok(html(HOME)),
        "/stock" => Err(NoStock("seven".parse::<u32>().err()).into()),
        "/panic" => Ok(html(price_of(&[19, 5], 2))),
        path => {
            let number = path.strip_prefix("/orders/");
            let number = number.or_status(StatusCode::NOT_FOUND)?;
            let number: u32 = number.parse().or_status(StatusCode::BAD_REQUEST)?;
            Ok(html(format!("<!doctype html><h1>Order {number}</h1>")))
        }
    }
}

fn price_of(prices: &[u32], item: usize) -> String {
    format!("<!doctype html><h1>{} €</h1>", prices[item])
}

fn html(text: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(text.into());
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html);
    response
}

/// The stock cannot be read.
#[derive(Debug)]
struct NoStock(Option<ParseIntError>);

impl fmt::Display for NoStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stock of item 12 cannot be read")
    }
}

impl std::error::Error for NoStock {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.as_ref().map(|error| error as _)
    }
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    tracing_subscriber::fmt().init();
    Shop::start().await?.wait_for_signal().await
}
