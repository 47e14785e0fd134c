//! The body of a request, read whole.

use std::time::Duration;

use bytes::Bytes;
use http_body::Body as HttpBody;
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::{denied::Denied, grow};
use crate::body::Body;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many bytes a body may bring; an error if it announces more than it may have.
pub(super) fn length(body: &Body, most: usize) -> Result<usize, Denied> {
    let announced = body.size_hint();
    if announced.lower() > most as u64 {
        return Err(Denied::LargeBody);
    }
    let length = announced
        .upper()
        .and_then(|length| usize::try_from(length).ok());
    Ok(length.map_or(most, |length| length.min(most)))
}

/// Reads a body of at most `most` bytes.
pub(super) async fn read(body: Body, most: usize) -> Result<Bytes, Denied> {
    length(&body, most)?;
    timeout(PATIENCE, whole(body, most))
        .await
        .unwrap_or(Err(Denied::LateBody))
}

async fn whole(mut body: Body, most: usize) -> Result<Bytes, Denied> {
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Denied::BadBody)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if whole.len() + data.len() > most {
            return Err(Denied::LargeBody);
        }
        grow::append(&mut whole, &data, most);
    }
    Ok(whole.into())
}
