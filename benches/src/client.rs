//! A client that costs little: it makes frames once, and counts the bytes of answers.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

use crate::Result;

pub(crate) async fn connect(address: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

pub(crate) async fn open(address: SocketAddr, path: &str) -> Result<TcpStream> {
    upgrade(connect(address).await?, address, path).await
}

/// Makes a connection a WebSocket.
pub(crate) async fn upgrade<S>(mut stream: S, address: SocketAddr, path: &str) -> Result<S>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    ask_upgrade(&mut stream, address, path).await?;
    upgraded(&mut stream).await?;
    Ok(stream)
}

pub(crate) async fn ask_upgrade(
    stream: &mut (impl AsyncWrite + Unpin),
    address: SocketAddr,
    path: &str,
) -> Result<()> {
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    // TLS may hold a part of it back.
    Ok(stream.flush().await?)
}

/// Reads the head of the answer.
pub(crate) async fn upgraded(stream: &mut (impl AsyncRead + Unpin)) -> Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    if !head.starts_with(b"HTTP/1.1 101") {
        return Err(String::from_utf8_lossy(&head).into());
    }
    Ok(())
}

/// A text frame of less than 64 KiB, masked with zeros.
pub(crate) fn frame(text: &str) -> Vec<u8> {
    let length = text.len() as u16;
    let mut frame = vec![0x81];
    if length < 126 {
        frame.push(0x80 | length as u8);
    } else {
        frame.push(0x80 | 126);
        frame.extend(length.to_be_bytes());
    }
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

pub(crate) async fn send(stream: &mut TcpStream, frame: &[u8]) -> Result<()> {
    Ok(stream.write_all(frame).await?)
}

/// Reads a frame, and discards it.
pub(crate) async fn next(stream: &mut TcpStream) -> Result<()> {
    let mut head = [0; 2];
    stream.read_exact(&mut head).await?;
    let length = match head[1] {
        126 => stream.read_u16().await?.into(),
        127 => stream.read_u64().await?.try_into()?,
        short => usize::from(short),
    };
    skip(stream, length).await
}

/// Reads N bytes, and discards them.
pub(crate) async fn skip(stream: &mut (impl AsyncRead + Unpin), mut bytes: usize) -> Result<()> {
    let mut buffer = [0; 4096];
    while bytes > 0 {
        let wanted = bytes.min(buffer.len());
        let read = stream.read(&mut buffer[..wanted]).await?;
        if read == 0 {
            return Err("the server closed".into());
        }
        bytes -= read;
    }
    Ok(())
}
