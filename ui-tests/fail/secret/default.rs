landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET").or("dev");
}

fn main() {}
