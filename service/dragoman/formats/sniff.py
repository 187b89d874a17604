"""Which format is this? The file's name first, then what its content begins with."""

from __future__ import annotations

import json
import re
from pathlib import PurePath

from dragoman.errors import InputError
from dragoman.formats.decoding import decode

_BY_SUFFIX = {
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".txt": "text",
    ".text": "text",
    ".json": "fields",
}
_WINDOW = 65_536
_MISC = r"(?:\s|<!--.*?-->|<\?[^>]*>)*"
_PAGE = re.compile(rf"{_MISC}<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_FRAGMENT = re.compile(
    r"\s*<(?:!--|/?(?:p|div|span|h[1-6]|ul|ol|li|dl|table|thead|tbody|tr|blockquote|figure|article|"
    r"section|header|footer|aside|main|a|b|i|em|strong|br|hr|img|pre|iframe|video|picture)\b)",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"</(?:p|div|h[1-6]|ul|ol|li|table|blockquote|figure)\s*>", re.IGNORECASE)


def sniff(data: bytes, filename: str | None = None) -> str:
    """Name the format of ``data``; what nothing else claims is ``text``. Never raises.

    A file that is called HTML is a ``page`` if it holds a document, else a ``fragment``.
    """
    suffix = PurePath(filename).suffix.lower() if filename else ""
    named = _BY_SUFFIX.get(suffix)
    if named and named != "html":
        return named
    start = _start(data)
    if _PAGE.match(start):
        return "page"
    if named == "html" or (_FRAGMENT.match(start) and _CLOSED.search(start)):
        return "fragment"
    return "fields" if _is_record(data, start) else "text"


def _start(data: bytes) -> str:
    """The first characters, however encoded; empty for what cannot be read."""
    try:
        return decode(data[:_WINDOW])[0]
    except InputError:
        return ""


def _is_record(data: bytes, start: str) -> bool:
    """A JSON object with at least one field that a CMS record has."""
    from dragoman.formats.fields import TRANSLATED_FIELDS

    if not start.lstrip().startswith("{"):
        return False
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and not TRANSLATED_FIELDS.isdisjoint(record)
