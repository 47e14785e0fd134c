use landfall_ui_tests::EchoSocket;

const NONE: usize = 0;

fn batch() -> usize {
    10
}

landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, drainer(batch_size = env("batch size"), shutdown = env("TIME").or("5s"), log = env("LOG").or(loud)));
    socket("/b", EchoSocket, drainer(batch_size = env("BATCH").or(0)));
}

landfall::endpoint! {
    pub struct Typed;
    socket("/a", EchoSocket, drainer(batch_interval = batch()));
    socket("/b", EchoSocket, drainer(batch_size = NONE));
}

fn main() {}
