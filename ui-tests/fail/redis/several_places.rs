landfall::endpoint! {
    pub struct Web;
    pubsub(redis(
        url = env("REDIS_URL"),
        cluster = env("REDIS_NODES"),
        sentinel(master = "chat", nodes = env("SENTINELS")),
    ));
}

landfall::endpoint! {
    pub struct Once;
    pubsub(redis(url = env("REDIS_URL"), sentinel = false));
}

fn main() {}
