//! A group of keys in one layer.

/// A group in one layer: its keys, that it is off, or nothing.
///
/// A layer that turns a group off takes it from the layers below. A later layer can turn it on
/// again, with its own keys and the defaults of the others.
///
/// ```
/// use landfall::config::{Group, Http, Setting, Settings};
///
/// let mut settings = Settings::default();
/// settings.http = Group::on(Http { port: Setting::exact(4000), ..Http::DEFAULT });
/// settings.https = Group::OFF;
/// assert!(settings.http.get().is_some() && settings.https.is_off());
/// ```
#[derive(Clone, Debug)]
pub struct Group<L> {
    keys: Option<L>,
    is_off: bool,
}

impl<L> Group<L> {
    /// The layer does not set the group.
    pub const UNSET: Self = Group {
        keys: None,
        is_off: false,
    };

    /// The layer turns the group off.
    pub const OFF: Self = Group {
        keys: None,
        is_off: true,
    };

    /// The layer has the group, with these keys.
    pub const fn on(keys: L) -> Self {
        Group {
            keys: Some(keys),
            is_off: false,
        }
    }

    /// The keys, if the layer has the group.
    pub fn get(&self) -> Option<&L> {
        self.keys.as_ref()
    }

    /// Whether the layer turns the group off.
    pub fn is_off(&self) -> bool {
        self.is_off
    }

    /// The keys. If the layer does not have the group yet, it has these from now on.
    pub fn get_or_insert(&mut self, keys: L) -> &mut L {
        self.is_off = false;
        self.keys.get_or_insert(keys)
    }

    /// The keys. If the layer does not have the group yet, it has it without keys from now on.
    pub fn get_or_insert_default(&mut self) -> &mut L
    where
        L: Default,
    {
        self.is_off = false;
        self.keys.get_or_insert_default()
    }
}

/// `None` turns the group off.
impl<L> From<Option<L>> for Group<L> {
    fn from(keys: Option<L>) -> Self {
        keys.map_or(Group::OFF, Group::on)
    }
}

impl<L> Default for Group<L> {
    fn default() -> Self {
        Group::UNSET
    }
}
