landfall::endpoint! {
    pub struct Web;
    force_ssl(hsts = true);
}

fn main() {}
