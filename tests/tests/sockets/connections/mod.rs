//! Connections whose callbacks, clients and endpoint hang, fail or end at any time.

mod ends;
mod gone;
mod reading;
mod site;
