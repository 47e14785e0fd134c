//! `trusted_proxies`: who is believed about the address of a request's client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use syn::{Expr, LitStr};

use crate::{diag::Diagnostics, value};

pub(crate) fn check(name: &str, value: &Expr, diag: &mut Diagnostics) {
    if let Some(elements) = value::list(value) {
        for element in elements {
            match (value::text(element), value::literal_name(element)) {
                (Some(text), _) => entry(text, diag),
                (None, Some(literal)) => {
                    diag.push(element, format!("an entry of `{name}` is a string, this is {literal}"));
                }
                (None, None) => {}
            }
        }
    } else if let Some(text) = value::text(value) {
        diag.push(value, format!("`{name}` takes a list"))
            .help(format!("write `{name} = [{:?}]`", text.value()));
    } else if let Some(literal) = value::literal_name(value) {
        diag.push(value, format!("`{name}` takes a list, this is {literal}"))
            .help(format!("write `{name} = [\"10.0.0.0/8\"]`"));
    }
}

fn entry(at: &LitStr, diag: &mut Diagnostics) {
    let text = at.value();
    if text == "unix" {
        return;
    }
    let (address, prefix) =
        text.split_once('/').map_or((&*text, None), |(address, rest)| (address, Some(rest)));
    let digits = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    let Some(address) = address.parse::<IpAddr>().ok().filter(|_| prefix.is_none_or(digits)) else {
        diag.push(at, format!("`{text:?}` is neither an address nor a network"))
            .help("write `\"10.0.0.1\"`, `\"10.0.0.0/8\"`, or `\"unix\"` for all that come by a Unix socket");
        return;
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    let prefix = match prefix.map_or(Ok(most), str::parse::<u32>) {
        Ok(prefix) if prefix <= most => prefix,
        _ => {
            diag.push(at, format!("the prefix of `{text:?}` must be at most {most}"));
            return;
        }
    };
    let first = first(address, prefix);
    if first != address {
        diag.push(at, format!("`{text:?}` is an address inside of a network"))
            .help(format!("write `\"{first}/{prefix}\"` for the whole network, or the address alone"));
    }
}

/// The address without what comes after the prefix.
fn first(address: IpAddr, prefix: u32) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
            Ipv4Addr::from(u32::from(address) & mask).into()
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - prefix).unwrap_or(0);
            Ipv6Addr::from(u128::from(address) & mask).into()
        }
    }
}

/// Reports networks that are the whole world.
pub(crate) fn everybody(name: &str, value: &Expr, diag: &mut Diagnostics) {
    for text in value::list(value).into_iter().flatten().filter_map(value::text) {
        let whole = text.value();
        let all = whole
            .split_once('/')
            .is_some_and(|(address, prefix)| address.parse::<IpAddr>().is_ok() && prefix.parse() == Ok(0));
        if all {
            diag.push(text, "anybody could choose the address that limits count for them")
                .help("list the proxies")
                .help(format!(
                    "if that is right here, write `{name} = insecure([{whole:?}], reason = \"..\")`"
                ));
        }
    }
}
