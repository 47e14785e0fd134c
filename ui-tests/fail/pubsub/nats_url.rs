landfall::endpoint! {
    pub struct Web;
    pubsub(nats(url = ["http://localhost:4222", 4222, "nats://ship:secret@localhost"]));
}

fn main() {}
