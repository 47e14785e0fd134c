//! Payloads as log lines show them.

use std::fmt;

use serde_json::Value;

use super::Handle;
use crate::{escape::told, pubsub::Payload};

/// A payload that is longer, in bytes, is not read for a log line.
const MOST: usize = 16 * 1024;

impl Handle {
    /// A payload as the endpoint's own log lines show it: without what `filter_parameters` hides, on
    /// one line, and cut after 256 bytes. Of text, of bytes, and of more than 16 KiB, it is the
    /// length. The `Debug` of a payload shows nothing but the length, since it knows no endpoint.
    ///
    /// ```
    /// use landfall::{Handle, pubsub::Payload};
    ///
    /// fn log(handle: &Handle, payload: &Payload) {
    ///     println!("a form came: {}", handle.filtered(payload));
    /// }
    /// # use landfall::{Endpoint, endpoint};
    /// # endpoint! { struct Web; }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let web = Web::start().await.unwrap();
    /// let payload = serde_json::json!({"name": "ann", "password": "hunter2"}).into();
    /// let shown = web.filtered(&payload).to_string();
    /// assert_eq!(shown, r#"{"name": "ann", "password": "[FILTERED]"}"#);
    /// # web.shutdown().await.unwrap(); }
    /// ```
    pub fn filtered(&self, payload: &Payload) -> impl fmt::Display + fmt::Debug + use<> {
        let json = match payload {
            Payload::Json(json) if json.len() <= MOST => serde_json::from_str::<Value>(json).ok(),
            _ => None,
        };
        let Some(json) = json else {
            return Filtered(format!("{} bytes", payload.len()));
        };
        let config = self.config();
        let filtered = config.filter_parameters.filtered(&json);
        Filtered(told(&format_args!("{filtered:?}")).to_string())
    }
}

struct Filtered(String);

impl fmt::Display for Filtered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Filtered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
