use landfall::prelude::*;

endpoint! {
    struct Chat;
    state = env("APP");
}

fn main() {}
