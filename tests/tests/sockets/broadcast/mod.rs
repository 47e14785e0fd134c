//! Broadcasts, from publishers to clients and subscriptions.

mod bounds;
mod bytes;
mod clients;
mod encoding;
mod site;
mod subscription;
