use landfall::session::{SessionOptions, Sessions};

const SESSION: SessionOptions = SessionOptions::new("_app", "4k9Qz1fw");
const CART: SessionOptions = SessionOptions::new("_app", "9dK2mQ0s");

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    plug(Sessions::new(&SESSION));
    plug(Sessions::new(&CART));
}

fn main() {}
