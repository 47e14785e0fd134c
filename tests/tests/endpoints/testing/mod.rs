//! `landfall::testing`, used as the author of an application would use it.

mod channels;
mod chat;
mod failures;
mod inside;
mod longpoll;
mod pages;
mod plugs;
mod raw;
mod time;
