landfall::endpoint! {
    pub struct Web;
    url(scheme = "htps", port = 443);
}

fn main() {}
