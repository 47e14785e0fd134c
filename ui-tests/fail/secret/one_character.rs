landfall::endpoint! {
    pub struct Web;
    secret_key_base =
        insecure("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", reason = "tests");
}

fn main() {}
