//! A connection as it is told to those who ask who is here.

use std::{sync::atomic::Ordering, time::Duration};

use super::{
    counts::{CountedFor, Counts, Messages},
    out::Out,
    shared::Shared,
    stop::StopRequest,
};
use crate::{
    debug::{ChannelInfo, SocketInfo, Traffic},
    telemetry::figures::Figures,
};

impl<O: Out> Shared<O> {
    /// A message of the client has come.
    #[inline]
    pub(in crate::transport) fn came(&self, bytes: usize) {
        self.context.meters.came(bytes);
        if self.counted_for.anybody() {
            self.count(bytes, Figures::came, |counts| &mut counts.came);
        }
    }

    /// A message goes to the client.
    #[inline]
    pub(super) fn sent(&self, bytes: usize) {
        self.context.meters.sent(bytes);
        if self.counted_for.anybody() {
            self.count(bytes, Figures::sent, |counts| &mut counts.sent);
        }
    }

    #[cold]
    fn count(
        &self,
        bytes: usize,
        figures: fn(&Figures, usize),
        messages: fn(&mut Counts) -> &mut Messages,
    ) {
        if self.counted_for.has(CountedFor::DASHBOARD) {
            figures(&self.context.handle.0.figures, bytes);
        }
        if self.counted_for.has(CountedFor::ASKERS)
            && let Some(counts) = &mut self.state().counts
        {
            messages(counts).add(bytes);
        }
    }

    /// Stops to count when nobody wants to know any more.
    pub(super) fn sweep_counts(&self, now: u64) {
        if !self.counted_for.has(CountedFor::ASKERS) {
            return;
        }
        let mut state = self.state();
        if state
            .counts
            .as_ref()
            .is_some_and(|counts| !counts.are_wanted(now))
        {
            self.counted_for.remove(CountedFor::ASKERS);
            state.counts = None;
        }
    }

    pub(super) fn info(&self) -> SocketInfo {
        let context = &*self.context;
        let now = context.clock.now();
        let mut state = self.state();
        let counts = state.counts.get_or_insert_with(|| Counts::begin(now));
        counts.ask(now);
        let traffic = Traffic {
            counted: Duration::from_millis(now.saturating_sub(counts.began)),
            messages_in: counts.came.number,
            bytes_in: counts.came.bytes,
            messages_out: counts.sent.number,
            bytes_out: counts.sent.bytes,
        };
        self.counted_for.add(CountedFor::ASKERS);
        let (waiting_bytes, has_left) = (state.out.held(), state.has_left);
        let topics = state.subscriptions.len();
        drop(state);
        let is_told = self.stop_request() != StopRequest::Nothing;
        SocketInfo {
            id: self.id,
            peer: self.peer,
            path: context.path,
            socket: context.socket,
            transport: context.kind.name(),
            open: Duration::from_secs((now / 1000).saturating_sub(self.opened.into())),
            busy: self.busy.millis(now).map(Duration::from_millis),
            waiting_bytes,
            topics,
            traffic,
            is_ending: is_told || has_left || self.closing.load(Ordering::Relaxed),
        }
    }

    pub(super) fn channels(&self, most: usize) -> Vec<ChannelInfo> {
        let topics = self.state().subscriptions.first(most);
        named(topics, self.context.channel_of)
    }
}

fn named(topics: Vec<String>, channel_of: fn(&str) -> Option<&'static str>) -> Vec<ChannelInfo> {
    let info = |topic: String| ChannelInfo {
        channel: channel_of(&topic),
        topic,
    };
    topics.into_iter().map(info).collect()
}
