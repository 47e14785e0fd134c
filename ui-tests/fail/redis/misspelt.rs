landfall::endpoint! {
    pub struct Web;
    pubsub(redis(urll = "redis://localhost", pasword = env("PASSWORD"), tsl(ca = "ca.pem")));
}

landfall::endpoint! {
    pub struct Spread;
    pubsub(redis(clusters = env("NODES"), tls(cca = "ca.pem"), compresion = 6, sentry()));
}

landfall::endpoint! {
    pub struct Watched;
    pubsub(redis(sentinel(mastr = "chat", node = env("NODES"), user = "chat")));
}

fn main() {}
