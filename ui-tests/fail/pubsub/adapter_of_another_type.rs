landfall::endpoint! {
    pub struct Web;
    pubsub(adapter = String::new());
}

fn main() {}
