//! Sentinels: who knows which server is the master.

use futures_util::{StreamExt, stream::FuturesUnordered};
use redis::{ErrorKind, PushInfo, RedisError, Value, cmd};

use super::{
    access::Server,
    connection::{self, Connection},
    refusal::is_for_good,
    slots::Address,
};

/// The sentinels of a master.
pub(super) struct Sentinels {
    pub(super) master: String,
    pub(super) nodes: Vec<Server>,
    /// How to connect to the master, but for its address.
    pub(super) server: Server,
}

impl Sentinels {
    /// Connects to the master. The sentinel that answers first says where it is.
    pub(super) async fn open(
        &self,
        take: impl Fn(PushInfo) + Send + Sync + 'static,
    ) -> Result<(Address, Connection), RedisError> {
        let (address, server) = self.find().await?;
        let mut connection = connection::open(&server, take).await?;
        expect_master(&mut connection).await?;
        Ok((address, connection))
    }

    /// Reports that there is another master than this one.
    pub(super) async fn check(&self, master: &Address) -> Result<(), RedisError> {
        // Sentinels that are gone are no reason to leave the master.
        let Ok((address, server)) = self.find().await else {
            return Ok(());
        };
        if address == *master {
            return Ok(());
        }
        // A sentinel may not have heard of the new master yet.
        let is_master = async {
            let mut connection = connection::open(&server, |_| {}).await?;
            expect_master(&mut connection).await
        };
        match is_master.await {
            Ok(()) => Err((ErrorKind::Io, "the sentinels name another master").into()),
            Err(_) => Ok(()),
        }
    }

    async fn find(&self) -> Result<(Address, Server), RedisError> {
        let asked = self.nodes.iter().map(|node| async move {
            let address = self.ask(node).await?;
            let server = self.server.beside(&address);
            Ok((address, server))
        });
        let mut asked: FuturesUnordered<_> = asked.collect();
        let mut error = (ErrorKind::Io, "no sentinel answers").into();
        while let Some(answer) = asked.next().await {
            match answer {
                Ok(found) => return Ok(found),
                // What is for good is told before what may pass.
                Err(_) if is_for_good(&error) => {}
                Err(why) => error = why,
            }
        }
        Err(error)
    }

    async fn ask(&self, node: &Server) -> Result<Address, RedisError> {
        let mut connection = connection::open(node, |_| {}).await?;
        let mut command = cmd("SENTINEL");
        command.arg("GET-MASTER-ADDR-BY-NAME").arg(&self.master);
        let address: Option<(String, u16)> = command.query_async(&mut connection).await?;
        address.ok_or_else(|| {
            let why = "the sentinels know no master of this name";
            (ErrorKind::InvalidClientConfig, why, self.master.clone()).into()
        })
    }
}

async fn expect_master(connection: &mut Connection) -> Result<(), RedisError> {
    let role: Value = cmd("ROLE").query_async(connection).await?;
    let role = match &role {
        Value::Array(parts) => parts.first(),
        _ => None,
    };
    match role {
        Some(Value::BulkString(name)) if name == b"master" => Ok(()),
        _ => Err((ErrorKind::Io, "the server is not the master yet").into()),
    }
}
