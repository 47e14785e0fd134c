landfall::endpoint! {
    pub struct Web;
    url(host = "münchen.de");
}

fn main() {}
