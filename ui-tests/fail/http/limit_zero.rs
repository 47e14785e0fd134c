landfall::endpoint! {
    pub struct Web;
    http(max_headers = 0);
}

fn main() {}
