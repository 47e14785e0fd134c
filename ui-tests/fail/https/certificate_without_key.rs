landfall::endpoint! {
    pub struct Web;
    https(certfile = "a.pem");
}

fn main() {}
