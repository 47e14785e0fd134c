//! Presence: the merged state, the handle, what clients end with, and two nodes.

mod callbacks;
mod handle;
mod javascript;
mod merge;
mod nodes;
mod seen;
mod shown;
mod simulation;
mod wire;
