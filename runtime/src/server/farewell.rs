//! How a connection ends.

use std::{
    io,
    pin::Pin,
    task::{Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::watch::Watch;
use crate::stream::Stream;

const TIMEOUT: &[u8] =
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 15\r\n\r\nRequest Timeout";

/// Ends a connection whose client may still be sending. If the stream were closed at once, a reset
/// could make the client lose the response.
pub(super) async fn hang_up(mut stream: Stream, late: bool, watch: &Watch) {
    watch.linger();
    if late {
        // If the stream does not accept these few bytes at once, it is stalled, and waiting is
        // useless.
        let written =
            std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut stream).poll_write(cx, TIMEOUT)))
                .await;
        if !matches!(written, Poll::Ready(Ok(_))) {
            return;
        }
    }
    let farewell = async {
        stream.shutdown().await?;
        discard(&mut stream).await
    };
    let mut farewell = std::pin::pin!(farewell);
    std::future::poll_fn(|cx| match farewell.as_mut().poll(cx) {
        Poll::Pending if !watch.is_due() && !watch.cut() => Poll::Pending,
        _ => Poll::Ready(()),
    })
    .await;
}

/// Reads and discards the client's remaining bytes, up to a limit.
async fn discard(stream: &mut Stream) -> io::Result<()> {
    const LIMIT: usize = 256 * 1024;

    let mut bytes = 0;
    while bytes < LIMIT {
        let read = std::future::poll_fn(|cx| {
            let mut scratch = [0; 4096];
            let mut scratch = ReadBuf::new(&mut scratch);
            ready!(Pin::new(&mut *stream).poll_read(cx, &mut scratch))?;
            Poll::Ready(io::Result::Ok(scratch.filled().len()))
        })
        .await?;
        if read == 0 {
            break;
        }
        bytes += read;
    }
    Ok(())
}
