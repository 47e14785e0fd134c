//! The application's code that may run.

/// The application's code that may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Callback {
    CheckOrigin = 1,
    Connect,
    ErrorHandler,
    Init,
    HandleIn,
    HandleControl,
    HandleInfo,
    Encode,
    Terminate,
    Drain,
    Session,
    /// Those of channels.
    Join,
    Joined,
    ChannelIn,
    ChannelInfo,
    ChannelOut,
    ChannelTerminate,
}

impl Callback {
    /// By number.
    pub(super) const ALL: [Option<Callback>; 18] = {
        use Callback::*;
        [
            None,
            Some(CheckOrigin),
            Some(Connect),
            Some(ErrorHandler),
            Some(Init),
            Some(HandleIn),
            Some(HandleControl),
            Some(HandleInfo),
            Some(Encode),
            Some(Terminate),
            Some(Drain),
            Some(Session),
            Some(Join),
            Some(Joined),
            Some(ChannelIn),
            Some(ChannelInfo),
            Some(ChannelOut),
            Some(ChannelTerminate),
        ]
    };

    pub(crate) fn name(self) -> &'static str {
        match self {
            Callback::CheckOrigin => "check_origin",
            Callback::Connect => "connect",
            Callback::ErrorHandler => "error_handler",
            Callback::Init => "init",
            Callback::HandleIn | Callback::ChannelIn => "handle_in",
            Callback::HandleControl => "handle_control",
            Callback::HandleInfo | Callback::ChannelInfo => "handle_info",
            Callback::Encode => "encode",
            Callback::Terminate | Callback::ChannelTerminate => "terminate",
            Callback::Drain => "drain",
            Callback::Session => "session",
            Callback::Join => "join",
            Callback::Joined => "joined",
            Callback::ChannelOut => "handle_out",
        }
    }

    pub(super) fn has_topic(self) -> bool {
        self as u8 >= Callback::Join as u8
    }
}
