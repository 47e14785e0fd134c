//! How a node connects, and what is wrong if it does not.

use std::{
    panic::resume_unwind,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_nats::{Client, ConnectErrorKind, ConnectOptions, ServerAddr};
use percent_encoding::percent_decode_str;

use super::tls::{Tls, failure};
use crate::{config::Secret, pubsub::adapter::ConnectError, random::random};

/// How often the server is asked whether it is there. After two questions without an answer it is
/// gone.
const PING: Duration = Duration::from_secs(2);
/// How long one server may take to answer before the next one is tried.
const CONNECT: Duration = Duration::from_secs(2);
/// The pauses between attempts to connect again, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(1500));

/// The pause of a client whose node has stopped.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// Servers, and who the node is there.
pub(super) struct Login {
    pub(super) servers: Vec<Secret>,
    pub(super) credentials: Option<PathBuf>,
    pub(super) user: Option<(String, Secret)>,
    pub(super) token: Option<Secret>,
    pub(super) tls: Tls,
}

/// What a URL says of who the node is.
#[derive(PartialEq, Eq)]
enum InUrl {
    Nobody,
    Token(String),
    User(String, String),
}

impl Login {
    pub(super) fn new(url: Secret) -> Self {
        Login {
            servers: vec![url],
            credentials: None,
            user: None,
            token: None,
            tls: Tls::default(),
        }
    }

    /// Connects the node of this name.
    pub(super) async fn connect(
        &self,
        node: &str,
        prepare: impl FnOnce(ConnectOptions) -> ConnectOptions,
    ) -> Result<Client, ConnectError> {
        let (servers, in_url) = self.places()?;
        let encrypted = self.tls.required || servers.iter().any(ServerAddr::tls_required);
        let tls = match encrypted {
            true => self.tls.config().await,
            false => Tls::none(),
        };
        let options = ConnectOptions::new()
            .name(node)
            .ping_interval(PING)
            .connection_timeout(CONNECT)
            .max_reconnects(None)
            .require_tls(self.tls.required)
            .tls_client_config(tls.map_err(refused)?);
        let options = prepare(self.identified(options, in_url).await?);
        let connecting = options.connect(servers).await;
        connecting.map_err(|error| connect_error(&error, encrypted))
    }

    /// The servers, and what their URLs say of the node. No password is left in what the client
    /// gets, since it writes URLs into its log.
    fn places(&self) -> Result<(Vec<ServerAddr>, InUrl), ConnectError> {
        // The error would show the URL.
        let wrong = || {
            refused("`url` is not one of NATS; help: write `nats://host:4222` or `tls://host:4222`")
        };
        let mut found = InUrl::Nobody;
        let mut servers = Vec::with_capacity(self.servers.len());
        for url in &self.servers {
            let address: ServerAddr = text(url)?.parse().map_err(|_| wrong())?;
            if address.is_websocket() {
                return Err(wrong());
            }
            let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
            let said = match (address.username(), address.password()) {
                (None, _) => InUrl::Nobody,
                (Some(token), None) => InUrl::Token(decoded(token)),
                (Some(user), Some(password)) => InUrl::User(decoded(user), decoded(password)),
            };
            if said != InUrl::Nobody && found != InUrl::Nobody && said != found {
                return Err(refused("the URLs of `url` have different users"));
            }
            if said != InUrl::Nobody {
                found = said;
            }
            let mut url = address.into_inner();
            let cleared = url.set_username("").and_then(|()| url.set_password(None));
            cleared.map_err(|()| wrong())?;
            servers.push(ServerAddr::from_url(url).map_err(|_| wrong())?);
        }
        Ok((servers, found))
    }

    /// Says who the node is, in one way.
    async fn identified(
        &self,
        options: ConnectOptions,
        in_url: InUrl,
    ) -> Result<ConnectOptions, ConnectError> {
        match (&self.credentials, &self.user, &self.token, in_url) {
            (None, None, None, InUrl::Nobody) => Ok(options),
            (None, None, None, InUrl::Token(token)) => Ok(options.token(token)),
            (None, None, None, InUrl::User(user, password)) => {
                Ok(options.user_and_password(user, password))
            }
            (Some(file), None, None, InUrl::Nobody) => {
                let shown = file.display();
                let text = tokio::fs::read_to_string(file).await.map_err(|error| {
                    refused(format!("cannot read the credentials in `{shown}`: {error}"))
                })?;
                let options = options.credentials(&text);
                options.map_err(|_| refused(format!("`{shown}` has no credentials of NATS")))
            }
            (None, Some((user, password)), None, InUrl::Nobody) => {
                Ok(options.user_and_password(user.clone(), text(password)?.to_owned()))
            }
            (None, None, Some(token), InUrl::Nobody) => Ok(options.token(text(token)?.to_owned())),
            _ => Err(refused(
                "the node logs in by more than one of credentials, a user, a token, and what is in \
                 the URL; help: keep one of them",
            )),
        }
    }
}

fn connect_error(error: &async_nats::ConnectError, encrypted: bool) -> ConnectError {
    match (failure(error), encrypted) {
        (None, _) => {}
        (Some(_), false) => {
            return refused("the server demands TLS; help: write `tls://host:4222`, or `tls(..)`");
        }
        (Some(failure), true) => {
            return refused(format!(
                "TLS fails: {failure}; help: name the authority of its certificate by `tls(ca = ..)`"
            ));
        }
    }
    match error.kind() {
        ConnectErrorKind::ServerParse => refused("its URL is not one of NATS"),
        ConnectErrorKind::Authentication => refused("the credentials are broken"),
        ConnectErrorKind::AuthorizationViolation => {
            refused("the user, the password or the token is wrong")
        }
        kind => ConnectError::Unreachable(kind.to_string()),
    }
}

fn refused(why: impl Into<String>) -> ConnectError {
    ConnectError::Refused(why.into())
}

fn text(secret: &Secret) -> Result<&str, ConnectError> {
    let text = str::from_utf8(secret.expose());
    text.map_err(|_| refused("a URL, a password or a token is not UTF-8"))
}

/// How long the client waits before an attempt, while `runs`. After that it ends.
pub(super) fn pause(attempts: usize, runs: &AtomicBool) -> Duration {
    if !runs.load(Ordering::Acquire) {
        // The client has no other end while it has no server: it would try for ever.
        if cfg!(panic = "unwind") {
            resume_unwind(Box::new("the node has stopped"));
        }
        return FOR_EVER;
    }
    growing(attempts)
}

/// Twice as long each time, less up to a half: so nodes do not come back all at once.
fn growing(attempts: usize) -> Duration {
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
    fn pauses_grow_to_a_second_and_a_half() {
        for (attempts, millis) in [(0, 50), (1, 50), (2, 100), (5, 800), (6, 1500), (99, 1500)] {
            let pause = growing(attempts).as_millis();
            assert!(
                (millis / 2..=millis).contains(&pause),
                "{attempts}: {pause}"
            );
        }
    }
}
