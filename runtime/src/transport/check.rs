//! Checks of a mount that need the configuration or the application's state.

use super::{
    mistake::{Mistake, MountError},
    mount::Mount,
};
use crate::{
    config::Config,
    feature::Feature,
    handle::Handle,
    origin::CheckOrigin,
    session::SessionSource,
    socket::{TransportKind, TransportOptions},
};

/// Parts of the application's state that channels take and that no socket declares. The macros
/// declare them.
pub(super) fn undeclared(
    mount: &'static Mount,
    handle: &Handle,
) -> impl Iterator<Item = MountError> {
    let undeclared = (mount.socket.undeclared)(handle.app());
    undeclared.into_iter().map(move |(channel, part)| {
        let socket = mount.socket.name;
        let message = format!(
            "channel `{channel}` takes `{part}` of the application's state, which `{socket}` does not declare: \
             add `<{channel} as Channel>::State` to its `type State`"
        );
        Mistake::new("socket", message).of(mount)
    })
}

/// Checks what a transport needs from the rest of the configuration.
pub(super) fn check(
    mount: &Mount,
    kind: TransportKind,
    options: &TransportOptions,
    config: &Config,
) -> Result<(), Mistake> {
    let anybody = match &options.check_origin {
        Some(own) => matches!(own, CheckOrigin::Off),
        None => matches!(config.check_origin, CheckOrigin::Off),
    };
    if !options.check_csrf && anybody {
        return Err(Mistake::new(
            "check_csrf",
            "one of `check_origin` and `check_csrf` must be on",
        ));
    }
    if kind == TransportKind::LongPoll && config.secret_key_base.is_none() {
        return Err(Mistake::without_secret(
            "longpoll",
            "`longpoll` signs its tokens but no `secret_key_base` is set",
        ));
    }
    if let Some(session) = options.connect_info.session {
        if let Some(feature) = Feature::SESSION.lacking() {
            return Err(feature.into());
        }
        if let SessionSource::Constant(options) = session
            && let Some(mistake) = options.mistake()
        {
            return Err(Mistake::new("connect_info", mistake.text).help(mistake.help));
        }
        if config.secret_key_base.is_none() {
            return Err(Mistake::without_secret(
                "connect_info",
                "`session` signs its cookie but no `secret_key_base` is set",
            ));
        }
    }
    let granted = |key: &str| {
        if key == "auth_token" {
            options.auth_token
        } else {
            options.connect_info.grants(key)
        }
    };
    let missing: Vec<_> = mount
        .socket
        .needs
        .info
        .iter()
        .filter(|key| !granted(key))
        .collect();
    if kind.is_custom() && !missing.is_empty() {
        let text = format!(
            "`{}` reads connect_info keys that this transport does not grant: {missing:?}",
            mount.socket.name
        );
        return Err(Mistake::new("transport", text));
    }
    Ok(())
}
