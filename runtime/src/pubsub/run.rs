//! Publications that leave together, rendered once for all subscribers with the same form.

use std::{
    cell::{Cell, RefCell},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;

use super::{
    Broadcast,
    budget::Share,
    encoder::{Form, FormKey, NoForm},
    subscriber::{Recipient, Subscriber, SubscriberId, Unsendable},
};
use crate::{contain, escape::shown, watchdog::Callback};

/// Who does not get a publication.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Except {
    Nobody,
    /// Neither forwarded nor delivered to this one.
    Subscriber(SubscriberId),
    /// Delivered, but not forwarded to this one: it did that itself, in the order of its own
    /// messages.
    ForwardTo(SubscriberId),
}

/// The maximum number of bytes of several publications that leave in one write, because every form
/// of such a run is a copy. A single publication is not copied.
const LONGEST: usize = 64 * 1024;

type Rendered = Vec<(FormKey, Bytes)>;

/// A broadcast on its way, with every form rendered so far. Shards share these.
pub(super) struct Publication {
    broadcast: Broadcast,
    except: Except,
    rendered: Mutex<Rendered>,
    share: Share,
}

impl Publication {
    pub(super) fn new(broadcast: Broadcast, except: Except, share: Share) -> Self {
        Publication {
            broadcast,
            except,
            rendered: Mutex::default(),
            share,
        }
    }

    /// Whether there is room for it in addition to what waits already.
    pub(super) fn fits(&self) -> bool {
        self.share.take(self.broadcast.bytes())
    }

    pub(super) fn topic(&self) -> &str {
        self.broadcast.topic()
    }

    /// What other nodes are told, and who does not get it there.
    pub(super) fn told_others(&self) -> (Broadcast, Option<SubscriberId>) {
        let except = match self.except {
            Except::Subscriber(id) => Some(id),
            Except::Nobody | Except::ForwardTo(_) => None,
        };
        (self.broadcast.clone(), except)
    }

    /// The bytes in a form; empty if there is nothing to send.
    pub(super) fn render(&self, key: FormKey, form: &Form, recipient: &dyn Recipient) -> Bytes {
        let mut rendered = self.rendered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bytes)) = rendered.iter().find(|(known, _)| *known == key) {
            return bytes.clone();
        }
        // A form that panicked is not rendered again.
        let bytes = self
            .contained(|| self.encode_and_frame(form, recipient))
            .unwrap_or_default();
        self.share.add(bytes.len());
        rendered.push((key, bytes.clone()));
        bytes
    }

    fn encode_and_frame(&self, form: &Form, recipient: &dyn Recipient) -> Bytes {
        let encode = || form.encoding.encode(&self.broadcast);
        let framed = match recipient.watched().pass(Callback::Encode, encode) {
            Ok(Some(message)) => form.framing.frame(message).map_err(Unsendable::Framing),
            Ok(None) => Ok(Bytes::new()),
            Err(NoForm) => Err(Unsendable::Encoding),
        };
        framed.unwrap_or_else(|reason| {
            recipient.unsendable(reason);
            Bytes::new()
        })
    }

    /// Runs an encoder or a conversion of the application's. A panic costs only this broadcast.
    fn contained<T>(&self, make: impl FnOnce() -> T) -> Option<T> {
        let made = contain::call(make);
        made.inspect_err(|panic| {
            tracing::error!(topic = %shown(self.topic()), "encoding a broadcast panicked: {panic}");
        })
        .ok()
    }

    fn does_not_forward_to(&self) -> Option<SubscriberId> {
        match self.except {
            Except::Nobody => None,
            Except::Subscriber(id) | Except::ForwardTo(id) => Some(id),
        }
    }
}

/// Consecutive publications to one topic, as a shard hands them to its members.
pub(super) struct Run {
    publications: Vec<Arc<Publication>>,
    /// Those who do not get all of it.
    excepted: Vec<SubscriberId>,
    /// The whole run, in each form that some member needed.
    rendered: RefCell<Rendered>,
    /// The form of the last member that got the whole run, and the run in this form.
    latest: RefCell<Option<(Form, Bytes)>>,
    /// The events that were asked for last, and whether one of them is in the run.
    asked: Cell<Option<(&'static [&'static str], bool)>>,
}

impl Run {
    pub(super) fn new(publications: Vec<Arc<Publication>>) -> Self {
        let mut excepted = Vec::new();
        for publication in &publications {
            if let Some(id) = publication.does_not_forward_to()
                && !excepted.contains(&id)
            {
                excepted.push(id);
            }
        }
        Run {
            publications,
            excepted,
            rendered: RefCell::default(),
            latest: RefCell::default(),
            asked: Cell::default(),
        }
    }

    /// Splits publications where the topic changes, and where a run would have more bytes than are
    /// worth copying into one write.
    pub(super) fn split(
        publications: impl Iterator<Item = Arc<Publication>>,
    ) -> impl Iterator<Item = Run> {
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
        self.publications
            .first()
            .map_or("", |publication| publication.topic())
    }

    /// Whether one of these events is in the run. Members of a kind ask for the same ones.
    pub(super) fn has_any(&self, events: &'static [&'static str]) -> bool {
        match self.asked.get() {
            Some((asked, found)) if std::ptr::eq(asked, events) => found,
            _ => {
                let mut publications = self.publications.iter();
                let found =
                    publications.any(|publication| events.contains(&publication.broadcast.event()));
                self.asked.set(Some((events, found)));
                found
            }
        }
    }

    /// Writes the run to a client.
    #[inline]
    pub(super) fn forward_to(&self, recipient: &dyn Recipient, form: &Form) {
        let is_done = match &*self.latest.borrow() {
            Some((known, bytes)) if known.is(form) => {
                bytes.is_empty() || recipient.forward(bytes, &self.excepted)
            }
            _ => false,
        };
        if !is_done {
            self.forward_anew(recipient, form);
        }
    }

    /// Writes the run to a client that does not get all of it, or gets another form than the last
    /// one.
    #[cold]
    fn forward_anew(&self, recipient: &dyn Recipient, form: &Form) {
        if self.excepted.contains(&recipient.id()) {
            return self.forward_some_to(recipient, form);
        }
        let bytes = self.whole(recipient, form);
        forward(recipient, &bytes);
        *self.latest.borrow_mut() = Some((*form, bytes));
    }

    /// Writes what is for this client.
    fn forward_some_to(&self, recipient: &dyn Recipient, form: &Form) {
        let (id, key) = (recipient.id(), form.key());
        let forwarded = self
            .publications
            .iter()
            .filter(|publication| publication.does_not_forward_to() != Some(id));
        let pieces = forwarded.map(|publication| publication.render(key, form, recipient));
        forward(recipient, &join(pieces));
    }

    /// The whole run in a form.
    fn whole(&self, recipient: &dyn Recipient, form: &Form) -> Bytes {
        let key = form.key();
        let mut rendered = self.rendered.borrow_mut();
        if let Some((_, bytes)) = rendered.iter().find(|(known, _)| *known == key) {
            return bytes.clone();
        }
        let publications = self.publications.iter();
        let bytes = join(publications.map(|publication| publication.render(key, form, recipient)));
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

fn forward(recipient: &dyn Recipient, bytes: &Bytes) {
    if !bytes.is_empty() {
        recipient.forward(bytes, &[]);
    }
}

/// Concatenates pieces. A single piece is not copied.
fn join(pieces: impl Iterator<Item = Bytes>) -> Bytes {
    let mut pieces: Vec<Bytes> = pieces.filter(|bytes| !bytes.is_empty()).collect();
    match pieces.len() {
        0 => Bytes::new(),
        1 => pieces.swap_remove(0),
        _ => pieces.concat().into(),
    }
}
