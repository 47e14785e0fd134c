//! Counts what each client holds.

use std::{
    collections::HashMap,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use crate::address::Client;

/// How many places each client holds. A client without places takes no memory.
#[derive(Default)]
pub(crate) struct Places(Mutex<HashMap<Client, usize>>);

/// A place that a client holds. Dropping it frees the place.
pub(crate) struct Place {
    places: Arc<Places>,
    client: Client,
}

impl Places {
    /// Takes a place; `None` if the client holds the maximum.
    pub(crate) fn take(self: &Arc<Self>, client: Client, most: usize) -> Option<Place> {
        let mut taken = self.lock();
        let count = taken.entry(client).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place {
            places: self.clone(),
            client,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Client, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Holds the place until the future is dropped.
    pub(crate) fn held<F: Future + Unpin>(self, future: F) -> impl Future<Output = F::Output> {
        Held {
            future,
            _place: self,
        }
    }
}

struct Held<F> {
    future: F,
    _place: Place,
}

impl<F: Future + Unpin> Future for Held<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        Pin::new(&mut self.future).poll(cx)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        if let Some(count) = taken.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.client);
            }
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Place").field(&self.client).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> Client {
        address
            .parse::<std::net::IpAddr>()
            .expect("an address")
            .into()
    }

    #[test]
    fn a_place_is_free_when_it_is_dropped() {
        let places = Arc::<Places>::default();
        let (one, other) = (client("10.0.0.1"), client("10.0.0.2"));
        let first = places.take(one, 2);
        let second = places.take(one, 2);
        assert!(first.is_some() && second.is_some() && places.take(one, 2).is_none());
        let others = places.take(other, 2);
        assert!(others.is_some(), "others are not concerned");
        drop(first);
        assert!(places.take(one, 2).is_some());
        drop((second, others));
        assert!(
            places.lock().is_empty(),
            "nothing is kept of clients that are gone"
        );
    }
}
