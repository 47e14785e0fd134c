//! Who is here, as clients see it: with names beside metas, and with a line in the log.

use std::collections::BTreeMap;

use landfall::{
    BoxError,
    presence::{Fetch, HandleMetas, Options, Presences},
};

/// For `Edge::builder().presence_with(..)`.
pub fn options() -> Options {
    Options::new().fetch(Game).handle_metas(Game)
}

struct Game;

impl Game {
    /// The names of these keys. A real application asks its database, once for all of them.
    async fn names(&self, keys: &[&str]) -> Result<BTreeMap<String, String>, BoxError> {
        let name = |key: &str| (key.to_owned(), format!("visitor {key}"));
        Ok(keys.iter().map(|key| name(key)).collect())
    }
}

impl Fetch for Game {
    async fn fetch(&self, _topic: &str, presences: &mut Presences) -> Result<(), BoxError> {
        let keys: Vec<&str> = presences.iter().map(|(key, _)| key).collect();
        let names = self.names(&keys).await?;
        for (key, present) in presences.iter_mut() {
            present.insert("name", names.get(key).cloned());
        }
        Ok(())
    }
}

/// Runs for whoever comes or goes, on whichever node.
impl HandleMetas for Game {
    async fn handle_metas(
        &self,
        topic: &str,
        joins: &Presences,
        leaves: &Presences,
        presences: &Presences,
    ) -> Result<(), BoxError> {
        let (came, went, here) = (joins.len(), leaves.len(), presences.len());
        println!("{topic}: {came} came, {went} went, {here} are here");
        Ok(())
    }
}
