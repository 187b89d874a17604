"""From a request's body to what the use cases take."""

from __future__ import annotations

import codecs
import json
from collections.abc import Sequence

from dragoman.api.options import ApiOptions
from dragoman.api.schemas.requests import ArticleBody
from dragoman.errors import InputTooLarge, UnreadableInput
from dragoman.formats.binary import looks_like
from dragoman.inference.translator import Priority
from dragoman.langid import normalise_code
from dragoman.pipeline.values import ArticleRequest

_SAMPLE = 10_000
_MOST_REPLACED = 0.1
"""Share of U+FFFD, which decoders put where bytes are no text."""


def article_request(body: ArticleBody, options: ApiOptions, deadline: float) -> ArticleRequest:
    """``deadline`` is in seconds of the monotonic clock. Raises InputError."""
    return ArticleRequest(
        data=_data(body),
        format=body.input,
        targets=targets(body.targets, options),
        source=source(body.source),
        summary=body.summary,
        priority=Priority[body.priority.upper()],
        deadline=deadline,
    )


def targets(codes: Sequence[str], options: ApiOptions) -> tuple[str, ...]:
    """Each target once, in the order asked for. Raises InputTooLarge."""
    wanted = tuple(dict.fromkeys(normalise_code(code) for code in codes))
    if len(wanted) > options.max_targets:
        raise InputTooLarge(
            f"There are {len(wanted)} targets; at most {options.max_targets} are accepted.",
            hint="Ask for them in several requests.",
        )
    return wanted


def source(code: str | None) -> str | None:
    return None if code is None else normalise_code(code)


def checked_texts(texts: Sequence[str], options: ApiOptions) -> Sequence[str]:
    """Raises InputTooLarge when there are too many texts or characters."""
    if len(texts) > options.max_texts:
        raise InputTooLarge(
            f"There are {len(texts):,} texts; at most {options.max_texts:,} are accepted.",
            hint="Send them in several requests.",
        )
    characters = sum(map(len, texts))
    if characters > options.max_characters:
        raise InputTooLarge(
            f"The texts have {characters:,} characters; "
            f"at most {options.max_characters:,} are accepted.",
            hint="Send them in several requests.",
        )
    return texts


def _data(body: ArticleBody) -> bytes:
    """The input as bytes that cannot be taken for another encoding.

    JSON has decoded the text already. The byte order mark says so: neither a page's
    ``<meta charset>`` nor a NUL that looks like UTF-16 is to decode it a second time.
    """
    if body.fields is not None:
        return json.dumps(body.fields, ensure_ascii=False).encode()
    text: str = getattr(body, body.input)
    _refuse_binary(text)
    return codecs.BOM_UTF8 + text.encode()


def _refuse_binary(text: str) -> None:
    """A file of another kind, read as text by the caller: as UTF-8, or byte by byte."""
    start = text[:_SAMPLE]
    found = looks_like(start.encode()) or looks_like(start.encode("latin-1", "replace"))
    if not found and start.count("\ufffd") > _MOST_REPLACED * len(start):
        found = "binary data"
    if found:
        raise UnreadableInput(
            f"The input is not text: it looks like {found}.",
            hint="Send HTML, Markdown or plain text.",
        )
