use http::request::Parts;

fn operator(_: &Parts) -> &'static str {
    "ann"
}

landfall::endpoint! {
    pub struct Everybody;
    dashboard(path = "dashboard", who_may = true);
}

landfall::endpoint! {
    pub struct Somebody;
    dashboard(path = 4000, who_may = "ann");
}

landfall::endpoint! {
    pub struct Nobody;
    dashboard(path = "/dash", who_may = || false);
}

landfall::endpoint! {
    pub struct Ann;
    dashboard(who_may = operator);
}

fn main() {}
