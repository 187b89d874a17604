"""The format ``fields``: a record of a content management system, as a JSON object.

========================  =========================================================================
field                     value, and what becomes of it
========================  =========================================================================
``headline``              text; translated as a headline
``standfirst``            text; the lead-in below the headline
``kicker``                text; the word above the headline: kept
``byline``                text; kept
``dateline``              text; kept
``body_html``             HTML of the body, read by the format ``fragment``
``body_text``             plain text of the body, read by the format ``text``
``summary``               text
``captions``              list; each a text or an object with ``text`` and ``credit`` (kept)
``alt_texts``             list of texts that describe images
``pull_quotes``           list of texts
``tags``                  list of texts; kept
``title``                 text for the head of a page (``<title>``)
``description``           text for the head of a page (``<meta name=description>``)
``language``              BCP 47 code of the record; answered with the target's
``id``, ``url``, ``date`` anything without structure; kept
========================  =========================================================================

Every field may be absent or null and stays so; a text in a list may be null. The answer has the
same fields in the same order with the same types. Anything else is refused by name.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dragoman.article import Article, Block, BlockKind, TranslatedBlock
from dragoman.errors import EmptyInput, InputTooLarge, UnreadableInput, UnsupportedInput
from dragoman.formats.base import Format, ParseLimits
from dragoman.formats.decoding import read, scrub
from dragoman.formats.text import TextFormat, parse_text

Path = tuple[str | int, ...]

_TEXTS: Mapping[str, BlockKind] = {
    "headline": BlockKind.HEADLINE,
    "standfirst": BlockKind.STANDFIRST,
    "kicker": BlockKind.LABEL,
    "byline": BlockKind.BYLINE,
    "dateline": BlockKind.DATELINE,
    "summary": BlockKind.DESCRIPTION,
    "title": BlockKind.TITLE,
    "description": BlockKind.DESCRIPTION,
}
_LISTS: Mapping[str, BlockKind] = {
    "captions": BlockKind.CAPTION,
    "alt_texts": BlockKind.ALT_TEXT,
    "pull_quotes": BlockKind.QUOTE,
    "tags": BlockKind.LABEL,
}
_BODIES = ("body_html", "body_text")
_KEPT = ("id", "url", "date")
_CAPTION_PARTS = {"text": BlockKind.CAPTION, "credit": BlockKind.CREDIT}
_READING_ORDER = (
    "kicker", "headline", "standfirst", "byline", "dateline", "body_html", "body_text",
    "pull_quotes", "captions", "alt_texts", "summary", "title", "description", "tags",
)  # fmt: skip

TRANSLATED_FIELDS = frozenset(_TEXTS) | frozenset(_LISTS) | frozenset(_BODIES)
"""Fields that hold text of the article."""

KNOWN_FIELDS = (*_READING_ORDER, "language", *_KEPT)
"""Every field of a record, in reading order."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One string of the record: where it is, and the article that its own format made of it."""

    path: Path
    format: str
    article: Article

    def ids(self) -> Iterator[tuple[str, Block]]:
        """Ids in the whole record, and the slot's own blocks."""
        prefix = "/".join(map(str, self.path))
        for number, block in enumerate(self.article.blocks):
            yield (prefix if number == 0 else f"{prefix}/{number + 1}"), block


@dataclass(frozen=True, slots=True)
class FieldsSkeleton:
    """The record as it came, and its strings that hold text."""

    record: Mapping[str, Any]
    slots: tuple[Slot, ...]


class FieldsFormat:
    """A record in, the same record in another language out."""

    name = "fields"

    def parse(self, data: bytes, limits: ParseLimits) -> Article:
        """See ``Format.parse``; besides, UnsupportedInput names a field that is not known."""
        source, encoding = read(data, limits, "utf-8")
        article = self.parse_record(_load(source), limits)
        return replace(article, meta={**article.meta, "encoding": encoding})

    def parse_record(self, record: Mapping[str, Any], limits: ParseLimits) -> Article:
        """The same from a record that is a mapping already.

        Raises UnsupportedInput (unknown field, wrong type), EmptyInput, or what the formats of
        the bodies raise.
        """
        _check(record)
        clean = _scrubbed(dict(record))
        slots: list[Slot] = []
        for path, text, kind in _texts(clean):
            slot = _slot(path, text, kind, limits)
            if slot is not None:
                slots.append(slot)
        blocks = tuple(replace(block, id=name) for slot in slots for name, block in slot.ids())
        if not blocks:
            raise EmptyInput("The record has no text.", hint="Send a headline or a body.")
        if len(blocks) > limits.max_nodes:
            raise InputTooLarge(
                f"The record has {len(blocks)} blocks; at most {limits.max_nodes} are accepted.",
                hint="Send it in parts.",
            )
        return Article(
            clean.get("language"), blocks, FieldsSkeleton(clean, tuple(slots)), _meta(clean)
        )

    def render(self, article: Article, blocks: Mapping[str, TranslatedBlock], target: str) -> bytes:
        """See ``Format.render``: a JSON object, indented, in UTF-8."""
        record = self.render_record(article, blocks, target)
        return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode("utf-8")

    def render_record(
        self, article: Article, blocks: Mapping[str, TranslatedBlock], target: str
    ) -> dict[str, Any]:
        """The record with its texts replaced, as a new dictionary in the order of the source."""
        skeleton: FieldsSkeleton = article.skeleton
        record = copy.deepcopy(dict(skeleton.record))
        for slot in skeleton.slots:
            mine = {
                block.id: replace(blocks[name], block=block)
                for name, block in slot.ids()
                if name in blocks
            }
            if mine:
                text = _format(slot.format).render(slot.article, mine, target).decode("utf-8")
                _put(record, slot.path, text)
        if isinstance(record.get("language"), str):
            record["language"] = target
        return record


def _load(source: str) -> dict[str, Any]:
    try:
        record = json.loads(source, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        place = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise UnreadableInput(
            f"The record is not valid JSON{place}.", hint="Send one JSON object."
        ) from None
    if not isinstance(record, dict):
        raise UnreadableInput("The record is not a JSON object.", hint='Send {"headline": "…"}.')
    return record


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return record


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _check(record: Mapping[str, Any]) -> None:
    """Raise UnsupportedInput for an unknown field or a wrong type, by name."""
    unknown = sorted(str(name) for name in record if name not in KNOWN_FIELDS)
    if unknown:
        raise UnsupportedInput(
            f"Unknown fields: {', '.join(name[:60] for name in unknown[:10])}.",
            hint=f"Known fields: {', '.join(KNOWN_FIELDS)}.",
        )
    for name, value in record.items():
        wrong = _wrong_type(name, value)
        if wrong:
            raise UnsupportedInput(wrong, hint="See the list of fields in docs/api.md.")


def _wrong_type(name: str, value: object) -> str | None:
    if value is None:
        return None
    if name in _KEPT:
        structured = isinstance(value, list | dict)
        return f"The field {name} must be a text or a number." if structured else None
    if name not in _LISTS:
        return None if isinstance(value, str) else f"The field {name} must be a text."
    if not isinstance(value, list):
        return f"The field {name} must be a list."
    for at, item in enumerate(value):
        if not (item is None or isinstance(item, str) or (name == "captions" and _caption(item))):
            objects = " or an object with text and credit" if name == "captions" else ""
            return f"{name}[{at}] must be a text{objects}."
    return None


def _caption(item: object) -> bool:
    return (
        isinstance(item, dict)
        and item.keys() <= _CAPTION_PARTS.keys()
        and all(value is None or isinstance(value, str) for value in item.values())
    )


def _scrubbed(value: Any) -> Any:
    """A copy whose strings can be written as UTF-8: JSON escapes can hold lone surrogates."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, list):
        return [_scrubbed(item) for item in value]
    if isinstance(value, dict):
        return {name: _scrubbed(item) for name, item in value.items()}
    return value


def _texts(record: Mapping[str, Any]) -> Iterator[tuple[Path, str, BlockKind | None]]:
    """Every string that holds text, in reading order; the kind is None for a body."""
    for name in _READING_ORDER:
        value = record.get(name)
        if isinstance(value, str):
            yield (name,), value, _TEXTS.get(name)
        for at, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, str):
                yield (name, at), item, _LISTS[name]
            for part, kind in _CAPTION_PARTS.items() if isinstance(item, dict) else ():
                if isinstance(item.get(part), str):
                    yield (name, at, part), item[part], kind


def _slot(path: Path, text: str, kind: BlockKind | None, limits: ParseLimits) -> Slot | None:
    """None for a string without text."""
    if not text.strip():
        return None
    if path == ("body_html",):
        try:
            return Slot(path, "fragment", _format("fragment").parse(text.encode("utf-8"), limits))
        except EmptyInput:
            return None
    article = parse_text(text, limits, body_only=True, kind=kind)
    return Slot(path, "text", article) if article.blocks else None


def _format(name: str) -> Format:
    if name == "text":
        return TextFormat()
    from dragoman.formats.html import FragmentFormat

    return FragmentFormat()


def _meta(record: Mapping[str, Any]) -> dict[str, str]:
    named = {"title": "headline", "author": "byline", "date": "date", "url": "url"}
    return {key: str(record[name]) for key, name in named.items() if record.get(name) is not None}


def _put(record: dict[str, Any], path: Path, text: str) -> None:
    *way, last = path
    place: Any = record
    for step in way:
        place = place[step]
    place[last] = text
