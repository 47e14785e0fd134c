//! Which web pages may open a socket.

/// `check_origin`: which web pages may open a socket. Requests without an `origin` header do not come from a web page
/// and are always allowed.
///
/// `L` is the form of the list: a constant slice on a mount, `Vec<String>` in a running endpoint's configuration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CheckOrigin<L = Vec<String>> {
    /// `true`: the origin's host equals the endpoint's `url` host. The default.
    Host,
    /// `false`: any page of any site. It can then act in the name of any visitor who is signed in by cookie.
    Off,
    /// A list of origins, such as `"https://example.com"`, `"//example.com:4000"`, `"//*.example.com"`.
    List(L),
    /// `conn`: scheme, host and port equal those of the request.
    Conn,
    /// A function that decides.
    Function(fn(&Origin) -> bool),
}

/// The `origin` header of a request, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// The header as sent.
    pub text: String,
    /// In lower case; `None` when the header has none, such as `null`.
    pub scheme: Option<String>,
    /// In lower case, without brackets; `None` when the header has none, such as `file://`.
    pub host: Option<String>,
    /// The port, or the scheme's own.
    pub port: Option<u16>,
}

/// A `check_origin` made ready for requests.
#[derive(Clone, Debug)]
pub(crate) struct OriginCheck;
