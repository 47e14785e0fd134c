//! Which parameters pages and log lines show.

use landfall::{
    Running,
    config::{FilterParameters, Settings},
    error_page::ErrorPage,
    prelude::*,
    testing,
};

use crate::{
    log::{lines, log},
    site::{CANARY, Picky},
};

endpoint! {
    struct Contains;

    filter_parameters(contains = ["iban"]);
    render_errors(formats(html = |page| Ok(shown(page).into())));
    secret_key_base = format!("{CANARY}{}", "x".repeat(64));
    socket("/filtered/:id", Picky, longpoll);
}

endpoint! {
    struct Keeps;

    filter_parameters(keep = ["id", "page"]);
    render_errors(formats(html = |page| Ok(shown(page).into())));
    secret_key_base = format!("{CANARY}{}", "x".repeat(64));
    socket("/kept/:id", Picky, longpoll);
}

fn shown(page: &ErrorPage<'_>) -> String {
    let header = |name: &str| page.headers().get(name).map(|value| value.to_str());
    let query = page.query().unwrap_or_default();
    format!("{query} {:?} {:?}", header("x-iban"), header("x-password"))
}

const QUERY: &str = "/x?id=1&my_IBAN=2&password=3&user[iban]=4&page[iban]=5";

async fn ask(request: testing::Request) -> String {
    let request = request.header("x-iban", "6").header("x-password", "7");
    request.await.text().to_owned()
}

#[tokio::test]
async fn pages_show_no_filtered_parameter() {
    let site = testing::start::<Contains>().await;
    assert_eq!(
        ask(site.get(QUERY)).await,
        "id=1&my_IBAN=[FILTERED]&password=3&user[iban]=[FILTERED]&page[iban]=[FILTERED] \
         Some(Ok(\"[FILTERED]\")) Some(Ok(\"7\"))"
    );
    let site = testing::start::<Keeps>().await;
    assert_eq!(
        ask(site.get(QUERY)).await,
        "id=1&my_IBAN=[FILTERED]&password=[FILTERED]&user[iban]=[FILTERED]&page[iban]=5 \
         Some(Ok(\"6\")) Some(Ok(\"[FILTERED]\"))"
    );
}

#[tokio::test]
async fn log_lines_show_no_filtered_parameter() {
    log();
    let site = testing::start::<Contains>().await;
    let connect = site.connect("/filtered/1").param("my_iban", CANARY);
    let connect = connect
        .param("user[name]", "ann")
        .param("user[iban]", CANARY);
    connect.await.expect_err("nobody enters");
    let line = lines("my_iban").concat();
    assert!(line.contains(r#""my_iban": "[FILTERED]""#), "{line}");
    let nested = r#""user": {"iban": "[FILTERED]", "name": "ann"}"#;
    assert!(line.contains(nested), "{line}");
    let site = testing::start::<Keeps>().await;
    let connect = site.connect("/kept/2").param("kept_not", CANARY);
    let connect = connect.param("page[name]", "ann");
    connect.await.expect_err("nobody enters");
    let line = lines("kept_not").concat();
    let all = r#"{"id": "2", "kept_not": "[FILTERED]", "page": {"name": "ann"}"#;
    assert!(line.contains(all), "{line}");
    assert!(!log().text().contains(CANARY));
}

#[tokio::test]
async fn a_reload_changes_what_is_shown() {
    let web = Contains::start().await.expect("it starts");
    let shown = |web: &Running<Contains>| web.config().filter_parameters.contains.clone();
    assert!(shown(&web).iter().eq(["iban"]));
    let other = |settings: &mut Settings| {
        settings.filter_parameters = FilterParameters {
            contains: landfall::config::Setting::given(["bic"]),
            ..FilterParameters::DEFAULT
        };
    };
    web.reload_with(other).await.expect("it is live");
    assert!(shown(&web).iter().eq(["bic"]));
    web.shutdown().await.expect("it stops");
}
