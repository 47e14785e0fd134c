landfall::endpoint! {
    pub struct Web;
    https(port = 4443);
    force_ssl(expires = 0);
}

fn main() {}
