//! What the board keeps, in SQLite.

use std::sync::{Arc, Mutex, PoisonError};

use landfall::BoxError;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;

/// A task, as clients see it.
#[derive(Debug, Serialize)]
pub struct Task {
    pub id: i64,
    pub title: String,
    pub by: String,
    pub done: bool,
}

/// The database. SQLite writes one thing at a time, so one connection is enough for a board. It is
/// cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Mutex<Connection>>);

impl Store {
    /// `":memory:"` is a database of its own that ends with the store.
    pub fn open(path: &str) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open(path)?;
        connection.execute_batch(include_str!("schema.sql"))?;
        Ok(Store(Arc::new(Mutex::new(connection))))
    }

    pub async fn is_member(&self, board: i64, user: String) -> Result<bool, BoxError> {
        let sql = "select 1 from members where board = ?1 and user = ?2";
        self.run(move |db| db.prepare_cached(sql)?.exists((board, user)))
            .await
    }

    pub async fn tasks(&self, board: i64) -> Result<Vec<Task>, BoxError> {
        let sql = "select id, title, by, done from tasks where board = ?1 order by id limit 1000";
        self.run(move |db| db.prepare_cached(sql)?.query_map([board], task)?.collect())
            .await
    }

    pub async fn add(&self, board: i64, title: String, by: String) -> Result<Task, BoxError> {
        let sql = "insert into tasks (board, title, by) values (?1, ?2, ?3) \
                   returning id, title, by, done";
        self.run(move |db| db.prepare_cached(sql)?.query_row((board, title, by), task))
            .await
    }

    /// `None` if the board has no such task.
    pub async fn done(&self, board: i64, id: i64) -> Result<Option<Task>, BoxError> {
        let sql = "update tasks set done = 1 where board = ?1 and id = ?2 \
                   returning id, title, by, done";
        self.run(move |db| {
            db.prepare_cached(sql)?
                .query_row((board, id), task)
                .optional()
        })
        .await
    }

    /// Runs a query on a thread that may block: a callback must not.
    async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> Result<T, BoxError> {
        let connection = self.0.clone();
        let work = move || query(&connection.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(tokio::task::spawn_blocking(work).await??)
    }
}

fn task(row: &Row<'_>) -> Result<Task, rusqlite::Error> {
    Ok(Task {
        id: row.get(0)?,
        title: row.get(1)?,
        by: row.get(2)?,
        done: row.get(3)?,
    })
}
