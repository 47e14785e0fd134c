landfall::endpoint! {
    pub struct Web;
    urll(host = "example.com");
}

fn main() {}
