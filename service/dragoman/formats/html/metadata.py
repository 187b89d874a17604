"""What a page says about itself: JSON-LD, Open Graph and other meta tags, title, canonical link."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from dragoman.formats.html.jsonld import read_articles
from dragoman.formats.html.tokens import Token, TokenKind, attributes

_SITE = re.compile(r"\s+(?:[-–—|•·:»]|::)\s+")
_AUTHOR_NAMES = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author")
_BY = re.compile(r"(?:by|par|von|por|di|door)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Metadata:
    """``headlines``: likely headlines, the most reliable first. Empty strings for the unknown."""

    headlines: tuple[str, ...]
    description: str
    author: str
    url: str
    published: str

    @property
    def headline(self) -> str:
        return self.headlines[0] if self.headlines else ""


def read_metadata(source: str, tokens: Sequence[Token]) -> Metadata:
    """Read the head. Broken JSON-LD is read as far as it goes; nothing here ever fails."""
    meta, title, canonical = _tags(source, tokens)
    articles = [found for text in _linked_data(source, tokens) for found in read_articles(text)]
    site = meta.get("og:site_name", "")
    candidates = [
        *(found.get("headline", "") for found in articles),
        meta.get("og:title", ""),
        meta.get("twitter:title", ""),
        title,
    ]
    headlines = [_without_site(_clean(text), site) for text in candidates]
    return Metadata(
        headlines=tuple(dict.fromkeys(text for text in headlines if text)),
        description=_first(
            meta.get("og:description"),
            meta.get("description"),
            *(found.get("description") for found in articles),
        ),
        author=_author(articles, meta, site),
        url=_first(canonical, meta.get("og:url"), *(found.get("url") for found in articles)),
        published=_first(
            *(found.get("datePublished") for found in articles),
            meta.get("article:published_time"),
        ),
    )


def _tags(source: str, tokens: Sequence[Token]) -> tuple[dict[str, str], str, str]:
    """Meta values by lower-case name (the first of each), the title, the canonical address."""
    meta: dict[str, str] = {}
    title = canonical = ""
    for index, token in enumerate(tokens):
        if token.kind is not TokenKind.OPEN or token.name not in ("meta", "title", "link"):
            continue
        found = {one.name: one.value for one in attributes(source[token.start : token.end])}
        if token.name == "meta":
            name = found.get("property") or found.get("name") or found.get("itemprop") or ""
            if name and found.get("content", "").strip():
                meta.setdefault(name.strip().lower(), html.unescape(found["content"]).strip())
        elif token.name == "link" and found.get("rel", "").lower() == "canonical":
            canonical = canonical or html.unescape(found.get("href", "")).strip()
        elif token.name == "title" and not title and index + 1 < len(tokens):
            content = tokens[index + 1]
            if content.kind is TokenKind.RAW:
                title = html.unescape(source[content.start : content.end])
    return meta, title, canonical


def _linked_data(source: str, tokens: Sequence[Token]) -> Iterator[str]:
    for token, content in pairwise(tokens):
        if token.name == "script" and content.kind is TokenKind.RAW:
            tag = source[token.start : token.end].lower()
            if "ld+json" in tag:
                yield source[content.start : content.end]


def _author(articles: Sequence[dict[str, Any]], meta: dict[str, str], site: str) -> str:
    """A person's name; never an address, and never the site itself."""
    found = [str(article.get("author", "")) for article in articles]
    found += [meta.get(name, "") for name in _AUTHOR_NAMES]
    for text in found:
        name = _BY.sub("", _clean(text), count=1) if _BY.match(_clean(text)) else _clean(text)
        if name and len(name) <= 120 and "://" not in name and name.lower() != site.lower():
            return name
    return ""


def _without_site(title: str, site: str) -> str:
    """``Title - Site`` without the site: by its name, else if the last part is short."""
    parts = _SITE.split(title)
    if len(parts) < 2:
        return title
    last = _SITE.search(title, len(title) - len(parts[-1]) - 5)
    cut = title[: last.start()] if last else title
    is_site = site and parts[-1].strip().lower() == site.lower()
    return cut.strip() if is_site or len(parts[-1]) * 2 < len(cut) else title


def _first(*texts: str | None) -> str:
    return next((_clean(text) for text in texts if text and text.strip()), "")


def _clean(text: str) -> str:
    return " ".join(text.split())
