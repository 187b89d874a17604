"""What an element says about the text in it: its kind, its edges, whether it is translated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from dragoman.article import BlockKind
from dragoman.formats.html.names import BLOCK, HEADINGS, OPAQUE, PREFORMATTED, VERBATIM

Attributes = Mapping[str, str | None]

_LONGEST_NAMES = 500

LIKE_BOXES = frozenset({"span", "small", "cite", "em", "i"})
"""Inline elements that sites lay out as boxes where their class says so."""
_KINDS = {
    **dict.fromkeys(HEADINGS, BlockKind.HEADING),
    **dict.fromkeys(PREFORMATTED, BlockKind.CODE),
    **dict.fromkeys(("li", "dt", "dd", "option"), BlockKind.LIST_ITEM),
    **dict.fromkeys(("td", "th"), BlockKind.TABLE_CELL),
    **dict.fromkeys(("figcaption", "caption", "figure"), BlockKind.CAPTION),
    "blockquote": BlockKind.QUOTE,
}
_CAPTION_NAME = re.compile(
    r"[\w-]*caption[-_]*(?:text|body|content|inner|title|description|wrap|wrapper|container)?"
)
_NOT_A_CAPTION = re.compile(r"(?:has|with|no|without|closed|show|hide|is)[-_]?[\w-]*caption.*")
_CREDIT_NAME = re.compile(
    r"(?:[\w-]*[-_])?(?:photo|image|img|picture|pic|media|caption|figure|fig)[-_]*(?:[\w-]*[-_])?"
    r"(?:credits?|source|copyright|attribution|author|byline)|(?:[\w-]*[-_])?credits?(?:line|[-_]text)?"
    r"|copyright(?:holder)?"
)
_BOX_NAME = re.compile(rf"{_CREDIT_NAME.pattern}|(?:[\w-]*[-_])?byline")
_PULL_QUOTE_NAME = re.compile(r"(?<![a-z])(?:pull[-_]?quote|quote[-_]?pull)")
_EMBEDDED_POST = re.compile(
    r"(?<![\w-])(?:twitter-(?:tweet|video)|instagram-media|tiktok-embed|fb-(?:post|video)"
    r"|reddit-(?:embed-bq|card)|bluesky-embed|mastodon-embed|imgur-embed-pub|text-post-media)(?![\w-])"
)


def begins_block(tag: str, attributes: Attributes) -> bool:
    """Whether a sentence ends at this element's edges.

    Spans that are captions, credits or bylines by their class count: sites lay them out as boxes.
    """
    if tag in BLOCK:
        return True
    return (tag in LIKE_BOXES or "-" in tag) and _names_a_box(_names(attributes))


def is_opaque(tag: str, attributes: Attributes) -> bool:
    """Whether nothing in this element is for the reader's translation."""
    if tag in OPAQUE:
        return True
    if tag == "blockquote":
        return bool(_EMBEDDED_POST.search(_names(attributes)))
    return tag in BLOCK and is_untranslatable(attributes)


def is_untranslatable(attributes: Attributes) -> bool:
    """The author's own word: ``translate="no"`` or ``class="notranslate"``."""
    if (attributes.get("translate") or "").lower() == "no":
        return True
    return "notranslate" in (attributes.get("class") or "").split()


def is_verbatim(tag: str, attributes: Attributes) -> bool:
    """Whether an inline element's text stands in the sentence but stays as it is."""
    return tag in VERBATIM or is_untranslatable(attributes)


def role_of(tag: str, attributes: Attributes, inherited: BlockKind) -> BlockKind:
    """The kind of text directly inside an element, given the kind around it."""
    return _role(tag, _names(attributes), inherited)


@lru_cache(maxsize=4096)
def _role(tag: str, names: str, inherited: BlockKind) -> BlockKind:
    kind = _KINDS.get(tag)
    if kind is BlockKind.CODE or inherited is BlockKind.CODE:
        return BlockKind.CODE
    if not names or kind in (BlockKind.HEADING, BlockKind.TABLE_CELL):
        return kind or inherited
    if inherited is BlockKind.CAPTION and _any_matches(_CREDIT_NAME, names):
        return BlockKind.CREDIT
    if _is_caption(names):
        return BlockKind.CAPTION
    if _PULL_QUOTE_NAME.search(names):
        return BlockKind.QUOTE
    return kind or inherited


def _names(attributes: Attributes) -> str:
    """Class and item property in lower case; what is longer than any author writes is cut."""
    names, item = attributes.get("class"), attributes.get("itemprop")
    if not names and not item:
        return ""
    return f"{names or ''} {item or ''}"[:_LONGEST_NAMES].strip().lower()


@lru_cache(maxsize=4096)
def _names_a_box(names: str) -> bool:
    return _any_matches(_BOX_NAME, names) or _is_caption(names)


def _is_caption(names: str) -> bool:
    return "caption" in names and any(
        _CAPTION_NAME.fullmatch(name) and not _NOT_A_CAPTION.fullmatch(name)
        for name in names.split()
    )


def _any_matches(pattern: re.Pattern[str], names: str) -> bool:
    return any(pattern.fullmatch(name) for name in names.split())
