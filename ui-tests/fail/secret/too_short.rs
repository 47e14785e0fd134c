landfall::endpoint! {
    pub struct Web;
    secret_key_base = insecure("short", reason = "tests");
}

fn main() {}
