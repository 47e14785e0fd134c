landfall::endpoint! {
    pub struct Web;
    secret_key_base = env!("SECRET_KEY_BASE");
}

landfall::endpoint! {
    pub struct Other;
    secret_key_base = include_str!("secret.txt").trim();
}

fn main() {}
