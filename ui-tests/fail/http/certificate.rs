landfall::endpoint! {
    pub struct Web;
    http(certfile = "a.pem");
}

fn main() {}
