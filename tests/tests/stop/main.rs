//! How an endpoint starts to take requests, and how it stops.

mod health;
#[cfg(unix)]
mod load;
mod order;
#[cfg(unix)]
mod process;
mod site;
