landfall::endpoint! {
    pub struct Web;
    url(host = "a.com", , port = 80);
}

fn main() {}
