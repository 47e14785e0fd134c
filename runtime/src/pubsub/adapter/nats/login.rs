//! How a node connects, and what is wrong if it does not.

use std::{path::PathBuf, time::Duration};

use async_nats::{Client, ConnectErrorKind, ConnectOptions, ServerAddr};

use crate::{config::Secret, pubsub::adapter::ConnectError, random::random};

/// How many messages of one topic may wait to be read. More are lost, which is told.
const WAITING: usize = 4096;
/// How often the server is asked whether it is there. After two questions without an answer it is
/// gone.
const PING: Duration = Duration::from_secs(2);
/// The pauses between attempts to connect again, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Servers, and who the node is there.
pub(super) struct Login {
    pub(super) servers: Vec<String>,
    pub(super) credentials: Option<PathBuf>,
    pub(super) user: Option<(String, Secret)>,
    pub(super) token: Option<Secret>,
    pub(super) tls: bool,
    pub(super) certificates: Option<PathBuf>,
}

impl Login {
    pub(super) fn new(url: String) -> Self {
        Login {
            servers: vec![url],
            credentials: None,
            user: None,
            token: None,
            tls: false,
            certificates: None,
        }
    }

    pub(super) async fn options(&self, node: &str) -> Result<ConnectOptions, ConnectError> {
        let mut options = ConnectOptions::new()
            .name(node)
            .ping_interval(PING)
            .subscription_capacity(WAITING)
            .max_reconnects(None)
            .reconnect_delay_callback(pause);
        if let Some(file) = &self.credentials {
            let text = tokio::fs::read_to_string(file).await.map_err(|error| {
                let file = file.display();
                refused(format!("cannot read the credentials in {file}: {error}"))
            })?;
            let file = file.display();
            options = options
                .credentials(&text)
                .map_err(|_| refused(format!("{file} has no credentials of NATS")))?;
        }
        if let Some((user, password)) = &self.user {
            options = options.user_and_password(user.clone(), text(password)?);
        }
        if let Some(token) = &self.token {
            options = options.token(text(token)?);
        }
        if let Some(file) = &self.certificates {
            options = options.add_root_certificates(file.clone());
        }
        Ok(options.require_tls(self.tls))
    }

    pub(super) async fn connect(&self, options: ConnectOptions) -> Result<Client, ConnectError> {
        let servers: Result<Vec<ServerAddr>, _> =
            self.servers.iter().map(|url| url.parse()).collect();
        // The error would show the URL, which may have a password.
        let servers = servers.map_err(|_| refused("its URL is not one of NATS".to_owned()))?;
        options.connect(servers).await.map_err(|error| {
            use ConnectErrorKind::*;
            match error.kind() {
                ServerParse => refused("its URL is not one of NATS".to_owned()),
                Authentication => refused("the credentials are broken".to_owned()),
                AuthorizationViolation => {
                    refused("the user, the password or the token is wrong".to_owned())
                }
                Tls => refused("TLS fails: the certificates do not fit".to_owned()),
                kind => ConnectError::Unreachable(kind.to_string()),
            }
        })
    }
}

fn refused(why: String) -> ConnectError {
    ConnectError::Refused(why)
}

fn text(secret: &Secret) -> Result<String, ConnectError> {
    let text = str::from_utf8(secret.expose()).map(str::to_owned);
    text.map_err(|_| refused("the password or the token is not UTF-8".to_owned()))
}

/// Twice as long each time, less up to a half: so nodes do not come back all at once.
fn pause(attempts: usize) -> Duration {
    let (first, most) = PAUSES;
    let doubled = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    let pause = first.saturating_mul(1 << doubled.min(10)).min(most);
    let [less] = random::<1>();
    pause - pause.mul_f64(f64::from(less) / 512.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_two_seconds() {
        for (attempts, millis) in [(0, 50), (1, 50), (2, 100), (6, 1600), (7, 2000), (99, 2000)] {
            let pause = pause(attempts).as_millis();
            assert!(
                (millis / 2..=millis).contains(&pause),
                "{attempts}: {pause}"
            );
        }
    }
}
