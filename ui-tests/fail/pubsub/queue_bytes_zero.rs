landfall::endpoint! {
    pub struct Web;
    pubsub(queue_bytes = 0);
}

fn main() {}
