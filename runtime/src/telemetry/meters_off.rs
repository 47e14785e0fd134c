//! Without the feature `metrics` there are no figures for the facade.

use super::Timed;

pub(crate) struct MountMeters;

impl MountMeters {
    pub(crate) fn new(_: &'static str, _: &'static str, _: &'static str, _: &'static str) -> Self {
        MountMeters
    }

    pub(crate) fn opened(&self) {}

    pub(crate) fn closed(&self) {}

    pub(crate) fn came(&self, _: usize) {}

    pub(crate) fn sent(&self, _: usize) {}

    pub(crate) fn slow(&self) {}

    pub(crate) fn dropped(&self, _: usize) {}

    pub(crate) fn refused(&self, _: &'static str) {}

    pub(crate) fn told_to_go(&self, _: usize) {}

    pub(crate) fn mailbox(&self) -> MailboxMeter {
        MailboxMeter
    }

    pub(crate) fn called(&self, _: &'static str, _: Timed) {}
}

pub(crate) struct MailboxMeter;

impl MailboxMeter {
    pub(crate) fn came(&self) {}

    pub(crate) fn taken(&self, _: usize) {}
}

pub(crate) struct RequestMeter;

impl RequestMeter {
    pub(crate) fn begin(_: &'static str) -> Self {
        RequestMeter
    }

    pub(crate) fn answered(&self, _: u16) {}
}

pub(crate) fn ended(_: &'static str, _: &'static str, _: &'static str, _: Option<u16>) {}

pub(crate) fn channel_joined(_: &'static str, _: &'static str, _: &'static str) {}

pub(crate) fn channel_left(_: &'static str, _: &'static str, _: &'static str) {}

pub(crate) fn channel_called(
    _: (&'static str, &'static str, &'static str),
    _: &'static str,
    _: Timed,
) {
}

pub(crate) fn reloaded(_: &'static str, _: &'static str) {}

pub(crate) fn broker(_: &str, _: bool) {}
