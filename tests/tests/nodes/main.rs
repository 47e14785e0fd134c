//! Several nodes, which reach each other by a broker.

mod channels;
mod declared;
mod ended;
mod figures;
mod gaps;
mod messages;
mod mortal;
mod phoenix;
mod presence;
mod site;
mod world;
