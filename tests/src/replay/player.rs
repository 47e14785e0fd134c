//! Plays a conversation against a running peer.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use data_encoding::HEXLOWER;
use futures_util::{TryStreamExt, stream::FuturesOrdered};
use serde_json::Value;
use tokio::{sync::Barrier, time};

use super::{
    case::{Case, Step},
    conversation::{APART, Conversation, Exchange, TOKEN, TokenPart},
    event::Publication,
    line::Line,
    outcome::{End, Outcome},
    visitor,
};
use crate::wire::{Connection, Ended, Frame, PATIENCE, Request};

/// A ping. The server has handled everything before its pong.
const PROBE: &[u8] = b"still there?";

/// Plays a conversation against the peer at `base_port`. Returns an outcome for each exchange.
///
/// # Errors
/// When nothing listens there.
pub async fn play(conversation: &Conversation, base_port: u16) -> io::Result<Vec<Outcome>> {
    let mut client = Client {
        base_port,
        token: String::new(),
        connection: None,
    };
    let mut outcomes = Vec::new();
    for round in conversation.rounds() {
        match round {
            [alone] => {
                time::sleep(alone.pause).await;
                if alone.restarts {
                    client.connection = None;
                    restart(client.first()).await?;
                }
                let connection = client
                    .connection
                    .take()
                    .filter(|_| conversation.one_connection);
                let (outcome, held) = client.exchange(alone, connection, &Barrier::new(1)).await?;
                client.connection = held;
                outcomes.push(outcome);
            }
            _ => outcomes.extend(client.overlapping(round).await?),
        }
        client.keep_token(&outcomes[outcomes.len() - round.len()..]);
    }
    if let (Some(last), Some(outcome)) = (conversation.exchanges.last(), outcomes.last_mut())
        && let (Some(id), Some(expected)) = (&last.case.id, &last.case.expected.terminate)
    {
        let ended = client.connection.is_none() || outcome.end != Some(End::Open);
        let session = conversation.exchanges.len() > 1;
        let wait = if session {
            !expected.is_empty()
        } else {
            ended && outcome.status == 101
        };
        outcome.terminate = Some(terminated(client.first(), id, wait).await?);
    }
    Ok(outcomes)
}

/// A client's state between exchanges.
struct Client {
    base_port: u16,
    /// The token of the latest answer that had one.
    token: String,
    /// The latest exchange's connection, unless the case gave it up.
    connection: Option<Connection<Line>>,
}

impl Client {
    /// The address of the first endpoint, which controls the others.
    fn first(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.base_port))
    }

    fn address(&self, case: &Case) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.base_port + case.endpoint))
    }

    /// Plays an exchange. Returns its connection, unless the case gave it up.
    async fn exchange(
        &self,
        exchange: &Exchange,
        connection: Option<Connection<Line>>,
        company: &Barrier,
    ) -> io::Result<(Outcome, Option<Connection<Line>>)> {
        let case = &exchange.case;
        let line = match connection {
            Some(connection) => connection.into_stream(),
            None => Line::open(self.address(case), case.tls).await?,
        };
        let mut outcome = Outcome {
            client_port: line.tcp().local_addr()?.port(),
            server_port: line.tcp().peer_addr()?.port(),
            ..Outcome::nothing()
        };
        let mut connection = Connection::over(line);
        let mut request = visitor::sign_in(case, &mut connection).await?;
        request.target = request.target.replace(TOKEN, &self.token(exchange.forged));
        let mut opening = case.raw.clone().unwrap_or_else(|| request.to_bytes());
        case.together
            .iter()
            .for_each(|frame| frame.encode(&mut opening));
        let began = time::Instant::now();
        connection.write(&opening).await;
        if let Some(publication) = &case.published {
            time::sleep(APART).await;
            publish(self.address(case), publication).await?;
        }
        if case.expected.status == 0 && case.raw.is_none() {
            outcome.body = connection
                .closed()
                .await
                .map(|bytes| HEXLOWER.encode(&bytes));
            return Ok((outcome, None));
        }
        let response = connection.response_so_far(case.request.method == "HEAD");
        let Ok((response, broken)) = response.await else {
            return Ok((outcome, None));
        };
        outcome.took = Some(began.elapsed());
        (outcome.status, outcome.headers, outcome.body) =
            (response.status, response.headers, Some(response.body));
        if response.status == 101 {
            let held = self.talk(case, connection, &mut outcome, company).await?;
            return Ok((outcome, held));
        }
        outcome.after = Some(match broken {
            Some(Ended::Closed) => End::Closed,
            Some(_) => End::Silent,
            None => serves_on(&mut connection).await,
        });
        Ok((outcome, Some(connection)))
    }

    /// Plays the steps on the WebSocket. Returns the connection, unless the case reset it.
    async fn talk(
        &self,
        case: &Case,
        mut connection: Connection<Line>,
        outcome: &mut Outcome,
        company: &Barrier,
    ) -> io::Result<Option<Connection<Line>>> {
        let mut wrote = time::Instant::now();
        let (mut told, mut restarting) = (None, None);
        for step in &case.steps {
            match step {
                Step::Write(bytes) => {
                    wrote = time::Instant::now();
                    connection.write(bytes).await;
                }
                Step::Wait(pause) => time::sleep(*pause).await,
                Step::Publish(publication) => publish(self.address(case), publication).await?,
                Step::Meet => {
                    // If a client ends early, the others time out here, and their frames show it.
                    let _ = time::timeout(PATIENCE, company.wait()).await;
                }
                Step::Shutdown => connection.shutdown().await,
                Step::Reset => {
                    let _ = connection.into_stream().tcp().set_zero_linger();
                    return Ok(None);
                }
                Step::Restart => {
                    wrote = time::Instant::now();
                    restarting = Some(tokio::spawn(restart(self.first())));
                }
                Step::Hear => match connection.frame().await {
                    Ok(frame) => {
                        told = told.or(frame.close_code().map(|_| wrote.elapsed()));
                        outcome.frames.push(frame);
                    }
                    Err(Ended::Closed) => break,
                    Err(_) => {}
                },
            }
        }
        outcome.end = match case.expected.end {
            None => return Ok(Some(connection)),
            Some(End::Open) => Some(probe(&mut connection, &mut outcome.frames).await),
            Some(_) => Some(match listen(&mut connection, &mut outcome.frames).await {
                End::Silent => probe(&mut connection, &mut outcome.frames).await,
                end => end,
            }),
        };
        outcome.lasted = Some(told.unwrap_or_else(|| wrote.elapsed()));
        if let Some(restarting) = restarting {
            drop(connection);
            restarting.await??;
            return Ok(None);
        }
        Ok(Some(connection))
    }

    /// Plays overlapping exchanges, each over a connection of its own.
    async fn overlapping(&self, round: &[Exchange]) -> io::Result<Vec<Outcome>> {
        let company = Barrier::new(round.len());
        let play = async |exchange: &Exchange| {
            time::sleep(exchange.pause).await;
            self.exchange(exchange, None, &company)
                .await
                .map(|(outcome, _)| outcome)
        };
        let playing: FuturesOrdered<_> = round.iter().map(play).collect();
        playing.try_collect().await
    }

    /// Phoenix's client sends the token of the latest answer that had one.
    fn keep_token(&mut self, outcomes: &[Outcome]) {
        let token = |outcome: &Outcome| {
            let body: Value = serde_json::from_str(outcome.body.as_deref()?).ok()?;
            body["token"].as_str().map(str::to_owned)
        };
        if let Some(token) = outcomes.iter().filter_map(token).next_back() {
            self.token = token;
        }
    }

    /// The token, with a character in the middle of a part changed.
    fn token(&self, forged: Option<TokenPart>) -> String {
        let mut parts: Vec<String> = self.token.split('.').map(str::to_owned).collect();
        let part = match forged {
            Some(TokenPart::Payload) => parts.get_mut(1),
            Some(TokenPart::Signature) => parts.get_mut(2),
            None => None,
        };
        if let Some(part) = part {
            let middle = part.len() / 2;
            let other = if part[middle..].starts_with('A') {
                "B"
            } else {
                "A"
            };
            part.replace_range(middle..middle + 1, other);
        }
        parts.join(".")
    }
}

/// Sends a ping, and listens for its pong.
async fn probe(connection: &mut Connection<Line>, frames: &mut Vec<Frame>) -> End {
    connection.send(&Frame::ping(PROBE)).await;
    listen(connection, frames).await
}

/// Makes the application publish.
async fn publish(address: SocketAddr, publication: &Publication) -> io::Result<()> {
    control(address, &publication.target()).await
}

/// Has the endpoint that can be stopped stop and start again.
async fn restart(address: SocketAddr) -> io::Result<()> {
    control(address, "/ctl/restart").await
}

/// Asks for a page of the peer that does something.
async fn control(address: SocketAddr, target: &str) -> io::Result<()> {
    let mut connection = Connection::open(address).await?;
    match connection.request(&Request::get(target)).await {
        Ok(response) if response.status == 200 => Ok(()),
        answer => Err(io::Error::other(format!(
            "`{target}` was answered by {answer:?}"
        ))),
    }
}

/// Listens until the connection has ended or answered the probe.
async fn listen(connection: &mut Connection<Line>, frames: &mut Vec<Frame>) -> End {
    loop {
        match connection.frame().await {
            Ok(frame) if frame.opcode == 10 && frame.payload == PROBE => return End::Open,
            Ok(frame) => frames.push(frame),
            Err(Ended::Closed) => return End::Closed,
            Err(_) => return End::Silent,
        }
    }
}

async fn serves_on(connection: &mut Connection<Line>) -> End {
    match connection.request(&Request::get("/hello")).await {
        Ok(response) if response.status == 200 && response.body == "hello" => End::Open,
        // A redirect by `force_ssl`.
        Ok(response)
            if response
                .header("location")
                .is_some_and(|location| location.ends_with("/hello")) =>
        {
            End::Open
        }
        Ok(_) | Err(Ended::Silent | Ended::Garbled) => End::Silent,
        Err(Ended::Closed) => End::Closed,
    }
}

/// What the socket of that id was told at its end. With `wait`, waits until it was told.
async fn terminated(address: SocketAddr, id: &str, wait: bool) -> io::Result<Vec<String>> {
    let deadline = time::Instant::now() + PATIENCE;
    let mut connection = Connection::open(address).await?;
    loop {
        let answer = connection
            .request(&Request::get(&format!("/ctl/term?id={id}")))
            .await;
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
