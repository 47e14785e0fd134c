//! An endpoint that nobody starts, in debug builds: what starts one is compiled with this crate, as `transport/specimen.rs`
//! says of sockets.

use std::{future::Future, pin::Pin};

use super::{Endpoint, EndpointDef};
use crate::error::Error;

enum Specimen {}

impl Endpoint for Specimen {
    type State = ();
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Specimen",
        ..EndpointDef::DEFAULT
    };
}

type Run = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// What a `main` does. The linker leaves it out.
#[used]
static RUN: fn() -> Run = || Box::pin(async { Specimen::start().await?.wait_for_signal().await });
