//! HTTP/1.1 requests as given, and responses as they come.

/// A request, written as it is given.
#[derive(Clone, Debug)]
pub struct Request {
    /// Such as `GET`.
    pub method: String,
    /// What stands between method and version.
    pub target: String,
    /// Header lines in order.
    pub headers: Vec<(String, String)>,
    /// Such as `HTTP/1.1`.
    pub version: String,
    /// What follows the head.
    pub body: String,
}

impl Request {
    /// `GET target` to `localhost`, without further headers.
    pub fn get(target: &str) -> Self {
        Request {
            method: "GET".to_owned(),
            target: target.to_owned(),
            headers: vec![("host".to_owned(), "localhost".to_owned())],
            version: "HTTP/1.1".to_owned(),
            body: String::new(),
        }
    }

    /// What can be understood of a request's bytes: its first line, its headers, its body.
    pub fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ');
        let mut word = || words.next().unwrap_or_default().to_owned();
        let pairs = lines.filter_map(|line| line.split_once(':'));
        Request {
            method: word(),
            target: word(),
            version: word(),
            headers: pairs
                .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }

    /// A WebSocket handshake with the key of RFC 6455 §1.3.
    pub fn upgrade(target: &str) -> Self {
        Request::get(target)
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
    }

    /// One more header line.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The values of every line of that name.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        let same = move |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .filter(same)
            .map(|(_, value)| value.as_str())
    }

    /// The request's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{} {} {}\r\n", self.method, self.target, self.version);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        text.push_str(&self.body);
        text.into_bytes()
    }
}

/// A response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header lines in order, as written.
    pub headers: Vec<(String, String)>,
    /// The body, without its transfer encoding.
    pub body: String,
}

/// How long a response's body is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BodyLength {
    Known(usize),
    Chunked,
    UntilClosed,
}

impl Response {
    /// The first value of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Reads a head without its empty line.
    pub(super) fn parse(head: &str) -> Option<Response> {
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let split = |line: &str| {
            line.split_once(':')
                .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        };
        let headers = lines
            .filter(|line| !line.is_empty())
            .map(split)
            .collect::<Option<_>>()?;
        Some(Response {
            status,
            headers,
            body: String::new(),
        })
    }

    pub(super) fn body_length(&self, to_head: bool) -> BodyLength {
        if to_head || self.status < 200 || matches!(self.status, 204 | 304) {
            return BodyLength::Known(0);
        }
        if self
            .header("transfer-encoding")
            .is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
        {
            return BodyLength::Chunked;
        }
        match self
            .header("content-length")
            .and_then(|value| value.parse().ok())
        {
            Some(length) => BodyLength::Known(length),
            None => BodyLength::UntilClosed,
        }
    }
}
