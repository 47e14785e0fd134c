use landfall::{
    BoxError, Endpoint,
    endpoint::EndpointDef,
    instrument::{Instrumenter, Instrumenters, Start, Stop},
};

struct Timings<T>(T);

impl<T: Send + Sync + 'static> Instrumenter for Timings<T> {
    type Started = ();

    fn start(&self, _: &Start<'_>) -> Result<(), BoxError> {
        Ok(())
    }

    fn stop(&self, _: &Stop<'_>, _: Option<()>) -> Result<(), BoxError> {
        Ok(())
    }
}

const TIMINGS: Timings<u8> = Timings(1);

fn timings() -> Timings<&'static str> {
    Timings("")
}

#[derive(Clone)]
struct App {
    name: String,
}

landfall::endpoint! {
    struct Web;
    state = App;
    instrumenters(
        TIMINGS,
        timings(),
        Timings::<Vec<u8>>(Vec::new()),
        |app| Timings(app.name.clone()),
        |_| Timings(std::collections::HashMap::<u8, u8>::new()),
    );
}

landfall::endpoint! {
    struct Chosen;
    #[cfg(any())]
    instrumenters(absent());
    #[cfg(not(any()))]
    instrumenters(timings());
    service(tower::service_fn(async |_: http::Request<landfall::Body>| {
        Ok::<_, std::convert::Infallible>(http::Response::new(landfall::Body::empty()))
    }));
}

landfall::endpoint! {
    struct Absent;
    #[cfg(any())]
    instrumenters(absent());
}

struct ByHand;

impl Endpoint for ByHand {
    type State = ();

    const DEF: &'static EndpointDef = &EndpointDef { name: "ByHand", ..EndpointDef::DEFAULT };

    fn instrumenters(_: &()) -> Instrumenters {
        Instrumenters::NONE.with(timings()).with(TIMINGS)
    }
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    let app = App { name: "web".to_owned() };
    let web = Web::builder(app).server(false).start().await?;
    assert_eq!(web.instrument("event", (), async { 7 }).await, 7);
    web.shutdown().await?;
    Chosen::builder().server(false).start().await?.shutdown().await?;
    Absent::builder().server(false).start().await?.shutdown().await?;
    ByHand::builder().server(false).start().await?.shutdown().await
}
