landfall::endpoint! {
    pub struct Web;
    url = "https://a.com";
}

fn main() {}
