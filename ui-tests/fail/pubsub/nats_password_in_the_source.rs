landfall::endpoint! {
    pub struct Web;
    pubsub(nats(user = "ship", password = "secret"));
}

fn main() {}
