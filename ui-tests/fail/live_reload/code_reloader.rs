landfall::endpoint! {
    pub struct Web;
    code_reloader = true;
}

fn main() {}
