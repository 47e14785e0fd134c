//! Slips that people make: each is told once, and what its help says to write is right.

use proc_macro2::TokenStream;

use super::run;
use crate::testing::errors;

/// A wrong statement, what is said about it, and the statement that follows the help.
const SLIPS: &[(&str, &str, &str)] = &[
    (
        r#"http(port = env("PORT").parse().unwrap());"#,
        r#"write `env("PORT")`"#,
        r#"http(port = env("PORT"));"#,
    ),
    (
        r#"http(port = env("PORT").unwrap_or(4000));"#,
        r#"write `env("PORT").or(4000)`"#,
        r#"http(port = env("PORT").or(4000));"#,
    ),
    (
        r#"http(port = env("PORT", 4000));"#,
        r#"write `env("PORT").or(4000)`"#,
        r#"http(port = env("PORT").or(4000));"#,
    ),
    (
        r#"http(ip = "localhost", port = 4000);"#,
        r#"write `ip = [127, 0, 0, 1]`"#,
        r#"http(ip = [127, 0, 0, 1], port = 4000);"#,
    ),
    (
        r#"http(ip = 127.0.0.1, port = 4000);"#,
        r#"write `ip = [127, 0, 0, 1]`"#,
        r#"http(ip = [127, 0, 0, 1], port = 4000);"#,
    ),
    (
        r#"connect_info = [uri];"#,
        r#"write `socket(.., websocket(connect_info = ..))`"#,
        r#"socket("/a", A, websocket(connect_info = [uri]));"#,
    ),
    (
        r#"check_origin = ["https:/example.com"];"#,
        r#"write `"https://example.com"`"#,
        r#"check_origin = ["https://example.com"];"#,
    ),
    (
        r#"check_origin = "conn";"#,
        r#"write `check_origin = conn`"#,
        r#"check_origin = conn;"#,
    ),
    (
        r#"check_origin = ["https://a.example.com, https://b.example.com"];"#,
        r#"write "https://a.example.com", "https://b.example.com""#,
        r#"check_origin = ["https://a.example.com", "https://b.example.com"];"#,
    ),
    (
        r#"socket("ws://localhost:4000/socket", A);"#,
        r#"write `"/socket"`"#,
        r#"socket("/socket", A);"#,
    ),
    (
        r#"socket(A, "/socket");"#,
        r#"write `socket("/socket", A)`"#,
        r#"socket("/socket", A);"#,
    ),
    (
        r#"socket("/a", "/b", A);"#,
        r#"write a `socket(..)` for each path"#,
        r#"socket("/a", A); socket("/b", A);"#,
    ),
    (
        r#"socket("/socket" A);"#,
        r#"expected `,` before `A`"#,
        r#"socket("/socket", A);"#,
    ),
    (
        r#"url { host = "example.com", port = 80 }"#,
        r#"write `url("#,
        r#"url(host = "example.com", port = 80);"#,
    ),
    (
        r#"url(host = "example.com" port = 80);"#,
        r#"expected `,` before `port`"#,
        r#"url(host = "example.com", port = 80);"#,
    ),
    (
        r#"url(host = "example.com"; port = 80);"#,
        r#"write `,` instead of `;`"#,
        r#"url(host = "example.com", port = 80);"#,
    ),
    (
        r#"url(host == "example.com");"#,
        r#"write `host = ..`"#,
        r#"url(host = "example.com");"#,
    ),
    (
        r#"url(host => "example.com");"#,
        r#"write `host = ..`"#,
        r#"url(host = "example.com");"#,
    ),
    (
        r#"url(host "example.com");"#,
        r#"write `host = "example.com"`"#,
        r#"url(host = "example.com");"#,
    ),
    (
        r#"socket("/s", A, websocket { timeout = secs(45) });"#,
        r#"write `websocket(..)`"#,
        r#"socket("/s", A, websocket(timeout = secs(45)));"#,
    ),
    (
        r#"socket("/s", A, websocket = { timeout: 45 });"#,
        r#"write `websocket(..)`"#,
        r#"socket("/s", A, websocket(timeout = secs(45)));"#,
    ),
    (
        r#"socket("/s", A, websocket(connect_info = [:peer_data, uri]));"#,
        r#"write `peer_data`"#,
        r#"socket("/s", A, websocket(connect_info = [peer_data, uri]));"#,
    ),
    (
        r#"http(port = {:system, "PORT"});"#,
        r#"write `env("PORT")`"#,
        r#"http(port = env("PORT"));"#,
    ),
    (
        r#"check_origin = {MyApp, :origin_allowed, []};"#,
        r#"write the path of a function"#,
        r#"check_origin = origin_allowed;"#,
    ),
    (
        r#"check_origin = ~w(example.com example.org);"#,
        r#"write a list"#,
        r#"check_origin = ["//example.com", "//example.org"];"#,
    ),
    (
        r#"check_origin = :conn;"#,
        r#"write `conn`"#,
        r#"check_origin = conn;"#,
    ),
    (
        r#"crate = "landfall";"#,
        r#"write `crate = ::landfall`"#,
        r#"crate = ::landfall;"#,
    ),
    (
        r#"url(ip = [127, 0, 0, 1]);"#,
        r#"write `http(ip = ..)`"#,
        r#"http(ip = [127, 0, 0, 1]);"#,
    ),
    (
        r#"socket("/room/<id>", A);"#,
        r#"write `:id`"#,
        r#"socket("/room/:id", A);"#,
    ),
    (
        r#"socket("/room/{id}", A);"#,
        r#"write `:id`"#,
        r#"socket("/room/:id", A);"#,
    ),
    (
        r#"socket("/a", A, log = Info);"#,
        r#"did you mean `info`?"#,
        r#"socket("/a", A, log = info);"#,
    ),
    (
        r#"url(host = "example.com", port = 443, scheme = https);"#,
        r#"write `scheme = "https"`"#,
        r#"url(host = "example.com", port = 443, scheme = "https");"#,
    ),
    (
        r#"socket("/a", A, websocket(timeout = minutes(1)));"#,
        r#"write `secs(60)`"#,
        r#"socket("/a", A, websocket(timeout = secs(60)));"#,
    ),
    (
        r#"fn init(config: &mut Config) -> Result<(), ConfigError> { Ok(()) }"#,
        r#"write `fn init(config: Config) -> Result<Config, ConfigError>`"#,
        r#"fn init(config: Config) -> Result<Config, ConfigError> { Ok(config) }"#,
    ),
    (
        r#"url: [host: "example.com"];"#,
        r#"write `url("#,
        r#"url(host = "example.com");"#,
    ),
    (
        r#"filter_parameters = ["token"];"#,
        r#"write `filter_parameters(contains = ["password"]);`"#,
        r#"filter_parameters(contains = ["password"]);"#,
    ),
    (
        r#"https = env("HTTPS");"#,
        r#"write `https(port = 4443, certfile = "cert.pem", keyfile = "key.pem");`"#,
        r#"https(port = 4443, certfile = "cert.pem", keyfile = "key.pem");"#,
    ),
    (
        r#"http(timeout = secs(60));"#,
        r#"did you mean `idle_timeout`?"#,
        r#"http(idle_timeout = secs(60));"#,
    ),
    (
        r#"http(ip = "::", inet6 = true);"#,
        r#"`ip = "::"`, with `ipv6_only = true`"#,
        r#"http(ip = "::", ipv6_only = true);"#,
    ),
    (
        r#"http(port = env("1ST_PORT"));"#,
        r#"write `env("_1ST_PORT")`"#,
        r#"http(port = env("_1ST_PORT"));"#,
    ),
    (
        r#"socket("/a", A, websocket(window_ms = 5_000));"#,
        r#"write `longpoll(window = secs(10))`"#,
        r#"secret_key_base = env("SECRET"); socket("/a", A, longpoll(window = secs(10)));"#,
    ),
    (
        r#"live_reload(patterns = ["static/.*"], suffix = "admin");"#,
        r#"write `suffix = "/admin"`"#,
        r#"live_reload(patterns = ["static/.*"], suffix = "/admin");"#,
    ),
    (
        r#"secret_key_base = "short";"#,
        r#"write `secret_key_base = env("SECRET_KEY_BASE")`"#,
        r#"secret_key_base = env("SECRET_KEY_BASE");"#,
    ),
    (
        r#"const LIMIT: u8 = 1;"#,
        r#"move it out of `endpoint!`"#,
        r#""#,
    ),
    (r#"use foo::Bar;"#, r#"move it out of `endpoint!`"#, r#""#),
    (
        r#"plug Plug.RequestId;"#,
        r#"write `plug(..);`"#,
        r#"plug(RequestId);"#,
    ),
];

fn found(statement: &str) -> Vec<String> {
    let declaration: TokenStream = format!("pub struct Web; {statement}").parse().unwrap();
    errors(run(declaration))
}

#[test]
fn each_is_told_once_and_its_help_is_right() {
    let mut faults = Vec::new();
    for (wrong, said, right) in SLIPS {
        let told = found(wrong);
        if !matches!(told.as_slice(), [one] if one.contains(said)) {
            faults.push(format!("{wrong}\n  expected {said}\n  {told:#?}"));
        }
        let after = found(right);
        if !after.is_empty() {
            faults.push(format!("{right}\n  {after:#?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_name_alone_is_a_type_that_was_forgotten() {
    let told = errors(run("Web; url(host = \"example.com\");".parse().unwrap()));
    assert!(
        matches!(told.as_slice(), [one] if one.contains("write `pub struct Web;`")),
        "{told:#?}"
    );
}
