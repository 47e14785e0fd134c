landfall::endpoint! {
    pub struct Web;
    telemetry(on = true);
}

fn main() {}
