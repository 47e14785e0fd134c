landfall::endpoint! {
    pub struct Web;
    trusted_proxys = ["10.0.0.1"];
}

fn main() {}
