//! What a replica says of its own presences.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    super::{
        entry::{Entry, Tracker},
        limits::{MAX_ENTRIES, MAX_KEY, MAX_META, MAX_TOPIC},
        meta::{Fields, check_key},
        seen::{Dot, PhxRef, Replica},
        state::Delta,
    },
    reader::{Reader, Unreadable},
    seen, writer,
};
use crate::pubsub::SubscriberId;

/// The numbers that the delta covers, its topics, and its entries with references to these. What it
/// has of other replicas is left out.
pub(super) fn write(out: &mut Vec<u8>, delta: &Delta, replica: Replica) {
    seen::write(out, &delta.known, replica);
    let entries = || delta.entries.range(Dot::all_of(replica));
    let topics = topics(entries().map(|(_, entry)| &*entry.topic));
    writer::number(out, topics.len() as u64);
    topics.iter().for_each(|topic| writer::text(out, topic));
    writer::number(out, entries().count() as u64);
    let mut end = 0;
    for (dot, entry) in entries() {
        writer::number(out, dot.counter - end - 1);
        let place = topics.binary_search(&&*entry.topic).unwrap_or_default();
        writer::number(out, place as u64);
        let previous = entry.meta.phx_ref_prev().map(|previous| previous.0.counter);
        writer::number(out, previous.unwrap_or_default());
        writer::text(out, &entry.key);
        writer::text(out, entry.meta.fields());
        end = dot.counter;
    }
}

/// Topics by name, each once.
fn topics<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut topics: Vec<&str> = names.collect();
    topics.sort_unstable();
    topics.dedup();
    topics
}

pub(super) fn read(bytes: &mut Reader<'_>, replica: Replica) -> Result<Delta, Unreadable> {
    let known = seen::read(bytes, replica)?;
    let topics = (0..bytes.count(MAX_ENTRIES)?)
        .map(|_| Ok(bytes.text(MAX_TOPIC)?.into()))
        .collect::<Result<Vec<Arc<str>>, _>>()?;
    let mut delta = Delta {
        known,
        entries: BTreeMap::new(),
    };
    let mut end = 0;
    for _ in 0..bytes.count(MAX_ENTRIES)? {
        end = seen::counter(end, bytes.number()?)?;
        let dot = Dot::new(replica, end);
        if !delta.known.contains(dot) {
            return Err(Unreadable::Malformed);
        }
        delta.entries.insert(dot, entry(bytes, dot, &topics)?);
    }
    Ok(delta)
}

fn entry(bytes: &mut Reader<'_>, dot: Dot, topics: &[Arc<str>]) -> Result<Entry, Unreadable> {
    let place = usize::try_from(bytes.number()?).map_err(|_| Unreadable::Malformed)?;
    let topic = topics.get(place).ok_or(Unreadable::Malformed)?.clone();
    let previous = match bytes.number()? {
        0 => None,
        counter if counter < dot.counter => Some(PhxRef(Dot::new(dot.replica, counter))),
        _ => return Err(Unreadable::Malformed),
    };
    let key = bytes.text(MAX_KEY)?;
    check_key(key).map_err(|_| Unreadable::Malformed)?;
    let fields = Fields::read(bytes.text(MAX_META)?).ok_or(Unreadable::Malformed)?;
    let meta = fields.into_meta(PhxRef(dot), previous);
    Ok(Entry {
        topic,
        key: key.into(),
        by: Tracker {
            replica: dot.replica,
            id: SubscriberId::LOWEST,
        },
        meta: meta.map_err(|_| Unreadable::Malformed)?,
    })
}
