//! `render_errors` and `debug_errors` as they are declared.

mod causes;
mod developers;
mod filtered;
mod formats;
mod log;
mod refusals;
mod site;
