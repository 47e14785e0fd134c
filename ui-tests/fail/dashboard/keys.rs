landfall::endpoint! {
    pub struct Web;
    dashboard(path = "/dash", who_can = |_| true);
}

landfall::endpoint! {
    pub struct Short;
    dashboard("/dash");
}

landfall::endpoint! {
    pub struct Value;
    dashboard = true;
}

landfall::endpoint! {
    pub struct Late;
    dashboard(path = env("DASHBOARD"));
}

fn main() {}
