landfall::endpoint! {
    pub struct Web;
    pubsub(nats(user = "ship", password = env("NATS_PASSWORD"), token = env("NATS_TOKEN")));
}

fn main() {}
