//! Attacks on a server, and what they cost it.
//!
//! | file | what |
//! | --- | --- |
//! | `attacker` | a hostile client |
//! | `attacks` | the attacks by their names |
//! | `channels` `raw` `longpoll` | attacks on channels, on plain sockets, by longpoll and HTTP |
//! | `http2` | floods by HTTP/2 |
//! | `process` | what the operating system says about the server |

mod attacker;
mod attacks;
mod channels;
mod http2;
mod longpoll;
mod process;
mod raw;

pub use self::{
    attacker::{Attacker, Sent, frame_head},
    attacks::{ATTACKS, Attack, Open, Target},
    process::Process,
};
