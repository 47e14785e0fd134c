landfall::endpoint! {
    pub struct Web;
    url(scheme = "https", host = "a.com");
}

fn main() {}
