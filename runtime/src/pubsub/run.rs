//! Publications that leave together, rendered once for all who share a form.

use std::{
    any::TypeId,
    cell::RefCell,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;

use super::{Broadcast, Subscriber, SubscriberId, budget::Share};
use crate::{contain, escape::shown};

/// Who does not get a publication.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Except {
    Nobody,
    /// Neither forwarded nor delivered to this one.
    Subscriber(SubscriberId),
    /// Delivered, but not forwarded to this one: it did that itself, in the order of its own messages.
    ForwardTo(SubscriberId),
}

/// A form on the wire: an encoder's, and the variant in which a transport frames it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct RenderKey {
    pub(super) encoder: TypeId,
    pub(super) skip: &'static [&'static str],
    pub(super) variant: Variant,
}

/// How a transport frames what was encoded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// As WebSocket frames, compressed in a window of so many bits, or with 0 not at all.
    Frames(u8),
    /// In the format of this type.
    Format(TypeId),
}

/// Bytes of publications that leave in one write: each form of such a run is a copy. One alone is not copied.
const LONGEST: usize = 64 * 1024;

type Rendered = Vec<(RenderKey, Bytes)>;

/// A broadcast on its way, with every form it has been given so far: shards share them.
pub(super) struct Publication {
    broadcast: Broadcast,
    except: Except,
    rendered: Mutex<Rendered>,
    share: Share,
}

impl Publication {
    pub(super) fn new(broadcast: Broadcast, except: Except, share: Share) -> Self {
        Publication { broadcast, except, rendered: Mutex::default(), share }
    }

    /// Whether there is room for it beside what waits already.
    pub(super) fn fits(&self) -> bool {
        self.share.take(self.broadcast.bytes())
    }

    pub(super) fn topic(&self) -> &str {
        self.broadcast.topic()
    }

    pub(super) fn render(&self, key: RenderKey, render: &dyn Fn(&Broadcast) -> Bytes) -> Bytes {
        let mut rendered = self.rendered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bytes)) = rendered.iter().find(|(known, _)| *known == key) {
            return bytes.clone();
        }
        // One that panics is not asked again.
        let bytes = self.contained(|| render(&self.broadcast)).unwrap_or_default();
        self.share.add(bytes.len());
        rendered.push((key, bytes.clone()));
        bytes
    }

    /// Runs an encoder or a conversion of the application's; a panic in it costs this broadcast, and no other.
    fn contained<T>(&self, make: impl FnOnce() -> T) -> Option<T> {
        let made = contain::call(make);
        made.inspect_err(|panic| {
            tracing::error!(topic = %shown(self.topic()), "encoding a broadcast panicked: {panic}");
        })
        .ok()
    }

    fn forwards_to(&self, id: SubscriberId) -> bool {
        self.except != Except::Subscriber(id) && self.except != Except::ForwardTo(id)
    }
}

/// Consecutive publications to one topic, as a shard hands them to its members.
pub(crate) struct Run {
    publications: Vec<Arc<Publication>>,
    /// The whole run in each form that some member needed.
    rendered: RefCell<Rendered>,
}

impl Run {
    pub(super) fn new(publications: Vec<Arc<Publication>>) -> Self {
        Run { publications, rendered: RefCell::default() }
    }

    /// Splits publications where the topic changes, and before a run has more bytes than are worth to be copied into one
    /// write.
    pub(super) fn split(publications: impl Iterator<Item = Arc<Publication>>) -> impl Iterator<Item = Run> {
        let mut publications = publications.peekable();
        std::iter::from_fn(move || {
            let first = publications.next()?;
            let mut bytes = first.broadcast.bytes();
            let mut run = vec![first];
            while let Some(next) = publications.next_if(|next| {
                bytes += next.broadcast.bytes();
                next.topic() == run[0].topic() && bytes <= LONGEST
            }) {
                run.push(next);
            }
            Some(Run::new(run))
        })
    }

    pub(super) fn topic(&self) -> &str {
        self.publications.first().map_or("", |publication| publication.topic())
    }

    /// The run's bytes for one subscriber; `render` makes those of one broadcast, and empty bytes for none.
    pub(crate) fn bytes(
        &self,
        id: SubscriberId,
        key: RenderKey,
        render: &dyn Fn(&Broadcast) -> Bytes,
    ) -> Bytes {
        if !self.publications.iter().all(|publication| publication.forwards_to(id)) {
            return join(
                self.publications.iter().filter(|p| p.forwards_to(id)).map(|p| p.render(key, render)),
            );
        }
        let mut rendered = self.rendered.borrow_mut();
        if let Some((_, bytes)) = rendered.iter().find(|(known, _)| *known == key) {
            return bytes.clone();
        }
        let bytes = join(self.publications.iter().map(|publication| publication.render(key, render)));
        rendered.push((key, bytes.clone()));
        bytes
    }

    pub(super) fn deliver_to(&self, subscriber: &dyn Subscriber) {
        let id = subscriber.id();
        for publication in &self.publications {
            if publication.except != Except::Subscriber(id) {
                publication.contained(|| subscriber.deliver(&publication.broadcast));
            }
        }
    }
}

/// One after the other; a single piece is not copied.
fn join(pieces: impl Iterator<Item = Bytes>) -> Bytes {
    let mut pieces: Vec<Bytes> = pieces.filter(|bytes| !bytes.is_empty()).collect();
    match pieces.len() {
        0 => Bytes::new(),
        1 => pieces.swap_remove(0),
        _ => pieces.concat().into(),
    }
}
