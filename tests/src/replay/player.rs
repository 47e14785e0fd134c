//! Plays a case against a running peer.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::time;

use super::{
    case::{Case, Step},
    outcome::{End, Outcome},
    visitor,
};
use crate::wire::{Connection, Ended, Frame, PATIENCE, Request};

/// Everything before the pong to this has been handled.
const PROBE: &[u8] = b"still there?";

/// Plays a case against the peer whose first endpoint listens on `base_port`.
///
/// # Errors
/// When nothing listens there.
pub async fn play(case: &Case, base_port: u16) -> io::Result<Outcome> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, base_port + case.endpoint));
    let mut connection = Connection::open(address).await?;
    let mut outcome = Outcome { client_port: connection.local_port()?, ..Outcome::nothing() };
    let request = visitor::sign_in(case, &mut connection).await?;
    let mut opening = request.to_bytes();
    case.together.iter().for_each(|frame| frame.encode(&mut opening));
    connection.write(&opening).await;
    let Ok(response) = connection.response(case.request.method == "HEAD").await else { return Ok(outcome) };
    (outcome.status, outcome.headers, outcome.body) =
        (response.status, response.headers, Some(response.body));
    let mut still_held = None;
    if response.status == 101 {
        still_held = talk(case, connection, &mut outcome).await;
    } else {
        outcome.after = Some(serves_on(&mut connection).await);
    }
    if let Some(id) = case.id.as_deref().filter(|_| case.expected.terminate.is_some()) {
        let ended = still_held.is_none() || outcome.end != Some(End::Open);
        outcome.terminate = Some(terminated(address, id, ended && outcome.status == 101).await?);
    }
    drop(still_held);
    Ok(outcome)
}

/// Plays the WebSocket's part; the connection comes back unless the case gave it up.
async fn talk(case: &Case, mut connection: Connection, outcome: &mut Outcome) -> Option<Connection> {
    for step in &case.steps {
        match step {
            Step::Write(bytes) => connection.write(bytes).await,
            Step::Wait(pause) => time::sleep(*pause).await,
            Step::Shutdown => connection.shutdown().await,
            Step::Reset => {
                connection.reset();
                return None;
            }
            Step::Hear => match connection.frame().await {
                Ok(frame) => outcome.frames.push(frame),
                Err(Ended::Closed) => break,
                Err(_) => {}
            },
        }
    }
    match case.expected.end {
        None => return Some(connection),
        Some(End::Open) => connection.send(&Frame::ping(PROBE)).await,
        Some(_) => {}
    }
    outcome.end = Some(listen(&mut connection, &mut outcome.frames).await);
    Some(connection)
}

/// Listens until the connection has ended or answered the probe.
async fn listen(connection: &mut Connection, frames: &mut Vec<Frame>) -> End {
    loop {
        match connection.frame().await {
            Ok(frame) if frame.opcode == 10 && frame.payload == PROBE => return End::Open,
            Ok(frame) => frames.push(frame),
            Err(Ended::Closed) => return End::Closed,
            Err(_) => return End::Silent,
        }
    }
}

async fn serves_on(connection: &mut Connection) -> End {
    match connection.request(&Request::get("/hello")).await {
        Ok(response) if response.status == 200 && response.body == "hello" => End::Open,
        Ok(_) | Err(Ended::Silent | Ended::Garbled) => End::Silent,
        Err(Ended::Closed) => End::Closed,
    }
}

/// What the socket of that id was told at its end; waits for it if the connection has ended.
async fn terminated(address: SocketAddr, id: &str, wait: bool) -> io::Result<Vec<String>> {
    let deadline = time::Instant::now() + PATIENCE;
    let mut connection = Connection::open(address).await?;
    loop {
        let answer = connection.request(&Request::get(&format!("/ctl/term?id={id}"))).await;
        let body = answer.map(|response| response.body).unwrap_or_default();
        let reasons: Vec<String> = serde_json::from_str::<serde_json::Value>(&body)
            .ok()
            .and_then(|value| value.as_array().cloned())
            .ok_or_else(|| io::Error::other(format!("`/ctl/term` answered `{body}`")))?
            .iter()
            .filter_map(|reason| reason.as_str().map(str::to_owned))
            .collect();
        if !wait || !reasons.is_empty() || time::Instant::now() > deadline {
            return Ok(reasons);
        }
        time::sleep(Duration::from_millis(10)).await;
    }
}
