//! Makes the TLS of a listener from the configuration of `https`.

use std::sync::Arc;

use crate::{
    config::{CipherSuite, ConfigError, Files, HttpsConfig, Secret},
    server::{
        Layer,
        tls::{Certificate, Pem, Tls, TlsOptions, Versions, Wrong},
    },
};

/// Reads and checks all files.
pub(super) fn layer(https: &HttpsConfig) -> Result<Arc<Tls>, Vec<ConfigError>> {
    let certificates = certificates(https).map_err(|error| vec![error])?;
    let versions = Versions {
        tls12: https.cipher_suite == CipherSuite::Compatible,
        tls13: true,
    };
    Tls::new(TlsOptions {
        certificates,
        clients: pem(&https.cacertfile),
        client_required: https.fail_if_no_peer_cert,
        versions,
        ciphers: https.ciphers.clone(),
        http2: https.http2,
        handshake_timeout: https.handshake_timeout,
        max_handshakes: https.max_handshakes,
    })
    .map_err(|wrong| {
        wrong
            .into_iter()
            .map(|wrong| {
                let key = key(https, wrong.key);
                ConfigError::from(wrong).about(key)
            })
            .collect()
    })
}

/// The key that an error is about. Text and files have different keys.
fn key(https: &HttpsConfig, key: &str) -> String {
    match key {
        "certfile" if https.cert.is_some() => "https.cert".to_owned(),
        "keyfile" if https.key.is_some() => "https.key".to_owned(),
        "https" => key.to_owned(),
        _ => format!("https.{key}"),
    }
}

fn certificates(https: &HttpsConfig) -> Result<Vec<Certificate>, ConfigError> {
    let chains = pems(
        "certfile",
        &https.certfile,
        "cert",
        https.cert.clone().map(Secret::from),
    )?;
    let keys = pems("keyfile", &https.keyfile, "key", https.key.clone())?;
    let help = "`https(certfile = \"cert.pem\", keyfile = \"key.pem\")`";
    match (chains.len(), keys.len()) {
        (0, 0) => Err(ConfigError::new("`https` needs a certificate and a key")
            .help(help)
            .about("https.certfile")),
        (0, _) => Err(ConfigError::new("`keyfile` needs `certfile`")
            .help(help)
            .about("https.keyfile")),
        (_, 0) => Err(ConfigError::new("`certfile` needs `keyfile`")
            .help(help)
            .about("https.certfile")),
        (chains, keys) if chains != keys => {
            let text = format!("there are {chains} certificates and {keys} keys");
            let error =
                ConfigError::new(text).help("list the key of each certificate, in the same order");
            Err(error.about("https.keyfile"))
        }
        _ => Ok(chains
            .into_iter()
            .zip(keys)
            .map(|(chain, key)| Certificate { chain, key })
            .collect()),
    }
}

/// PEM, from files or as text.
fn pems(
    name: &str,
    files: &Files,
    other: &str,
    text: Option<Secret>,
) -> Result<Vec<Pem>, ConfigError> {
    match text {
        Some(_) if !files.is_empty() => {
            let text = format!("`{name}` and `{other}` say the same in two ways");
            let error = ConfigError::new(text).help("keep one of them");
            Err(error.about(format!("https.{name}")))
        }
        Some(text) => Ok(vec![Pem::Text(text)]),
        None => Ok(pem(files)),
    }
}

fn pem(files: &Files) -> Vec<Pem> {
    files
        .iter()
        .map(|path| Pem::File(path.to_owned()))
        .collect()
}

impl From<Wrong> for ConfigError {
    fn from(wrong: Wrong) -> Self {
        let error = ConfigError::new(wrong.text);
        match wrong.help {
            Some(help) => error.help(help),
            None => error,
        }
    }
}

/// Reads the files of the certificates again. If anything is wrong with them, nothing changes.
pub(super) fn reload(layer: &Layer) -> Result<(), Vec<ConfigError>> {
    match layer {
        Layer::Plain => Ok(()),
        Layer::Tls(tls) => tls
            .reload()
            .map_err(|wrong| wrong.into_iter().map(ConfigError::from).collect()),
    }
}
