landfall::endpoint! {
    pub struct Web;
    http(ip = [0, 0, 0]);
}

fn main() {}
