landfall::endpoint! {
    pub struct Web;
    url = "https://a.com";
    force_ssl = true;
    pubsub = 1;
}

fn main() {}
