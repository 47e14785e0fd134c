use landfall::prelude::*;

endpoint! {
    struct Chat;
    crate = env("LANDFALL").or("landfall");
}

fn main() {}
