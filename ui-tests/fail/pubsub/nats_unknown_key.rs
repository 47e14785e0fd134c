landfall::endpoint! {
    pub struct Web;
    pubsub(nats(servers = ["nats://localhost"], passwrd = env("NATS_PASSWORD")));
}

fn main() {}
