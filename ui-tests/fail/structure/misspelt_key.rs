landfall::endpoint! {
    pub struct Web;
    url(hots = "a.com");
}

fn main() {}
