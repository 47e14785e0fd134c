//! A report as a page, for people. It loads nothing, and everything that it quotes is escaped.

use std::fmt::{self, Display, Formatter, Write};

use super::{
    markdown,
    report::{Place, Report, Routes},
    source::Excerpt,
    stack::Frame,
};
use crate::random::unguessable;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

pub(super) struct Html {
    pub(super) text: String,
    nonce: String,
}

impl Html {
    pub(super) fn of(report: &Report<'_>) -> Self {
        let nonce = unguessable();
        let mut text = String::with_capacity(16 * 1024);
        // Writing to a `String` does not fail.
        let _ = page(report, &nonce, &mut text);
        Html { text, nonce }
    }

    /// The content security policy: only scripts and styles with the nonce apply.
    pub(super) fn policy(&self) -> String {
        let nonce = &self.nonce;
        format!(
            "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    }
}

/// Text in an element or between the quotes of an attribute.
struct Text<T>(T);

impl<T: Display> Display for Text<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

struct Escaping<'a, 'b>(&'a mut Formatter<'b>);

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| match c {
            '&' => self.0.write_str("&amp;"),
            '<' => self.0.write_str("&lt;"),
            '>' => self.0.write_str("&gt;"),
            '"' => self.0.write_str("&quot;"),
            '\'' => self.0.write_str("&#39;"),
            c if c.is_control() && c != '\n' => self.0.write_char('\u{fffd}'),
            c => self.0.write_char(c),
        })
    }
}

fn page(report: &Report<'_>, nonce: &str, to: &mut String) -> fmt::Result {
    let (title, status) = (report.title(), report.status_line());
    write!(
        to,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{}</title>\n<style nonce=\"{nonce}\">\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<p class=\"status\">{}<span>{}</span></p>\n<h1>{}</h1>\n\
         <pre class=\"message\">{}</pre>\n",
        Text(&title),
        Text(&status),
        Text(report.endpoint),
        Text(&title),
        Text(&report.message),
    )?;
    if !report.causes.is_empty() {
        to.push_str("<h2 class=\"caused\">Caused by</h2>\n<ol class=\"causes\">\n");
        for cause in &report.causes {
            writeln!(to, "<li>{}</li>", Text(cause))?;
        }
        to.push_str("</ol>\n");
    }
    to.push_str(
        "<button type=\"button\" id=\"copy\">Copy as Markdown</button>\n</header>\n<main>\n",
    );
    if let Some(place) = &report.place {
        source(place, to)?;
    }
    if let Some(found) = &report.routes {
        routes(found, to)?;
    }
    if !report.frames.is_empty() {
        stack(&report.frames, to)?;
    }
    request(report, to)?;
    write!(
        to,
        "</main>\n<pre id=\"markdown\" hidden>{}</pre>\n<script nonce=\"{nonce}\">\n{SCRIPT}</script>\n\
         </body>\n</html>\n",
        Text(markdown::of(report)),
    )
}

fn source(place: &Place, to: &mut String) -> fmt::Result {
    write!(
        to,
        "<section>\n<h2>Source</h2>\n<p class=\"place\">{}:{}:{}</p>\n",
        Text(&place.file),
        place.line,
        place.column
    )?;
    excerpt(place.excerpt.as_ref(), to)?;
    to.push_str("</section>\n");
    Ok(())
}

fn excerpt(excerpt: Option<&Excerpt>, to: &mut String) -> fmt::Result {
    let Some(excerpt) = excerpt else {
        to.push_str("<p class=\"none\">The file is not where it was compiled.</p>\n");
        return Ok(());
    };
    to.push_str("<pre class=\"code\">");
    for (number, line, marked) in excerpt.numbered() {
        let tag = if marked { "mark" } else { "span" };
        writeln!(to, "<{tag}><i>{number}</i>{}</{tag}>", Text(line))?;
    }
    to.push_str("</pre>\n");
    Ok(())
}

fn stack(frames: &[Frame], to: &mut String) -> fmt::Result {
    to.push_str("<section>\n<h2>Stack</h2>\n");
    for frame in frames {
        write!(
            to,
            "<details>\n<summary>{}<small>{}:{}</small></summary>\n",
            Text(&frame.function),
            Text(&frame.file),
            frame.line
        )?;
        excerpt(frame.excerpt.as_ref(), to)?;
        to.push_str("</details>\n");
    }
    to.push_str("</section>\n");
    Ok(())
}

fn routes(routes: &Routes, to: &mut String) -> fmt::Result {
    to.push_str("<section>\n<h2>Sockets</h2>\n");
    if routes.mounts.is_empty() {
        to.push_str("<p class=\"none\">none</p>\n");
    } else {
        to.push_str("<div class=\"table\"><table>\n");
        for route in &routes.mounts {
            writeln!(
                to,
                "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                Text(&route.path),
                Text(route.transport),
                Text(route.socket),
                Text(&route.location)
            )?;
        }
        to.push_str("</table></div>\n");
    }
    to.push_str("</section>\n<section>\n<h2>Plugs and service</h2>\n");
    if routes.plugs.is_empty() {
        to.push_str("<p class=\"none\">none</p>\n");
    } else {
        to.push_str("<ol class=\"plugs\">\n");
        for plug in routes.plugs {
            writeln!(to, "<li>{}</li>", Text(plug))?;
        }
        to.push_str("</ol>\n");
    }
    to.push_str("</section>\n");
    Ok(())
}

fn request(report: &Report<'_>, to: &mut String) -> fmt::Result {
    write!(
        to,
        "<section>\n<h2>Request</h2>\n<p class=\"place\">{}</p>\n<div class=\"table\"><table>\n",
        Text(report.request_line())
    )?;
    for (name, value) in report.headers() {
        writeln!(
            to,
            "<tr><td>{}</td><td>{}</td></tr>",
            Text(name),
            Text(value)
        )?;
    }
    if let Some(peer) = report.request.peer {
        writeln!(to, "<tr><td>(peer)</td><td>{peer}</td></tr>")?;
    }
    to.push_str("</table></div>\n</section>\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        let text = Text("<script>alert('1' & \"2\")</script>\u{1b}[2J").to_string();
        assert_eq!(
            text,
            "&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;\u{fffd}[2J"
        );
    }
}
