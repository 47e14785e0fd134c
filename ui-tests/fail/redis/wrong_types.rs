landfall::endpoint! {
    pub struct Web;
    pubsub(redis(
        url = 6379,
        username = true,
        password = 1234,
        tls = true,
        wire = erlang,
        compression = "strong",
    ));
}

landfall::endpoint! {
    pub struct Spread;
    pubsub(redis(cluster = "redis://10.0.0.1", tls(ca = 5, cert = false, key = 5), wire = phoenx));
}

landfall::endpoint! {
    pub struct Watched;
    pubsub(redis(sentinel(master = 5, nodes = 26379, username = 1, password = true)));
}

landfall::endpoint! {
    pub struct Whole;
    pubsub(redis = "redis://localhost");
}

fn main() {}
