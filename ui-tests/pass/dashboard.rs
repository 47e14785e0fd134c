use http::request::Parts;
use landfall::{Endpoint, Handle, dashboard::Access};

const PATH: &str = "/admin/dashboard";

fn operator(head: &Parts, handle: &Handle) -> Access {
    Access::basic_auth(head, handle.name(), "tide")
}

fn is_inside(head: &Parts) -> bool {
    head.headers.contains_key("x-inside")
}

landfall::endpoint! {
    pub struct Local;
    dashboard(path = PATH);
}

landfall::endpoint! {
    pub struct Asking;
    dashboard(who_may = operator);
}

landfall::endpoint! {
    pub struct Inside;
    dashboard(path = "/dash", who_may = is_inside);
}

landfall::endpoint! {
    pub struct Closures;
    #[cfg(debug_assertions)]
    dashboard(path = "/dash", who_may = |head| head.uri.path().len() > 3);
    #[cfg(not(debug_assertions))]
    dashboard(path = "/dash", who_may = |head, handle| operator(head, handle));
}

landfall::endpoint! {
    pub struct Both;
    dashboard(path = "/dash", who_may = |head, handle| Access::basic_auth(head, handle.name(), "tide"));
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    let def = <Local as Endpoint>::DEF;
    assert_eq!(def.dashboard.map(|dashboard| dashboard.path), Some(PATH));
    assert!(def.dashboard.is_some_and(|dashboard| dashboard.who_may.is_none()));
    for def in [Asking::DEF, Inside::DEF, Closures::DEF, Both::DEF] {
        assert!(def.dashboard.is_some_and(|dashboard| dashboard.who_may.is_some()));
    }
    let both = Both::builder().server(false).start().await?;
    both.shutdown().await
}
