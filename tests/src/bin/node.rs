//! A node of a cluster as a program. It ends by SIGTERM.

use std::{alloc::System, hint::black_box};

use peakmem_alloc::{INSTRUMENTED_SYSTEM, PeakMemAlloc, PeakMemAllocTrait};

#[global_allocator]
static MEMORY: &PeakMemAlloc<System> = &INSTRUMENTED_SYSTEM;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), landfall::BoxError> {
    landfall_tests::node::serve(in_use).await
}

/// The bytes that are in use. The allocator knows only the most that ever were: a block that is
/// larger than that is the most for a moment, together with all else.
fn in_use() -> usize {
    let length = MEMORY.get_peak_memory() + 1;
    let block = black_box(Vec::<u8>::with_capacity(length));
    let peak = MEMORY.get_peak_memory();
    drop(block);
    peak - length
}
