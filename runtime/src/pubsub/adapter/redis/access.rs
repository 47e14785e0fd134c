//! Who a node is to servers, and how it knows them.

use std::sync::Arc;

use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion,
    RedisConnectionInfo, RedisError,
};

use super::{
    certificates::Certificates,
    tls::{is_possible, with_certificates},
};
use crate::{config::Secret, pubsub::adapter::ConnectError};

/// Who a node is to servers, and how it knows them.
#[derive(Clone, Default)]
pub(super) struct Access {
    pub(super) username: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) certificates: Certificates,
}

/// A server, with all that it takes to connect to it.
#[derive(Clone)]
pub(super) struct Server(Arc<ConnectionInfo>);

impl Access {
    /// The server at a URL. `key` is where the URL was written.
    pub(super) fn server(&self, key: &str, url: &Secret) -> Result<Server, ConnectError> {
        let refused = |what: String| ConnectError::Refused(what);
        let url = text(url).ok_or_else(|| refused(format!("a URL of `{key}` is not UTF-8")))?;
        if is_secured(url) {
            is_possible()?;
        } else {
            self.certificates.are_needless(key)?;
        }
        let info = url.into_connection_info().map_err(|_| {
            refused(format!(
                "`{key}` has no URL of Redis; help: write `redis://host:port`, `rediss://host:port` or `unix:/path`"
            ))
        })?;
        let settings = self.named(info.redis_settings().clone())?;
        let info = with_certificates(info.set_redis_settings(settings), &self.certificates)?;
        Ok(Server(info.into()))
    }

    /// The same server, to this user.
    pub(super) fn at(&self, other: &Server) -> Result<Server, ConnectError> {
        let settings = self.named(RedisConnectionInfo::default())?;
        let info = (*other.0).clone().set_redis_settings(settings);
        Ok(Server(info.into()))
    }

    fn named(&self, settings: RedisConnectionInfo) -> Result<RedisConnectionInfo, ConnectError> {
        let mut settings = settings.set_protocol(ProtocolVersion::RESP3);
        if let Some(username) = &self.username {
            settings = settings.set_username(username);
        }
        if let Some(password) = &self.password {
            let refused = || ConnectError::Refused("`password` is not UTF-8".to_owned());
            settings = settings.set_password(text(password).ok_or_else(refused)?);
        }
        Ok(settings)
    }
}

impl Server {
    /// The server at another address, reached in the same way.
    pub(super) fn beside(&self, (host, port): &(String, u16)) -> Server {
        let addr = match self.0.addr().clone() {
            ConnectionAddr::TcpTls {
                insecure,
                tls_params,
                ..
            } => ConnectionAddr::TcpTls {
                host: host.clone(),
                port: *port,
                insecure,
                tls_params,
            },
            _ => ConnectionAddr::Tcp(host.clone(), *port),
        };
        Server((*self.0).clone().set_addr(addr).into())
    }

    /// Its host; empty if it is not in a network.
    pub(super) fn host(&self) -> &str {
        match self.0.addr() {
            ConnectionAddr::Tcp(host, _) | ConnectionAddr::TcpTls { host, .. } => host,
            _ => "",
        }
    }

    pub(super) fn client(&self) -> Result<Client, RedisError> {
        Client::open((*self.0).clone())
    }
}

fn is_secured(url: &str) -> bool {
    ["rediss:", "valkeys:"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
}

fn text(secret: &Secret) -> Option<&str> {
    std::str::from_utf8(secret.expose()).ok()
}
