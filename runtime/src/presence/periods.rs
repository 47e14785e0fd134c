//! How long replicas are silent, and what follows from it.

use std::time::Duration;

/// How often it is looked for what is due, at least.
const TICK: Duration = Duration::from_millis(500);

/// How often a replica says that it is there.
pub(super) const BEAT: Duration = Duration::from_millis(1500);
/// After how long a silence a replica is down.
pub(super) const DOWN: Duration = Duration::from_secs(30);
/// After how long a silence a replica is forgotten.
pub(super) const FORGOTTEN: Duration = Duration::from_secs(20 * 60);

/// How long replicas are silent, and what follows from it: by default the times above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Periods {
    pub(super) beat: Duration,
    pub(super) down: Duration,
    pub(super) forgotten: Duration,
}

impl Default for Periods {
    fn default() -> Self {
        Periods {
            beat: BEAT,
            down: DOWN,
            forgotten: FORGOTTEN,
        }
    }
}

impl Periods {
    /// With each long enough for the one before.
    pub(super) fn in_order(self) -> Self {
        let down = self.down.max(self.beat * 2);
        Periods {
            beat: self.beat,
            down,
            forgotten: self.forgotten.max(down),
        }
    }

    /// How often it is looked for what is due.
    pub(super) fn tick(self) -> Duration {
        TICK.min(self.beat / 2)
    }
}
