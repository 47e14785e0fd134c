//! What Landfall is measured beside. It needs the feature `peers`, which is on unless said otherwise.

mod axum;
mod digest;
mod files;
mod nodes;
mod sockets;
mod table;
mod tls;
mod workers;

use crate::{Result, measure};

/// Runs the bench that the arguments name.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    match words {
        ["digest-once", directory, name] => digest::run_once(directory, name),
        ["digest"] => digest::compare(),
        [] => measure(sockets::compare()),
        ["tls"] => measure(tls::compare()),
        ["files"] => measure(files::compare()),
        ["nodes"] => measure(nodes::compare()),
        ["workers"] => measure(workers::compare()),
        _ => Err("usage: landfall-benches [tls | files | digest | nodes | workers | counts [approve] | serve SERVER PORT]".into()),
    }
}

/// Serves until it is killed.
pub(crate) async fn serve(name: &str, port: u16) -> Result<()> {
    match name {
        "axum" => axum::serve(port, 128 * 1024).await,
        "axum-4k" => axum::serve(port, 4 * 1024).await,
        "tls" => tls::secure(port).await,
        "tungstenite" => tls::plain(port, 128 * 1024).await,
        "tungstenite-4k" => tls::plain(port, 4 * 1024).await,
        "node" => nodes::node(port).await,
        "static" => files::statics(port).await,
        "servedir" => files::below_landfall(port).await,
        "servedir-axum" => files::below_axum(port).await,
        _ => Err(format!("no such server: {name}").into()),
    }
}
