use http::StatusCode;
use landfall::{
    BoxError, Body, Endpoint,
    error_page::{ErrorPage, ErrorView, ProblemJson, StatusText},
};

struct Pages(&'static str);

impl Pages {
    const fn of(title: &'static str) -> Self {
        Pages(title)
    }
}

impl ErrorView for Pages {
    fn render(&self, _: &ErrorPage<'_>) -> Result<Body, BoxError> {
        Ok(self.0.into())
    }
}

const PLAIN: StatusText = StatusText;

fn xml(page: &ErrorPage<'_>) -> Result<Body, BoxError> {
    Ok(format!("<error>{}</error>", page.reason()).into())
}

landfall::endpoint! {
    pub struct Web;
    render_errors(
        formats(
            html = Pages::of("site"),
            json = ProblemJson,
            text = PLAIN,
            xml = xml,
            ics("text/calendar") = |page| Ok(page.reason().into()),
        ),
        status = |error| error.is::<std::io::Error>().then_some(StatusCode::BAD_GATEWAY),
        log = false,
    );
    debug_errors = cfg!(debug_assertions);
}

landfall::endpoint! {
    pub struct Open;
    #[cfg(debug_assertions)]
    debug_errors = insecure(true, reason = "a container without a network");
    #[cfg(not(debug_assertions))]
    debug_errors = false;
    render_errors(log = debug);
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    let web = Web::builder().server(false).start().await?;
    let open = Open::builder().server(false).start().await?;
    web.shutdown().await?;
    open.shutdown().await
}
