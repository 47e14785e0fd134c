landfall::endpoint! {
    server = false;
}

fn main() {}
