//! Terms in the compressed form.

use flate2::{Compress, Compression, FlushCompress, Status};

use super::{
    Term,
    value::{VERSION, tag},
};

/// The largest term that is compressed: no larger one is read again.
const LARGEST: usize = 1024 * 1024;

impl Term {
    /// Writes a whole message as [`encode`](Term::encode) does, compressed if that makes it
    /// smaller: `term_to_binary(term, [compressed])`. Terms of more than a mebibyte are not
    /// compressed, since [`decode`](Term::decode) would refuse them.
    pub fn encode_compressed(&self) -> Vec<u8> {
        let plain = self.encode();
        compressed(&plain).unwrap_or(plain)
    }
}

fn compressed(plain: &[u8]) -> Option<Vec<u8>> {
    let term = plain.get(1..).filter(|term| term.len() <= LARGEST)?;
    let mut out = vec![VERSION, tag::COMPRESSED];
    out.extend(u32::try_from(term.len()).ok()?.to_be_bytes());
    let head = out.len();
    // One byte less than the plain form: a stream that needs more room is not smaller.
    out.resize(plain.len().checked_sub(1).filter(|most| *most > head)?, 0);
    let mut compress = Compress::new(Compression::default(), true);
    let status = compress.compress(term, out.get_mut(head..)?, FlushCompress::Finish);
    if status.ok()? != Status::StreamEnd {
        return None;
    }
    out.truncate(head + usize::try_from(compress.total_out()).ok()?);
    Some(out)
}
