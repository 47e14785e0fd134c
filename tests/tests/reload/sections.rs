//! One file for several endpoints.

use landfall::{config::Config, prelude::*, testing};

use crate::File;

endpoint! {
    struct Chat;
    url(host = "chat.com");
}

endpoint! {
    struct Admin;
    url(host = "admin.com");
}

#[tokio::test]
async fn each_endpoint_reads_its_section() {
    let text = "check_origin = [\"https://both.com\"]\n\
                [extra.mail]\nfrom = \"both\"\nto = \"both\"\n\
                [Chat.url]\nport = 1000\n[Chat.extra.mail]\nto = \"chat\"\n[Admin.url]\nhost = \"b.com\"\n";
    let file = File::new("sections.toml", text);
    let chat = testing::start::<Chat>().file(file.path()).await;
    let admin = testing::start::<Admin>().file(file.path()).await;
    assert_eq!(chat.url(), "http://chat.com:1000");
    assert_eq!(admin.host(), "b.com");
    assert_eq!(chat.config().check_origin, admin.config().check_origin);
    let mail = |config: &Config| config.extra::<serde_json::Value>("mail").unwrap();
    assert_eq!(
        mail(&chat.config()),
        serde_json::json!({"from": "both", "to": "chat"})
    );
    assert_eq!(
        mail(&admin.config()),
        serde_json::json!({"from": "both", "to": "both"})
    );

    file.write("[Chat]\n[Admin.url]\nhost = \"c.com\"\n");
    chat.reload().await.unwrap();
    admin.reload().await.unwrap();
    assert_eq!(chat.host(), "chat.com");
    assert_eq!(admin.host(), "c.com");
}

async fn refused(name: &str, text: &str) -> String {
    let file = File::new(name, text);
    let error = Chat::builder().file(file.path()).start().await.unwrap_err();
    error
        .to_string()
        .replace(file.path().to_str().unwrap(), "FILE")
}

#[tokio::test]
async fn a_section_is_looked_at_like_a_file() {
    assert_eq!(
        refused(
            "section_keys.toml",
            "[Chat]\nsever = true\n[Chat.url]\nhots = \"a\"\nport = 0\n"
        )
        .await,
        "the configuration of `Chat` is wrong\n\n\
         unknown key `sever` (from FILE:2)\n  help: did you mean `server`?\n\n\
         unknown key `hots` in `url` (from FILE:4)\n  help: did you mean `host`?\n\n\
         `port` must be between 1 and 65535 (`url.port` from FILE:5)\n  \
         help: for a port chosen by the system use `http(port = 0)`"
    );
}

#[tokio::test]
async fn a_file_with_sections_has_one_for_each() {
    assert_eq!(
        refused("section_missing.toml", "server = false\n[Admin]\n[Chta]\n").await,
        "the configuration of `Chat` is wrong\n\n\
         there are sections for `Admin`, `Chta`, but none for `Chat` (from FILE:2)\n  \
         help: is `[Chta]` meant for it? Write `[Chat]`"
    );
    assert_eq!(
        refused("section_other.toml", "[Admin]\n").await,
        "the configuration of `Chat` is wrong\n\n\
         there are sections for `Admin`, but none for `Chat` (from FILE:1)\n  \
         help: add `[Chat]`, which may be empty"
    );
}
