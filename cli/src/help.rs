//! The text of `--help`.

pub(crate) const LANDFALL: &str = "\
Runs an application while it is developed, and digests its static files.

Usage: landfall dev [options] [-- ARGUMENTS]
       landfall digest [DIR] [options]
       landfall digest.clean [DIR] [options]
       landfall explain [NAME]

Commands:
  dev            build and run a program, again whenever its files change
  digest         write digested copies, compressed siblings and the cache manifest
  digest.clean   remove earlier versions that nobody needs any more
  explain        what a directive or a key takes, and what is wrong with it

Options:
  -h, --help     of a command: `landfall digest --help`
  -V, --version
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
      --port PORT       where to listen: the port of `http(..)` [default: 4000]
      --ip ADDRESS      [default: 127.0.0.1]
  -p, --package NAME    as for `cargo build`
      --bin NAME        as for `cargo build`
      --example NAME    as for `cargo build`
  -F, --features LIST   as for `cargo build`
  -h, --help

Files are those below the working directory, apart from `target`, `node_modules` and
what begins with a dot. A program whose build has not changed goes on. The program takes
the socket in place of a listener of `http(..)` that has the same port.

Exit codes: 1 the port is taken or cargo cannot be run, 2 wrong usage.
";
