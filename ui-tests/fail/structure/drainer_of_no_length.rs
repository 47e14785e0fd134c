landfall::endpoint! {
    pub struct Web;
    drainer(shutdown = secs(0));
}

fn main() {}
