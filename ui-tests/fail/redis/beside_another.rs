use landfall::pubsub::adapter::InProcess;

landfall::endpoint! {
    pub struct Web;
    pubsub(adapter = InProcess::new(), redis(url = env("REDIS_URL")));
}

landfall::endpoint! {
    pub struct Both;
    pubsub(redis(url = env("REDIS_URL")), nats(url = env("NATS_URL")), adapter = InProcess::new());
}

landfall::endpoint! {
    pub struct Once;
    pubsub(redis = false, adapter = InProcess::new());
}

fn main() {}
