//! Several nodes, which reach each other by a broker.

mod messages;
mod site;
