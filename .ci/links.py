#!/usr/bin/env python3
"""Whether what is linked is there: files and headings in the Markdown of the repository, pages and their parts in what
rustdoc wrote. rustdoc itself looks no further than the item. Links to other hosts are listed, and not followed.

    cargo doc --workspace --no-deps --all-features && python3 .ci/links.py
"""

import re
import subprocess
import sys
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
DOC = ROOT / "target" / "doc"
# Their links are rustdoc's: names of items, which only the rendered page knows.
RENDERED = ("runtime/src/docs/", "assets/src/docs")


def packages():
    manifests = [ROOT / line for line in git("*Cargo.toml")]
    names = (re.search(r'^name = "(.+)"', manifest.read_text(), re.M) for manifest in manifests)
    return [name[1].replace("-", "_") for name in names if name]


def git(*patterns):
    listed = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, check=True, capture_output=True, text=True)
    return listed.stdout.splitlines()


class Page(HTMLParser):
    """What the prose of a page of rustdoc links to, and what can be linked to in it. What rustdoc links by itself is its own
    affair, and what it repeats of traits is that of other crates."""

    REPEATED = {f"{kind}-implementations-list" for kind in ("trait", "synthetic", "blanket")}

    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.moved = [], set(), None
        # Of each `div` that is open, whether it is prose, or not to be looked at.
        self.open = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.add(attributes["id"])
        if tag == "div":
            self.open.append(
                "repeated"
                if attributes.get("id") in self.REPEATED
                else "prose"
                if "docblock" in (attributes.get("class") or "").split()
                else ""
            )
        if tag == "meta" and attributes.get("http-equiv") == "refresh":
            self.moved = attributes["content"].partition("URL=")[2]
        link = attributes.get("href" if tag == "a" else "src" if tag == "img" else "")
        if link and "prose" in self.open and "repeated" not in self.open:
            self.links.append(link)

    def handle_endtag(self, tag):
        if tag == "div" and self.open:
            self.open.pop()


class Markdown:
    """The same of a file in Markdown, as GitHub shows it."""

    def __init__(self, text):
        text = re.sub(r"^(```+|~~~+).*?^\1", "", text, flags=re.M | re.S)
        self.ids = set()
        for heading in re.findall(r"^#{1,6} +(.+?) *#*$", text, re.M):
            self.ids.add(self.slug(heading))
        self.ids.update(re.findall(r'<a (?:name|id)="([^"]+)"', text))
        text = re.sub(r"(`+)[^`].*?\1", "", text)
        self.links = [link.strip("<>") for link in re.findall(r"\]\(([^()\s]+)(?: \"[^\"]*\")?\)", text)]
        self.links += re.findall(r"^\[[^\]]+\]: +(\S+)", text, re.M)
        self.links += re.findall(r'<(?:img|a|source)\b[^>]*? (?:src|href|srcset)="([^"]+)"', text)

    def slug(self, heading):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", heading).replace(" ", "-")
        count = 1
        unique = slug
        while unique in self.ids:
            unique, count = f"{slug}-{count}", count + 1
        return unique


def main():
    pages = {ROOT / name: Markdown for name in git("*.md") if not name.startswith(RENDERED)}
    rendered = [name for name in packages() if (DOC / name).is_dir()]
    if not rendered:
        sys.exit(f"{DOC} has no pages; run `cargo doc` first")
    for name in rendered:
        pages.update(dict.fromkeys(sorted((DOC / name).rglob("*.html")), Page))
    read = {}

    def parsed(path):
        if path not in read:
            kind = pages.get(path) or {".md": Markdown, ".html": Page}.get(path.suffix)
            read[path] = kind(path.read_text(encoding="utf-8")) if kind else None
        return read[path]

    broken, elsewhere, count = [], defaultdict(set), 0
    for path in pages:
        for link in parsed(path).links:
            count += 1
            split = urlsplit(link)
            if split.scheme or split.netloc:
                elsewhere[split.netloc].add(link)
                continue
            target = (path.parent / unquote(split.path)).resolve() if split.path else path
            if not target.exists():
                broken.append((path, link, "there is no such file"))
                continue
            # Lines of sources are found by a script of the page.
            if not split.fragment or "src" in target.relative_to(DOC if target.is_relative_to(DOC) else ROOT).parts[:1]:
                continue
            there = parsed(target) if target.is_file() else None
            if getattr(there, "moved", None):
                there = parsed((target.parent / there.moved).resolve())
            if there and not {split.fragment, unquote(split.fragment)} & there.ids:
                broken.append((path, link, "there is no such part"))

    for host, links in sorted(elsewhere.items()):
        print(f"{len(links):5} of {host or 'no host'}: {' '.join(sorted(links)[:3])}{' ..' if len(links) > 3 else ''}")
    for path, link, why in broken:
        print(f"{path.relative_to(ROOT)}: {link}: {why}")
    print(f"{count} links in {len(pages)} pages, {len(broken)} of them broken")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
