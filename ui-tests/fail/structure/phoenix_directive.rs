landfall::endpoint! {
    pub struct Web;
    pubsub_server = PubSub;
}

fn main() {}
