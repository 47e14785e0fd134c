landfall::endpoint! {
    pub struct Text;
    pubsub(adapter = "redis");
}

landfall::endpoint! {
    pub struct Variable;
    pubsub(adapter = env("BROKER"));
}

landfall::endpoint! {
    pub struct Two;
    pubsub(adapter = |state, edge| state.broker());
}

fn main() {}
