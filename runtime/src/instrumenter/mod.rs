//! Instrumenters: what is called before and after events, with how long they took.
//!
//! | file | what |
//! | --- | --- |
//! | `compile_meta` | where in the code an event is |
//! | `occasion` | the arguments of the callbacks |
//! | `instrumenter` | the trait, and the instrumenters of an endpoint |
//! | `mark` | an event that has begun, until it ends |

mod compile_meta;
#[expect(clippy::module_inception, reason = "the room is named after it")]
mod instrumenter;
mod mark;
mod occasion;

pub use self::{
    compile_meta::CompileMeta,
    instrumenter::{Instrumenter, Instrumenters},
    occasion::{Start, Stop},
};
pub(crate) use self::{compile_meta::here, mark::Mark};
