//! Several listeners of one endpoint, and those that systemd hands over.

#[cfg(unix)]
mod handed;
#[cfg(unix)]
mod several;
