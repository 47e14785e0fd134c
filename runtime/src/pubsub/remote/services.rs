//! Who takes what other nodes send to this one.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::Service;

/// What another node has sent to a service of this one.
#[derive(Clone, Debug)]
pub(crate) struct Delivered {
    /// The name of the node that has sent it.
    #[expect(dead_code, reason = "presence and longpoll of several nodes come next")]
    pub(crate) from: Arc<str>,
    #[expect(dead_code, reason = "presence and longpoll of several nodes come next")]
    pub(crate) bytes: Bytes,
}

type Taker = Box<dyn Fn(Delivered) + Send + Sync>;

/// Who takes what other nodes send to this one.
#[derive(Default)]
pub(crate) struct Services {
    presence: OnceLock<Taker>,
    longpoll: OnceLock<Taker>,
}

impl Services {
    /// Takes what is sent to a service, in order. It must not block. The first one stays.
    #[expect(dead_code, reason = "presence and longpoll of several nodes come next")]
    pub(crate) fn serve(
        &self,
        service: Service,
        taker: impl Fn(Delivered) + Send + Sync + 'static,
    ) {
        let _ = self.of(service).set(Box::new(taker));
    }

    /// What nobody serves is dropped.
    pub(in crate::pubsub) fn deliver(&self, service: Service, delivered: Delivered) {
        if let Some(taker) = self.of(service).get() {
            taker(delivered);
        }
    }

    fn of(&self, service: Service) -> &OnceLock<Taker> {
        match service {
            Service::Presence => &self.presence,
            Service::Longpoll => &self.longpoll,
        }
    }
}
