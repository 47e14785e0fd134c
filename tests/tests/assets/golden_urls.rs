//! What the URL functions of Phoenix returned, compared with ours.

use landfall::{
    Endpoint, Running,
    config::{Group, Http, Https, Setting, Settings, Url},
    endpoint::EndpointDef,
};
use serde_json::{Value, json};

const MANIFEST: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/peer/site/cache_manifest.json"
);

struct Web;

impl Endpoint for Web {
    type State = ();
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Web",
        mounts: &[],
        ..EndpointDef::DEFAULT
    };
}

/// The text of a group in a configuration of Elixir: `[url: [host: "a.com"], http: [port: 4000]]`.
fn group<'a>(config: &'a str, name: &str) -> Option<&'a str> {
    let starts = [format!("[{name}: ["), format!(" {name}: [")];
    let (_, rest) = starts
        .iter()
        .find_map(|start| config.split_once(start.as_str()))?;
    Some(rest.split(']').next().unwrap())
}

fn key<'a>(group: &'a str, name: &str) -> Option<&'a str> {
    let pairs = group.split(", ").filter_map(|pair| pair.split_once(": "));
    pairs
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value.trim_matches('"'))
        .next()
}

fn layer<L>(group: Option<L>) -> Group<L> {
    group.map_or(Group::UNSET, Group::on)
}

fn url(group: &str) -> Url {
    let text = |name| {
        key(group, name)
            .map(|value| Setting::given(value.to_owned()))
            .unwrap_or_default()
    };
    let port = key(group, "port")
        .map(|port| Setting::exact(port.parse().unwrap()))
        .unwrap_or_default();
    Url {
        host: text("host"),
        scheme: text("scheme"),
        path: text("path"),
        port,
    }
}

fn set(settings: &mut Settings, config: &str) {
    settings.url = group(config, "url").map(url).unwrap_or(Url::DEFAULT);
    settings.static_url = layer(group(config, "static_url").map(url));
    let port = |group| Setting::exact(key(group, "port").unwrap().parse().unwrap());
    settings.http = layer(group(config, "http").map(|http| Http {
        port: port(http),
        ..Http::DEFAULT
    }));
    settings.https = layer(group(config, "https").map(|https| Https {
        port: port(https),
        ..Https::DEFAULT
    }));
    settings.server = Setting::exact(false);
    if let Some((_, path)) = config.split_once("cache_static_manifest: {:peer, \"priv/static/") {
        let name = path.split('"').next().unwrap();
        settings.cache_static_manifest =
            Setting::given(MANIFEST.replace("cache_manifest.json", name));
    }
}

/// What a function returned, or the message of what it raised.
fn told<T: Into<Value>, E: std::fmt::Display>(result: Result<T, E>) -> Value {
    match result {
        Ok(value) => value.into(),
        Err(error) => json!({ "message": error.to_string(), "raises": "ArgumentError" }),
    }
}

fn ask(web: &Running<Web>, function: &str, argument: &str) -> Value {
    match function {
        "path" => web.path(argument).into(),
        "static_path" => told(web.static_path(argument)),
        "static_integrity" => told(web.static_integrity(argument)),
        "static_lookup" => told(
            web.static_lookup(argument)
                .map(|(path, integrity)| json!([path, integrity])),
        ),
        other => panic!("what is `{other}`?"),
    }
}

#[tokio::test]
async fn urls_are_as_recorded() {
    let golden = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/golden/urls.json")).unwrap();
    let golden: Value = serde_json::from_slice(&golden).unwrap();
    let (mut played, mut refused) = (Vec::new(), Vec::new());
    for case in golden["cases"].as_array().unwrap() {
        let (name, results) = (case["name"].as_str().unwrap(), &case["results"]);
        let config = case["config"].as_str().unwrap();
        // These cases are about Elixir's own functions.
        if results.get("static_url").is_none() {
            continue;
        }
        let web = match Web::builder()
            .settings(|settings| set(settings, config))
            .start()
            .await
        {
            Ok(web) => web,
            Err(error) => {
                assert!(error.is_config(), "{name}: {error}");
                refused.push(name);
                continue;
            }
        };
        assert_eq!(json!(web.url()), results["url"], "{name}");
        assert_eq!(json!(web.static_url()), results["static_url"], "{name}");
        assert_eq!(json!(web.host()), results["host"], "{name}");
        assert_eq!(json!(web.script_name()), results["script_name"], "{name}");
        let parts = web.struct_url();
        let parts = [
            json!(parts.scheme.to_string()),
            json!(parts.host),
            json!(parts.port),
        ];
        let url = &results["struct_url"];
        assert_eq!(
            parts,
            [
                url["scheme"].clone(),
                url["host"].clone(),
                url["port"].clone()
            ],
            "{name}"
        );
        for function in ["path", "static_path", "static_integrity", "static_lookup"] {
            for pair in results[function].as_array().unwrap() {
                let argument = pair[0].as_str().unwrap();
                assert_eq!(
                    ask(&web, function, argument),
                    pair[1],
                    "{name}: {function}({argument:?})"
                );
            }
        }
        web.shutdown().await.unwrap();
        played.push(name);
    }
    assert_eq!(played.len(), 14, "{played:?}");
    // A path that ends with a slash, or begins without one, makes URLs that nothing serves.
    assert_eq!(
        refused,
        [
            "url path with trailing slash",
            "url path without leading slash"
        ]
    );
}

/// Phoenix's `config_change` stores its argument. Ours reads the layers. The result is the same.
#[tokio::test]
async fn a_change_is_as_recorded() {
    let golden = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/golden/urls.json")).unwrap();
    let golden: Value = serde_json::from_slice(&golden).unwrap();
    let case = golden["cases"].as_array().unwrap().iter();
    let named = |case: &&Value| case["name"] == "config_change replaces the configuration";
    let case = case.clone().find(named).unwrap();
    let (before, after) = case["config"]
        .as_str()
        .unwrap()
        .split_once(" changed to ")
        .unwrap();
    let configured = |text: &str| {
        let text = text.trim_start_matches("url ").trim_matches(['[', ']']);
        let pairs = text.split(", ").map(|pair| pair.replacen(' ', ": ", 1));
        url(&pairs.collect::<Vec<_>>().join(", "))
    };
    let builder = Web::builder().settings(|settings| {
        settings.url = configured(before);
        settings.http = Group::on(Http {
            port: Setting::exact(4000),
            ..Http::DEFAULT
        });
        settings.secret_key_base =
            Setting::given("a secret of 64 bytes for a site that is there for its tests only.");
        settings.server = Setting::exact(false);
    });
    let web = builder.start().await.unwrap();
    let told = |web: &Running<Web>| json!([web.url(), web.path("/a"), web.host()]);
    assert_eq!(told(&web), case["results"]["before"]);
    web.reload_with(|settings| settings.url = configured(after))
        .await
        .unwrap();
    let (mut told, config) = (told(&web), web.config());
    let told = told.as_array_mut().unwrap();
    told.push(format!("[port: {}]", config.http.as_ref().unwrap().port).into());
    told.push(config.secret_key_base.is_some().to_string().into());
    assert_eq!(json!(told), case["results"]["after"]);
    web.shutdown().await.unwrap();
}
