//! Longpoll from outside: requests over connections in memory with a paused clock, and over TCP
//! where that matters.

mod bodies;
mod bounds;
mod churn;
mod cluster;
mod ends;
mod info;
mod losses;
mod nodes;
mod protocol;
mod secrets;
mod shutdown;
mod site;
mod storm;
mod tokens;
