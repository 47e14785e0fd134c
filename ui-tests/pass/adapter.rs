use landfall::{Endpoint, pubsub::adapter::InProcess};

pub struct App {
    broker: InProcess,
}

landfall::endpoint! {
    pub struct OfTheState;
    state = App;
    pubsub(adapter = |app| app.broker.clone(), name = "cluster", required = false);
}

landfall::endpoint! {
    pub struct OfAnExpression;
    pubsub(queue = 1024, adapter = InProcess::new());
}

landfall::endpoint! {
    pub struct OfAConstantFunction;
    #[cfg(all())]
    pubsub(adapter = broker::<3>());
}

fn broker<const N: usize>() -> std::sync::Arc<InProcess> {
    assert_eq!(N, 3);
    InProcess::new().into()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), landfall::Error> {
    let broker = InProcess::new();
    let app = || App { broker: broker.clone() };
    let one = OfTheState::builder(app()).start().await?;
    let two = OfTheState::builder(app()).start().await?;
    assert_ne!(one.node(), two.node());
    for alone in [OfAnExpression::start().await?.node(), OfAConstantFunction::start().await?.node()] {
        assert!(alone.is_some());
    }
    one.shutdown().await?;
    two.shutdown().await
}
