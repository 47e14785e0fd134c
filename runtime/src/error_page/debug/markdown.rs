//! A report as Markdown, for terminals and for bug reports.

use std::fmt::{self, Write};

use super::{report::Report, source::Excerpt};

pub(super) fn of(report: &Report<'_>) -> String {
    let mut text = String::new();
    // Writing to a `String` does not fail.
    let _ = write(report, &mut text);
    text
}

fn write(report: &Report<'_>, to: &mut String) -> fmt::Result {
    writeln!(to, "# {}\n", line(&report.title()))?;
    writeln!(to, "{}\n", report.status_line())?;
    fenced(&report.message, to)?;
    if !report.causes.is_empty() {
        writeln!(to, "\n## Causes\n")?;
        for (index, cause) in report.causes.iter().enumerate() {
            writeln!(to, "{}. {}", index + 1, line(cause))?;
        }
    }
    if let Some(place) = &report.place {
        writeln!(
            to,
            "\n## Source\n\n`{}:{}:{}`",
            place.file, place.line, place.column
        )?;
        excerpt(place.excerpt.as_ref(), to)?;
    }
    if !report.frames.is_empty() {
        writeln!(to, "\n## Stack\n")?;
        for frame in &report.frames {
            writeln!(
                to,
                "- `{}` at `{}:{}`",
                frame.function, frame.file, frame.line
            )?;
        }
    }
    if let Some(routes) = &report.routes {
        writeln!(to, "\n## Sockets of {}\n", report.endpoint)?;
        for route in &routes.mounts {
            let (path, transport, socket) = (&route.path, route.transport, route.socket);
            writeln!(
                to,
                "- `{path}`: `{socket}` ({transport}), {}",
                route.location
            )?;
        }
        if routes.mounts.is_empty() {
            writeln!(to, "none")?;
        }
        writeln!(to, "\n## Plugs and service\n")?;
        for (index, plug) in routes.plugs.iter().enumerate() {
            writeln!(to, "{}. `{plug}`", index + 1)?;
        }
        if routes.plugs.is_empty() {
            writeln!(to, "none")?;
        }
    }
    writeln!(to, "\n## Request\n")?;
    let headers = report
        .headers()
        .map(|(name, value)| format!("\n{name}: {value}"));
    fenced(&(report.request_line() + &headers.collect::<String>()), to)?;
    if let Some(peer) = report.request.peer {
        writeln!(to, "\nfrom {peer}")?;
    }
    Ok(())
}

fn excerpt(excerpt: Option<&Excerpt>, to: &mut String) -> fmt::Result {
    let Some(excerpt) = excerpt else {
        return Ok(());
    };
    let mut lines = String::new();
    for (number, line, marked) in excerpt.numbered() {
        let mark = if marked { ">" } else { " " };
        writeln!(lines, "{mark} {number:>4} | {line}")?;
    }
    to.push('\n');
    fenced(lines.trim_end(), to)
}

/// A code block. Its fence is longer than any in the text, so that the text cannot end it.
fn fenced(text: &str, to: &mut String) -> fmt::Result {
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    // Control characters would steer a terminal.
    let text = text.replace(|c: char| c.is_control() && c != '\n', "\u{fffd}");
    writeln!(to, "{fence}\n{text}\n{fence}")
}

/// A text in one line.
fn line(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}
