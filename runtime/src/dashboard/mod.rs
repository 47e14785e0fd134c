#![doc = include_str!("../docs/dashboard.md")]

// | file | what |
// | --- | --- |
// | `options`, `access` | what is declared, and what it says of a client |
// | `served` | requests for the page |
// | `page` | the page and its files |
// | `viewer` | its socket and its channel |
// | `listings` | what the page asks for |
// | `known` | what the page shows without asking: samples and log lines |
// | `sampler` | the task that takes the samples |
// | `process` | what the system says of this process |
// | `time` | times as pages are told them |
// | `log_lines` | the layer that keeps log lines |

mod access;
mod known;
mod listings;
mod log_lines;
mod options;
mod page;
mod process;
mod sampler;
mod served;
mod time;
mod viewer;

pub use self::{access::Access, log_lines::LogLines, options::Dashboard};
pub(crate) use self::{served::Served, viewer::MOUNT};
