landfall::endpoint! {
    pub struct Web;
    http(port = 4000);
    force_ssl(hsts = true);
}

fn main() {}
