//! Networks and addresses: the entries of `trusted_proxies`.

use std::{fmt, net::IpAddr};

use super::Mistake;

/// Addresses with a common prefix. A network of IPv4 is never kept in IPv6 form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    pub(crate) address: IpAddr,
    pub(crate) prefix: u8,
}

impl Network {
    /// Reads `"10.0.0.0/8"`, or an address alone.
    pub(crate) fn parse(text: &str) -> Result<Network, Mistake> {
        let (address, prefix) = text
            .split_once('/')
            .map_or((text, None), |(a, p)| (a, Some(p)));
        let said = address;
        let unreadable = |part| unreadable(text).at(text, part);
        let address: IpAddr = said.parse().map_err(|_| unreadable(said))?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => most,
            Some(digits)
                if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                digits
                    .parse()
                    .ok()
                    .filter(|prefix| *prefix <= most)
                    .ok_or_else(|| {
                        Mistake::new(format!("the prefix of `{text:?}` must be at most {most}"))
                            .at(text, digits)
                    })?
            }
            Some(digits) => return Err(unreadable(digits)),
        };
        let network = Network { address, prefix }.canonical();
        let first = network.first();
        if first == network.address {
            Ok(network)
        } else {
            let whole = Network {
                address: first,
                ..network
            }
            .to_string();
            Err(
                Mistake::new(format!("`{text:?}` is an address inside of a network")).help(
                    format!("write `{whole:?}` for the whole network, or the address alone"),
                ),
            )
        }
    }

    fn canonical(self) -> Network {
        match (self.address.to_canonical(), self.address) {
            (IpAddr::V4(address), IpAddr::V6(_)) if self.prefix >= 96 => Network {
                address: address.into(),
                prefix: self.prefix - 96,
            },
            _ => self,
        }
    }

    pub(crate) fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(_), IpAddr::V4(_)) | (IpAddr::V6(_), IpAddr::V6(_)) => {
                Network { address, ..self }.first() == self.address
            }
            _ => false,
        }
    }

    /// The address with the bits behind the prefix cleared.
    fn first(self) -> IpAddr {
        let prefix = u32::from(self.prefix);
        match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
                IpAddr::V4((u32::from(address) & mask).into())
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128 - prefix).unwrap_or(0);
                IpAddr::V6((u128::from(address) & mask).into())
            }
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

fn unreadable(text: &str) -> Mistake {
    Mistake::new(format!("`{text:?}` is neither an address nor a network")).help(
        "write `\"10.0.0.1\"`, `\"10.0.0.0/8\"`, or `\"unix\"` for all that come by a Unix socket",
    )
}

/// The mistake of a network that contains every address.
pub(crate) fn everybody(network: Network) -> Option<Mistake> {
    let mistake = || Mistake::new("anybody could choose the address that limits count for them");
    (network.prefix == 0).then(|| mistake().help("list the proxies"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_and_networks() {
        let read = |text| {
            Network::parse(text)
                .map(|network| network.to_string())
                .map_err(|it| it.text)
        };
        for (text, network) in [
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("10.0.0.1", "10.0.0.1/32"),
            ("fd00::/8", "fd00::/8"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(network));
        }
        let unreadable = [
            "",
            "x",
            "localhost",
            "*",
            "10.0.0",
            "10.0.0.0/",
            "10.0.0.0/x",
            "10.0.0.0/+8",
        ];
        for text in unreadable
            .into_iter()
            .chain(["10.0.0.0/8/8", "/8", "[::1]"])
        {
            let wrong = format!("`{text:?}` is neither an address nor a network");
            assert_eq!(read(text).err(), Some(wrong));
        }
        for (text, most) in [
            ("10.0.0.0/33", 32),
            ("10.0.0.0/999", 32),
            ("::/129", 128),
            ("::/999", 128),
        ] {
            let wrong = format!("the prefix of `{text:?}` must be at most {most}");
            assert_eq!(read(text).err(), Some(wrong));
        }
        for (text, whole) in [("10.0.0.1/8", "10.0.0.0/8"), ("fd00::1/8", "fd00::/8")] {
            let help = Network::parse(text)
                .err()
                .map(|mistake| mistake.help.concat());
            assert!(help.is_some_and(|help| help.contains(whole)), "{text}");
        }
    }
}
