landfall::endpoint! {
    pub struct Web;
    pubsub_server = MyApp;
    code_reloader = true;
    adapter = Bandit;
    handler = Bandit;
    root = "priv";
    secret = "x";
    log_access_url = "debug";
}

fn main() {}
