//! A client that asks for files, one after the other over one connection.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{Result, client, process::Server};

pub(super) struct Visitor {
    stream: TcpStream,
    host: String,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) length: usize,
    /// The headers of a request that is to be answered with 304.
    pub(super) known: String,
}

impl Visitor {
    pub(super) async fn open(server: &Server) -> Result<Self> {
        Ok(Visitor {
            stream: client::connect(server.address).await?,
            host: server.address.to_string(),
        })
    }

    pub(super) async fn ask(&mut self, path: &str, headers: &str) -> Result<Answer> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\n{headers}\r\n",
            self.host
        );
        self.stream.write_all(request.as_bytes()).await?;
        let (mut buffer, mut read) = ([0; 64 * 1024], 0);
        let end = loop {
            match self.stream.read(&mut buffer[read..]).await? {
                0 => return Err("the server closed".into()),
                more => read += more,
            }
            let heard = buffer[..read].windows(4);
            if let Some(at) = heard.into_iter().position(|end| end == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        let field = |name: &str| {
            let mut fields = head.lines().filter_map(|line| line.split_once(": "));
            let found = fields.find(|(own, _)| own.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value)
        };
        let status = head.split(' ').nth(1).unwrap_or_default().parse()?;
        let length = match status {
            304 => 0,
            _ => field("content-length").ok_or("no length")?.parse()?,
        };
        let mut left = length - (read - end);
        while left > 0 {
            match self.stream.read(&mut buffer).await? {
                0 => return Err("the server closed".into()),
                more => left -= more,
            }
        }
        // As a browser does: whatever the server gave it.
        let known = |given: &str, sent: &str| {
            field(given).map_or_else(String::new, |value| format!("{sent}: {value}\r\n"))
        };
        let known = known("etag", "if-none-match") + &known("last-modified", "if-modified-since");
        Ok(Answer {
            status,
            length,
            known,
        })
    }
}
