//! Recorded exchanges played again. A running peer gets the same bytes. Its answers are compared.
//!
//! | file | what |
//! | --- | --- |
//! | `conversation` | recorded exchanges that belong together, and when each takes place |
//! | `case` | a recorded exchange: what the client does, what the server did |
//! | `event` | what happened beside the exchange of bytes |
//! | `payload` | what frames and bodies carry |
//! | `message` | what a client says to its channels |
//! | `outcome` | what an exchange brought |
//! | `line` | what an exchange goes over |
//! | `player` | plays a conversation |
//! | `pace` | whether the machine let it play in time |
//! | `visitor` | signs in before a case that needs a session |
//! | `compare` | where two outcomes differ |
//! | `reason` | what `terminate` was told, in Phoenix's terms and in ours |
//! | `deviations` | where another answer is wanted, and why |
//! | `report` | all cases of a directory, and how they went |

mod case;
mod compare;
mod conversation;
mod deviations;
mod event;
mod line;
mod message;
mod outcome;
mod pace;
mod payload;
mod player;
mod reason;
mod report;
mod visitor;

#[cfg(test)]
mod tests;

pub use self::{
    case::{Case, LeftOut, Step},
    compare::differences,
    conversation::{Conversation, Exchange, TokenPart},
    deviations::{Rule, Verdict, judge, judge_all, rules},
    event::Publication,
    outcome::{End, Outcome},
    player::play,
    report::{Report, THEMES, Theme, replay},
};
