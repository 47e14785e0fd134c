landfall::endpoint! {
    pub struct Web;
    static_url(manifest = "a.json");
}

fn main() {}
