landfall::endpoint! {
    pub struct Web;
    http(idle_timeout = 60);
}

fn main() {}
