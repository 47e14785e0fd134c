landfall::endpoint! {
    pub struct Web;
    url(path = "/api/");
}

fn main() {}
