//! A program that is replaced while people use it, and refuses nobody.
//!
//! ```text
//! cargo run --example restart            # until Ctrl-C
//! cargo run --example restart -- 3 500   # three times, 500 ms apart
//! ```
//!
//! This process opens the port and hands it to the program, as systemd does (`LISTEN_FDS`). Then it
//! starts the next program on the same port, waits until that serves, and tells the old one to stop
//! (SIGTERM), which finishes what is in flight. All the while it asks for the page as fast as it
//! is answered. Look at the last line: how many answers there were, of how many programs, and that
//! none was refused. `PORT` chooses another port. Unix only.

#[cfg(unix)]
fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Runtime::new()?;
    match arguments.first().map(String::as_str) {
        Some("serve") => Ok(runtime.block_on(program::serve())?),
        times => {
            let times = times.map_or(Ok(u32::MAX), str::parse)?;
            let pause = arguments.get(1).map_or(Ok(3_000), |pause| pause.parse())?;
            runtime.block_on(keeper::replace(
                times,
                std::time::Duration::from_millis(pause),
            ))
        }
    }
}

#[cfg(not(unix))]
fn main() {
    eprintln!("sockets are handed over on Unix only");
}

/// What is replaced.
#[cfg(unix)]
mod program {
    use std::{convert::Infallible, time::Duration};

    use http::{Request, Response};
    use landfall::prelude::*;

    endpoint! {
        /// The page that is asked for.
        struct Web;

        http(ip = "systemd");
        log_access_url = false;
        service(tower::service_fn(page));
    }

    /// It takes a while, so that there is always something in flight.
    async fn page(_: Request<Body>) -> Result<Response<Body>, Infallible> {
        tokio::time::sleep(Duration::from_millis(5)).await;
        Ok(Response::new(Body::from(std::process::id().to_string())))
    }

    pub(crate) async fn serve() -> Result<(), landfall::Error> {
        let web = Web::start().await?;
        // Who has started this program waits for the line.
        println!("ready");
        web.wait_for_signal().await
    }
}

/// What replaces it.
#[cfg(unix)]
mod keeper {
    use std::{
        collections::BTreeSet, env, error::Error, io, net::TcpListener, os::fd::OwnedFd,
        process::Stdio, time::Duration,
    };

    use tokio::{
        io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
        net::TcpStream,
        process::{Child, Command},
        time::{sleep, timeout},
    };
    use tokio_util::sync::CancellationToken;

    type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

    /// How long a program may take to start, or to stop.
    const PATIENCE: Duration = Duration::from_secs(20);

    pub(crate) async fn replace(times: u32, pause: Duration) -> Result<()> {
        let port = env::var("PORT").map_or(Ok(4000), |port| port.parse())?;
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        let port = listener.local_addr()?.port();
        println!("http://127.0.0.1:{port}");

        let mut program = start(&listener).await?;
        let stop = CancellationToken::new();
        let visitors = tokio::spawn(visit(port, stop.clone()));
        for _ in 0..times {
            tokio::select! {
                () = sleep(pause) => {}
                signal = tokio::signal::ctrl_c() => {
                    signal?;
                    break;
                }
            }
            let old = std::mem::replace(&mut program, start(&listener).await?);
            end(old).await?;
        }
        sleep(Duration::from_millis(50)).await;
        stop.cancel();
        let (answers, programs) = visitors.await??;
        end(program).await?;
        println!("{answers} answers of {programs} programs, none was refused");
        Ok(())
    }

    /// Starts the program, with the port as its third file descriptor. It serves when this returns.
    async fn start(listener: &TcpListener) -> Result<Child> {
        let mut program = Command::new("sh");
        program
            .args(["-c", r#"exec "$0" serve 3<&0 </dev/null"#])
            .arg(env::current_exe()?)
            .env("LISTEN_FDS", "1")
            .env_remove("LISTEN_PID")
            .stdin(Stdio::from(OwnedFd::from(listener.try_clone()?)))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            // Ctrl-C is for this process, which tells the program.
            .process_group(0);
        let mut program = program.spawn()?;
        let output = program.stdout.take().ok_or("it has an output")?;
        let mut line = String::new();
        timeout(PATIENCE, BufReader::new(output).read_line(&mut line)).await??;
        if line.trim() != "ready" {
            return Err(format!("the program does not serve: {line:?}").into());
        }
        println!("process {} serves", program.id().unwrap_or_default());
        Ok(program)
    }

    /// Tells a program to stop, and waits until it has.
    async fn end(mut program: Child) -> Result<()> {
        let process = program.id().ok_or("it has ended by itself")?.to_string();
        Command::new("kill")
            .args(["-TERM", &process])
            .status()
            .await?;
        let status = timeout(PATIENCE, program.wait()).await??;
        println!("process {process} has ended: {status}");
        if status.success() {
            Ok(())
        } else {
            Err("it had to cut something off".into())
        }
    }

    /// Asks for the page until it is told to stop. Returns how many answers there were, and of how
    /// many programs. The first failure ends it.
    async fn visit(port: u16, stop: CancellationToken) -> Result<(u64, usize)> {
        let (mut answers, mut programs) = (0, BTreeSet::new());
        while !stop.is_cancelled() {
            let answer = timeout(PATIENCE, ask(port)).await??;
            let (head, program) = answer.split_once("\r\n\r\n").ok_or("half an answer")?;
            if !head.starts_with("HTTP/1.1 200") {
                return Err(format!("refused: {head}").into());
            }
            answers += 1;
            programs.insert(program.to_owned());
        }
        Ok((answers, programs.len()))
    }

    /// One connection for each request.
    async fn ask(port: u16) -> io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let request = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }
}
