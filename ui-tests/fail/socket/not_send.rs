use std::{
    cell::RefCell,
    rc::Rc,
    sync::MutexGuard,
};

use landfall::prelude::*;

struct Counted(Rc<String>);

#[socket]
impl Counted {
    async fn connect(#[param] name: String) -> Result<Self, Refused> {
        let counted = Counted(Rc::new(name));
        later().await;
        Ok(counted)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        later().await;
        out.push(message);
    }

    async fn handle_info(&mut self, _: u8, _: &mut Outbox) {
        later().await;
        drop(self.0.clone());
    }
}

struct Borrowed {
    cell: &'static RefCell<u8>,
}

#[socket]
impl Borrowed {
    fn connect() -> Result<Self, Refused> {
        Err(Refused::default())
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {
        later().await;
        drop(self.cell);
    }
}

struct Locked(MutexGuard<'static, u8>);

#[socket]
impl Locked {
    fn connect() -> Result<Self, Refused> {
        Err(Refused::default())
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

struct Any<T>(T);

#[socket]
impl<T: Default> Any<T> {
    fn connect() -> Self {
        Any(T::default())
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {
        later().await;
    }
}

async fn later() {}

landfall::endpoint! {
    pub struct Web;
    socket("/counted", Counted);
}

fn main() {}
