const URL: &str = "redis://localhost";

landfall::endpoint! {
    pub struct Web;
    pubsub(redis(url = "redis://:hunter2@localhost", password = "hunter2"));
}

landfall::endpoint! {
    pub struct Spread;
    pubsub(redis(
        cluster = ["redis://10.0.0.1", "rediss://chat:hunter2@10.0.0.2"],
        password = env("REDIS_PASSWORD").or("hunter2"),
    ));
}

landfall::endpoint! {
    pub struct Watched;
    pubsub(redis(sentinel(
        master = "chat",
        nodes = env("SENTINELS").or(["redis://:hunter2@10.0.0.1"]),
        password = "hunter2",
    )));
}

landfall::endpoint! {
    pub struct Right;
    pubsub(redis(url = URL, password = insecure("hunter2", reason = "a test")));
}

fn main() {}
