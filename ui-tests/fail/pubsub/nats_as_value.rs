landfall::endpoint! {
    pub struct Web;
    pubsub(nats = "nats://localhost");
}

fn main() {}
