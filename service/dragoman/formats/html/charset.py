"""What encoding does an HTML document say it is in, and how is that word changed."""

from __future__ import annotations

import re

_PRESCAN_BYTES = 4096
"""The standard looks at 1,024 bytes; real pages put their declaration behind that."""
_DECLARED = re.compile(
    rb"""<(?:meta\s[^>]*?charset\s*=\s*|\?xml\s[^>]*?encoding\s*=\s*)["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
_WORD = re.compile(r"""(charset\s*=\s*["']?\s*)([\w.:-]+)""", re.IGNORECASE)
_UTF8 = frozenset({"utf-8", "utf8", "unicode-1-1-utf-8"})


def declared_charset(data: bytes) -> str | None:
    """The label in ``<meta charset>``, ``<meta http-equiv>`` or an XML declaration, if any.

    Source: HTML Standard, section 13.2.3.2 (prescan), looking further than it does.
    """
    match = _DECLARED.search(data, 0, _PRESCAN_BYTES)
    return match[1].decode("ascii", "replace") if match else None


def declare_utf8(tag: str) -> str:
    """A ``<meta>`` tag that names another charset, naming UTF-8; any other tag as it is."""
    match = _WORD.search(tag)
    if match is None or match[2].lower() in _UTF8:
        return tag
    return tag[: match.start(2)] + "utf-8" + tag[match.end(2) :]
