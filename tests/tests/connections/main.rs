//! What becomes of connections whose callbacks, clients and endpoint do as they please.

mod ends;
mod gone;
mod reading;
mod site;
