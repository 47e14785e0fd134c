use landfall::{assets::Embedded, embed_static};

const FILES: Embedded = embed_static!("statics");
const MADE: Embedded = embed_static!("$OUT_DIR/none");

fn main() {}
