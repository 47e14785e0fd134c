//! The text of `--help`. Shells complete what stands here, too: see `completions`.

/// The text of a command.
pub(crate) fn of(command: &str) -> Option<&'static str> {
    Some(match command {
        "new" => NEW,
        "gen" => GEN,
        #[cfg(unix)]
        "dev" => DEV,
        "routes" => ROUTES,
        "explain" => EXPLAIN,
        "digest" => DIGEST,
        "digest.clean" => CLEAN,
        "completions" => COMPLETIONS,
        "help" => LANDFALL,
        _ => return None,
    })
}

pub(crate) const LANDFALL: &str = "\
Landfall's tool: makes projects and parts of them, runs them while they are developed, says
what they serve, and digests their static files.

  landfall new harbour && cd harbour && landfall dev

Usage: landfall COMMAND [options]

Commands:
  new            make a project that runs at once
  gen            make a secret, a socket, a channel, a presence or a certificate
  dev            build and run a program, again whenever its files change
  routes         list sockets, channels and plugs of a project
  explain        what a directive or a key takes, and what is wrong with it
  digest         write digested copies, compressed siblings and the cache manifest
  digest.clean   remove earlier versions that nobody needs any more
  completions    print what a shell completes
  help           the text of `--help` of a command

Options:
  -h, --help     of a command: `landfall digest --help`
  -V, --version

Colours are for terminals. NO_COLOR=1 turns them off.

Exit codes: 0 done, 1 something is in the way, 2 wrong usage.
";

pub(crate) const DIGEST: &str = "\
Writes a copy of each file under a name that changes with its content, compressed
siblings of both, and `cache_manifest.json`, which says what is what.

  app.js   app.js.gz   app-6a1b2c….js   app-6a1b2c….js.gz   cache_manifest.json

Usage: landfall digest [DIR] [options]

  DIR                   the files to digest [default: static]

Options:
  -o, --output DIR      where to write [default: DIR]
      --no-vsn          leave `?vsn=d` out of the references in stylesheets
      --encodings LIST  siblings to write: gzip, brotli, zstd, or none
                        [default: all that were compiled in]
      --threads N       how many files to work on at a time [default: processors]
  -q, --quiet           say nothing but errors
  -h, --help

A sibling that is not smaller than its file is not written. Files whose names begin
with a dot, look digested or are compressed are left alone. Earlier versions stay:
`landfall digest.clean` removes them. Run twice, it writes nothing the second time;
SOURCE_DATE_EPOCH is heeded for the times in the manifest.

Exit codes: 0 done, 1 a file could not be read or written, 2 wrong usage.
";

pub(crate) const CLEAN: &str = "\
Removes earlier versions of digested files, with their compressed siblings. The
latest version of a file stays.

Usage: landfall digest.clean [DIR] [options]

  DIR                   where `cache_manifest.json` is [default: static]

Options:
      --age SECONDS     remove what was digested longer ago [default: 3600]
      --keep N          keep no more earlier versions of a file [default: 2]
      --all             remove everything that `landfall digest` wrote
  -q, --quiet           say nothing but errors
  -h, --help

Exit codes: 0 done, 1 a file could not be read or removed, 2 wrong usage.
";

pub(crate) const EXPLAIN: &str = "\
Explains a directive of `endpoint!` or a key: what it takes, its default, when it is fixed,
a right and a wrong example.

Usage: landfall explain [NAME]

  NAME                  such as `http.port` or `socket.websocket.timeout`: what stands in
                        brackets at the end of a compile error. Its end is enough
                        (`timeout`). Without it, all names are listed.

Options:
  -h, --help

Exit codes: 0 done, 1 there is no such name, 2 wrong usage.
";

#[cfg(unix)]
pub(crate) const DEV: &str = "\
Builds a program and runs it, and does both again when files change.

The socket stays open meanwhile: requests wait while one program ends and the next one
starts. After a build that fails, browsers are shown its errors. Pages with
`live_reload(..)` are loaded anew by themselves.

Usage: landfall dev [options] [-- ARGUMENTS]

  ARGUMENTS             of the program

Options:
      --port PORT       where to listen [default: the variable PORT, or 4000]
      --ip ADDRESS      [default: 127.0.0.1]
  -p, --package NAME    as for `cargo build`
      --bin NAME        as for `cargo build`
      --example NAME    as for `cargo build`
  -F, --features LIST   as for `cargo build`
  -h, --help

Files are those below the working directory, apart from `target`, `node_modules` and
what begins with a dot. A program whose build has not changed goes on. The program takes
the socket in place of a listener of `http(..)` that has the same port. It is told the port
by the variable PORT: `port = env(\"PORT\").or(4000)` follows `--port`.

Exit codes: 1 the port is taken or cargo cannot be run, 2 wrong usage.
";

pub(crate) const NEW: &str = "\
Makes a project that runs at once: an endpoint, a channel, a page with Phoenix's client,
tests, files for deployment and for CI.

Usage: landfall new NAME [options]

  NAME                  of the folder and of the crate: `harbour`, `my-app`, `work/harbour`

Options:
      --axum            axum listens, and its router has the endpoint
      --raw             a raw socket in place of channels, for any WebSocket client
      --no-channels     no socket at all: pages and static files
      --path DIR        depend on the copy of landfall's repository in DIR
                        [default: the released version; until there is one,
                        the repository on GitHub]
  -h, --help

A folder that is there has to be empty.

Exit codes: 0 done, 1 something is in the way, 2 wrong usage, also a name that no crate can have.
";

pub(crate) const GEN: &str = "\
Makes a secret or a certificate, or writes a file of the project in the working directory.
Files that are there stay as they are: what to add to them is said.

Usage: landfall gen secret
       landfall gen socket NAME [--channel NAME]
       landfall gen channel NAME [--socket NAME]
       landfall gen presence [NAME]
       landfall gen cert [HOST..] [--output DIR]

Kinds:
  secret                prints 64 random characters, for SECRET_KEY_BASE
  socket                a raw socket, with a test; with `--channel` one that has channels
  channel               a channel, with a test
  presence              names and a log for those who are here
  cert                  cert.pem and key.pem for HOST, which nobody has signed, for a year

  NAME                  of the type: `ChatRoom` or `chat_room`, with or without `Socket` or
                        `Channel` at the end [presence: Presence]
  HOST                  names and addresses [default: localhost 127.0.0.1 ::1]

Options:
      --channel NAME    of a socket: its first channel
      --socket NAME     of a channel: whose it is [default: User]
  -o, --output DIR      of a certificate: where to write it [default: cert]
  -h, --help

Only the owner can read the key. A secret for a server that is to start again:

  (umask 077 && echo \"SECRET_KEY_BASE=$(landfall gen secret)\" > secrets)

Exit codes: 0 done, 1 no project, a file is there already or cannot be written, 2 wrong usage.
";

pub(crate) const ROUTES: &str = "\
Lists what the endpoints of a project serve: sockets with their transports and channels,
plugs and the service, in the order in which a request meets them.

Usage: landfall routes [DIR]

  DIR                   a project, a folder or a file [default: .]

Options:
  -h, --help

Declarations are read from the sources below `src`: nothing is built, and no program runs,
so it needs neither a database nor a secret, and it takes no time. What a `#[cfg(..)]`
stands in front of is listed with it. Declarations that a macro of your own writes are not
found, nor are routes of a router, axum's say: it is listed as the expression that makes it.

Exit codes: 0 done, 1 no endpoint, or a source that is no Rust, 2 wrong usage.
";

pub(crate) const COMPLETIONS: &str = "\
Prints what a shell completes: commands, their options and what else is known.

Usage: landfall completions SHELL

  SHELL                 bash, zsh or fish

Options:
  -h, --help

  bash    echo 'source <(landfall completions bash)' >> ~/.bashrc
  zsh     mkdir -p ~/.zfunc && landfall completions zsh > ~/.zfunc/_landfall
          and in ~/.zshrc, before `compinit`: fpath=(~/.zfunc $fpath)
  fish    landfall completions fish > ~/.config/fish/completions/landfall.fish

Exit codes: 0 done, 2 wrong usage.
";
