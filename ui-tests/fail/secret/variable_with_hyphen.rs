landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("secret-key");
}

fn main() {}
