//! The error pages of a running endpoint, and the requests that may need one.

use std::sync::Arc;

use http::{Request, Response};

use super::{ErrorPages, Head, render::without_page};
use crate::{body::Body, failure::unmark, handle::Handle};

/// The error pages of a running endpoint. The default has none: error answers stay bare.
#[derive(Clone, Default)]
pub(crate) struct Pages(Option<Arc<Running>>);

struct Running {
    pages: ErrorPages,
    handle: Handle,
}

impl Pages {
    pub(crate) fn new(pages: ErrorPages, handle: Handle) -> Self {
        let any = pages.any();
        Pages(any.then(|| Arc::new(Running { pages, handle })))
    }

    /// Keeps what the page for a request would need.
    pub(crate) fn keep<B>(&self, request: &Request<B>) -> Kept {
        let kept = self.0.as_ref().map(|running| {
            let (running, head) = (running.clone(), Head::of(request));
            Box::new(KeptHead { running, head })
        });
        Kept(kept)
    }
}

/// What the page for a request needs, if there are pages. It is boxed, since futures of responses
/// have room for it while a connection is idle.
#[derive(Default)]
pub(crate) struct Kept(Option<Box<KeptHead>>);

struct KeptHead {
    running: Arc<Running>,
    head: Head,
}

impl Kept {
    /// Renders the response if it is an error that has not been rendered.
    pub(crate) fn finish(&self, response: &mut Response<Body>) {
        let Some(cause) = unmark(response) else {
            return;
        };
        match &self.0 {
            Some(kept) => {
                let Running { pages, handle } = &*kept.running;
                pages.render(&cause, &kept.head, handle, response);
            }
            None => without_page(&cause),
        }
        #[cfg(feature = "testing")]
        response
            .extensions_mut()
            .insert(crate::failure::Sent(cause));
    }
}
