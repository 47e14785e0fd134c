landfall::endpoint! {
    pub struct Web;
    url(host = , port = 80);
}

fn main() {}
