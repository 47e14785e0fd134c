landfall::endpoint! {
    pub struct Web;
    http(idle_timeout = secs(0));
}

fn main() {}
