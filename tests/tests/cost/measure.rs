//! Counts what attacks cost.

use std::{
    alloc::System,
    any::type_name,
    env,
    net::SocketAddr,
    process::Command,
    time::{Duration, Instant},
};

use landfall::{Endpoint, Running};
use landfall_tests::{client, wait::until};
use peakmem_alloc::{INSTRUMENTED_SYSTEM, PeakMemAlloc, PeakMemAllocTrait};

use crate::site::Site;

#[global_allocator]
static MEMORY: &PeakMemAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The environment variable of a process that measures.
const ALONE: &str = "LANDFALL_COST_ALONE";

pub(crate) const KIB: usize = 1024;
pub(crate) const MIB: usize = 1024 * KIB;

/// What a connection may cost beside its messages.
pub(crate) const BASE: usize = 256 * KIB;

/// Memory of the clients. They are in this process, too.
const CLIENTS: usize = 32 * KIB;

/// A server that takes nothing for this time has stopped reading. It runs on this thread.
pub(crate) const STALL: Duration = Duration::from_millis(100);

/// A running site that nobody else attacks.
pub(crate) struct Scene {
    pub(crate) site: Running<Site>,
    pub(crate) address: SocketAddr,
    tasks: usize,
}

/// Runs a test in a process of its own. The allocator counts the memory of the whole process, and attacks wait for the
/// most part: two of them do that at once.
pub(crate) fn alone<F: Future<Output = ()>>(measured: F) {
    if env::var_os(ALONE).is_some() {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().expect("a runtime");
        return runtime.block_on(measured);
    }
    let output = Command::new(env::current_exe().expect("a test is a program"))
        .args([test_of::<F>(), "--exact", "--nocapture"])
        .env(ALONE, "1")
        .output()
        .expect("it starts");
    let [said, wrong] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    print!("{said}");
    assert!(said.contains("test result: ok. 1 passed;"), "{wrong}");
}

/// The name of the test in whose body the future stands: `program::module::test::{{closure}}` without its ends.
fn test_of<F>() -> &'static str {
    let name = type_name::<F>().split_once("::").map(|(_, name)| name);
    let test = name.and_then(|name| name.rsplit_once("::"));
    test.map(|(test, _)| test).expect("a future in a test")
}

pub(crate) async fn scene() -> Scene {
    let site = Site::start().await.expect("the site starts");
    let address = SocketAddr::from(([127, 0, 0, 1], client::port(&site)));
    let tasks = site.stats().tasks;
    Scene {
        site,
        address,
        tasks,
    }
}

impl Scene {
    /// The peak of the process's memory in an attack. An attack returns the connections that it
    /// leaves open.
    pub(crate) async fn peak<T>(&self, what: &str, attack: impl AsyncFn(SocketAddr) -> T) -> usize {
        // In the first run the worker's buffers grow. They stay.
        drop(attack(self.address).await);
        self.is_quiet().await;
        MEMORY.reset_peak_memory();
        let open = attack(self.address).await;
        idle().await;
        let peak = MEMORY.get_peak_memory();
        drop(open);
        self.is_quiet().await;
        println!("{what}: {} KiB", peak / KIB);
        peak
    }

    /// Asserts that an attack costs at most N bytes.
    pub(crate) async fn costs<T>(
        &self,
        what: &str,
        most: usize,
        attack: impl AsyncFn(SocketAddr) -> T,
    ) {
        let peak = self.peak(what, attack).await;
        let too_many = peak.saturating_sub(most + CLIENTS) / KIB;
        assert_eq!(
            too_many,
            0,
            "{what}: {} KiB, which is {too_many} KiB too many",
            peak / KIB
        );
    }

    async fn is_quiet(&self) {
        let ended = || {
            // A callback that starts after a broadcast hangs until the next one.
            self.site.broadcast("all", "disconnect", "").expect("room");
            self.site.stats().connections == 0
        };
        until("all connections have ended", ended).await;
        until("no task is left of them", || {
            self.site.stats().tasks == self.tasks
        })
        .await;
    }
}

/// Waits until the server has done what there is to do.
async fn idle() {
    let busy = || {
        tokio::runtime::Handle::current()
            .metrics()
            .worker_total_busy_duration(0)
    };
    let (pause, deadline) = (
        Duration::from_millis(30),
        Instant::now() + Duration::from_secs(20),
    );
    loop {
        let before = busy();
        tokio::time::sleep(pause).await;
        if busy() - before < pause / 10 {
            return;
        }
        assert!(Instant::now() < deadline, "the server is never done");
    }
}
