landfall::endpoint! {
    pub struct Web;
    pubsub(nats(url = []));
}

fn main() {}
