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
                "`{key}` is not a URL of Redis; help: write `redis://host:port`, `rediss://host:port` or `unix:/path`"
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
    let scheme = url.split(':').next().unwrap_or_default();
    ["rediss", "valkeys"]
        .iter()
        .any(|secured| scheme.eq_ignore_ascii_case(secured))
}

fn text(secret: &Secret) -> Option<&str> {
    std::str::from_utf8(secret.expose()).ok()
}

#[cfg(all(test, feature = "tls"))]
mod tests {
    use super::*;

    #[test]
    fn a_server_beside_one_of_tls_is_one_of_tls() {
        for url in ["rediss://user:pass@a:1", "VALKEYS://a:1"] {
            let server = Access::default().server("url", &url.into());
            let beside = server
                .ok()
                .map(|server| server.beside(&("b".to_owned(), 2)));
            let beside = beside.expect("a URL of Redis");
            assert_eq!(beside.host(), "b");
            assert!(matches!(
                beside.0.addr(),
                ConnectionAddr::TcpTls {
                    port: 2,
                    insecure: false,
                    ..
                }
            ));
        }
    }

    #[test]
    fn the_user_is_the_one_that_is_named() {
        let access = Access {
            username: Some("chat".to_owned()),
            password: Some("secret".into()),
            ..Access::default()
        };
        let of_sentinels = Access::default().server("nodes", &"redis://watch:word@a:1".into());
        let Ok(sentinel) = of_sentinels else {
            panic!("a URL of Redis")
        };
        let user = |server: &Server| {
            let settings = server.0.redis_settings();
            (
                settings.username().map(str::to_owned),
                settings.password().map(str::to_owned),
            )
        };
        let some = |a: &str, b: &str| (Some(a.to_owned()), Some(b.to_owned()));
        assert_eq!(user(&sentinel), some("watch", "word"));
        let server = access.at(&sentinel).expect("a user");
        assert_eq!(user(&server), some("chat", "secret"));
        let nobody = Access::default().at(&sentinel).expect("a user");
        assert_eq!(user(&nobody), (None, None));
    }
}
