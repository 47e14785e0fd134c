//! Recorded exchanges played again: the same bytes go to a running peer, and what comes back is compared.
//!
//! | file | what |
//! | --- | --- |
//! | `case` | a recorded exchange: what the client does, what the server did |
//! | `outcome` | what an exchange brought |
//! | `player` | plays a case |
//! | `visitor` | signs in before a case that needs a session |
//! | `compare` | where two outcomes differ |
//! | `reason` | what `terminate` was told, in Phoenix's terms and in ours |
//! | `deviations` | where another answer is wanted, and why |
//! | `report` | all cases of a directory, and how they went |

mod case;
mod compare;
mod deviations;
mod outcome;
mod player;
mod reason;
mod report;
mod visitor;

#[cfg(test)]
mod tests;

pub use self::{
    case::{Case, LeftOut, Step},
    compare::differences,
    deviations::{Rule, Verdict, judge, rules},
    outcome::{End, Outcome},
    player::play,
    report::{Report, THEMES, Theme, replay},
};
