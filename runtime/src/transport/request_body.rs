//! The body of a request, read whole.

use std::time::Duration;

use bytes::Bytes;
use http_body::Body as HttpBody;
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::{attempt::Denied, grow};
use crate::body::Body;

/// A body must be there after this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads a body of so many bytes at most.
pub(super) async fn read(body: Body, most: usize) -> Result<Bytes, Denied> {
    if body.size_hint().lower() > most as u64 {
        return Err(Denied::LargeBody);
    }
    timeout(PATIENCE, whole(body, most)).await.unwrap_or(Err(Denied::LateBody))
}

async fn whole(mut body: Body, most: usize) -> Result<Bytes, Denied> {
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Denied::BadBody)?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > most {
            return Err(Denied::LargeBody);
        }
        grow::append(&mut whole, &data, most);
    }
    Ok(whole.into())
}
