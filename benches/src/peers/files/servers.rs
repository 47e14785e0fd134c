//! Servers of the files in a folder.

use std::{env, fs, path::Path};

use landfall::{assets::Static, prelude::*};
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

use crate::{
    Result,
    process::{FOLDER, Server, free_address},
};

const SECRET: &str =
    "the secret of a server that lives for one measurement, and has nothing to hide";

endpoint! {
    struct Statics;

    http(ip = [127, 0, 0, 1]);
    secret_key_base = insecure(SECRET, reason = "it is the same for each run");
    #[allow(deprecated, reason = "nothing else is measured")]
    plug(Static::new(folder()));
}

endpoint! {
    struct Directory;

    http(ip = [127, 0, 0, 1]);
    secret_key_base = insecure(SECRET, reason = "it is the same for each run");
    service(ServeDir::new(folder()));
}

fn folder() -> String {
    env::var(FOLDER).unwrap_or_default()
}

pub(crate) async fn statics(port: u16) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let edge = Statics::builder().listener(listener).start().await?;
    Ok(edge.wait_for_signal().await?)
}

pub(crate) async fn below_landfall(port: u16) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let edge = Directory::builder().listener(listener).start().await?;
    Ok(edge.wait_for_signal().await?)
}

pub(crate) async fn below_axum(port: u16) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let router = axum::Router::new().fallback_service(ServeDir::new(folder()));
    Ok(axum::serve(listener, router).await?)
}

/// nginx as a process of its own; `None` if it is not installed.
pub(super) async fn nginx(folder: &Path) -> Result<Option<Server>> {
    let program = Path::new("/usr/sbin/nginx");
    if !program.is_file() {
        return Ok(None);
    }
    let address = free_address().await?;
    let own = folder.join("nginx");
    fs::create_dir_all(&own)?;
    let configuration = format!(
        "daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log stderr crit;\n\
         events {{ worker_connections 1024; }}\n\
         http {{\n\
         access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;\n\
         types {{ text/javascript js; application/octet-stream bin; }}\n\
         client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; uwsgi_temp_path d; scgi_temp_path e;\n\
         server {{ listen {address}; root {}; }}\n\
         }}\n",
        folder.display()
    );
    fs::write(own.join("nginx.conf"), configuration)?;
    let set = |command: &mut tokio::process::Command| {
        command.arg("-p").arg(&own).args(["-c", "nginx.conf"]);
        command.args(["-e", "stderr"]);
    };
    Server::run(program, address, set).await.map(Some)
}
