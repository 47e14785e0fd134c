//! A server that does by axum what ours does, but for channels, which axum does not have.

use axum::{
    Router,
    extract::{
        State,
        ws::{self, WebSocketUpgrade},
    },
    routing::get,
};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::broadcast;

use crate::Result;

pub(crate) async fn serve(port: u16, read_buffer: usize) -> Result<()> {
    let (fan, _) = broadcast::channel::<ws::Utf8Bytes>(4096);
    let echo = async move |upgrade: WebSocketUpgrade| {
        upgrade
            .read_buffer_size(read_buffer)
            .on_upgrade(|mut socket| async move {
                while let Some(Ok(message)) = socket.recv().await {
                    if socket.send(message).await.is_err() {
                        return;
                    }
                }
            })
    };
    let spread = async move |upgrade: WebSocketUpgrade,
                             State(fan): State<broadcast::Sender<ws::Utf8Bytes>>| {
        upgrade
            .read_buffer_size(read_buffer)
            .on_upgrade(move |socket| member(socket, fan))
    };
    let router = Router::new()
        .route("/hello", get(async || "Hello, World!"))
        .route("/echo/websocket", get(echo))
        .route("/fan/websocket", get(spread))
        .with_state(fan);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, router).await?)
}

/// A member of the fan-out, as in axum's own chat example: one receiver for each connection.
async fn member(socket: ws::WebSocket, fan: broadcast::Sender<ws::Utf8Bytes>) {
    let mut news = fan.subscribe();
    let (mut write, mut read) = socket.split();
    loop {
        tokio::select! {
            message = read.next() => match message {
                Some(Ok(ws::Message::Text(text))) => {
                    if let Some(text) = text.strip_prefix("pub:") {
                        let _ = fan.send(text.into());
                    }
                }
                Some(Ok(_)) => {}
                _ => return,
            },
            text = news.recv() => {
                let Ok(text) = text else { return };
                if write.send(ws::Message::Text(text)).await.is_err() {
                    return;
                }
            }
        }
    }
}
