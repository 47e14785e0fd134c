//! Sockets that hold channels.

use landfall::{
    channel::{ChannelSocket, V1},
    socket,
    socket::{Param, Params, Reason, Refused},
};

use super::{
    diary::Diary,
    echo::Refusal,
    rooms::{OtherChannel, RoomChannel},
};

/// The user, as the client's parameters say.
pub(super) struct User {
    name: Option<String>,
    /// The identity under which the diary notes why its channels ended.
    log_id: Option<String>,
    diary: Diary,
}

/// A socket whose channels know who connected.
pub(super) trait HasUser: ChannelSocket {
    fn user(&self) -> &User;
}

impl User {
    /// Connects as the parameter `token` says.
    fn connect(params: &Params, diary: Diary) -> Result<Self, Refused> {
        let text = |name: &str| params.get(name).and_then(Param::as_str);
        match text("token") {
            Some("refuse") => Err(Refused::new()),
            Some("limit") => Err(Refused::new().caused_by(Refusal::RateLimit)),
            _ => Ok(User {
                name: text("user_id").map(str::to_owned),
                log_id: text("id").map(str::to_owned),
                diary,
            }),
        }
    }

    /// Notes why a channel ended.
    pub(super) fn note_channel(&self, reason: &Reason) {
        if let Some(id) = &self.log_id {
            self.diary.note_channel(id, reason);
        }
    }

    pub(super) fn id(&self) -> Option<String> {
        self.name.as_ref().map(|name| format!("users:{name}"))
    }
}

/// Speaks both versions.
pub(super) struct UserSocket(User);

#[socket(
    channel("room:*", RoomChannel<UserSocket>),
    channel("exact", OtherChannel<UserSocket>),
    channel("a:b:*", OtherChannel<UserSocket>),
    log = false,
)]
impl UserSocket {
    async fn connect(params: Params, #[state] diary: Diary) -> Result<Self, Refused> {
        User::connect(&params, diary).map(UserSocket)
    }

    fn id(&self) -> Option<String> {
        self.0.id()
    }
}

impl HasUser for UserSocket {
    fn user(&self) -> &User {
        &self.0
    }
}

/// Speaks the first version only.
pub(super) struct FirstVersionSocket(User);

#[socket(
    channel("room:*", RoomChannel<FirstVersionSocket>),
    channel("exact", OtherChannel<FirstVersionSocket>),
    channel("a:b:*", OtherChannel<FirstVersionSocket>),
    serializers = [(V1, "~> 1.0.0")],
)]
impl FirstVersionSocket {
    async fn connect(params: Params, #[state] diary: Diary) -> Result<Self, Refused> {
        User::connect(&params, diary).map(FirstVersionSocket)
    }

    fn id(&self) -> Option<String> {
        self.0.id()
    }
}

impl HasUser for FirstVersionSocket {
    fn user(&self) -> &User {
        &self.0
    }
}

/// Speaks both versions, and is logged as sockets are by default. The golden logs are those of a
/// socket whose list of serializers Phoenix ignored.
pub(super) struct LoggedSocket(User);

#[socket(
    channel("room:*", RoomChannel<LoggedSocket>),
    channel("exact", OtherChannel<LoggedSocket>),
    channel("a:b:*", OtherChannel<LoggedSocket>),
)]
impl LoggedSocket {
    async fn connect(params: Params, #[state] diary: Diary) -> Result<Self, Refused> {
        User::connect(&params, diary).map(LoggedSocket)
    }

    fn id(&self) -> Option<String> {
        self.0.id()
    }
}

impl HasUser for LoggedSocket {
    fn user(&self) -> &User {
        &self.0
    }
}
