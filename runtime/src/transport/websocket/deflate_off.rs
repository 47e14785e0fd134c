//! Stands in for `deflate` where the feature `compress` is off: nothing is ever negotiated.

use http::{HeaderMap, HeaderValue};

use super::{compression::Compression, frame::Violation};
use crate::socket::DeflateOptions;

/// The parameters that nothing ever has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Deflate {
    pub(super) server_bits: u8,
    never: std::convert::Infallible,
}

impl Deflate {
    pub(super) fn negotiate(_: &HeaderMap, _: &DeflateOptions) -> Option<Deflate> {
        None
    }

    pub(super) fn header(&self) -> HeaderValue {
        match self.never {}
    }
}

pub(super) fn deflate(_: &[u8], _: Compression) -> Option<Vec<u8>> {
    None
}

#[derive(Default)]
pub(super) struct Inflater;

impl Inflater {
    pub(super) fn inflate(
        &mut self,
        deflate: &Deflate,
        _: &[u8],
        _: usize,
    ) -> Result<Vec<u8>, Violation> {
        match deflate.never {}
    }
    pub(super) fn inflate_part(
        &mut self,
        deflate: &Deflate,
        _: &[u8],
        _: bool,
        _: &mut Vec<u8>,
        _: usize,
    ) -> Result<(), Violation> {
        match deflate.never {}
    }
}
