//! Where panics begin. Only the process's panic hook learns that: what is caught later holds the
//! message alone.
//!
//! The hook is installed when the first endpoint with `debug_errors` starts, and stays. It calls
//! the hook that was there before, so that panics are printed as ever.

use std::{
    any::Any,
    backtrace::Backtrace,
    cell::RefCell,
    panic::{self, PanicHookInfo},
    sync::{Arc, Once},
};

/// Where a panic began.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// Its symbols are looked up when it is displayed.
    pub(crate) backtrace: Arc<Backtrace>,
}

thread_local! {
    /// The latest panic of this thread: its message, and where it began.
    static LATEST: RefCell<Option<(Option<String>, Origin)>> = const { RefCell::new(None) };
}

/// Records from now on where panics begin.
pub(crate) fn record() {
    static INSTALLED: Once = Once::new();
    // A thread that unwinds may not change the hook.
    if std::thread::panicking() {
        return;
    }
    INSTALLED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            note(info);
            before(info);
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) {
    let Some(location) = info.location() else {
        return;
    };
    let origin = Origin {
        file: location.file().to_owned(),
        line: location.line(),
        column: location.column(),
        backtrace: Arc::new(Backtrace::force_capture()),
    };
    let message = message(info.payload()).map(str::to_owned);
    // The thread may be about to end.
    let _ = LATEST.try_with(|latest| {
        if let Ok(mut latest) = latest.try_borrow_mut() {
            *latest = Some((message, origin));
        }
    });
}

/// The origin of the latest panic of this thread, if that had this message: a panic that was
/// resumed began elsewhere.
pub(super) fn of(message: Option<&str>) -> Option<Origin> {
    let latest = LATEST.try_with(RefCell::take).ok()??;
    (latest.0.as_deref() == message).then_some(latest.1)
}

/// The text that a panic carries.
pub(super) fn message(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
}
