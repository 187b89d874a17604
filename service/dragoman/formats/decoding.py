"""Bytes to text: which encoding, and is it text at all.

The order of evidence: a byte order mark, the declared encoding, UTF-8, UTF-16 without a mark, and
last a guess. A declaration is overruled where it must be wrong: non-ASCII bytes that form valid
UTF-8 are UTF-8 whatever single-byte encoding was declared, because no real single-byte text does.

What no encoding should carry is replaced by U+FFFD, as HTML and CommonMark do: NUL, lone
surrogates, bytes that fit nowhere.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from dragoman.errors import EmptyInput, InputTooLarge, UnreadableInput
from dragoman.formats.binary import looks_like
from dragoman.formats.legacy import guess

if TYPE_CHECKING:
    from dragoman.formats.base import ParseLimits

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"})
"""Wide encodings show themselves; a document that only declares one is something else."""
_AS_THE_WEB_READS_THEM = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}
"""WHATWG Encoding Standard: these labels mean the Windows superset in practice."""
_NOT_OURS = frozenset(
    {"utf-7", "punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"}
)
"""Codecs of Python that are not character sets of documents."""
_UNSAFE = re.compile("[\x00\ud800-\udfff]")
_SAMPLE_BYTES = 4096
_UPPER = bytes(range(9))  # the upper bytes of Latin, Greek, Cyrillic, Hebrew and Arabic letters


def read(data: bytes, limits: ParseLimits, declared: str | None = None) -> tuple[str, str]:
    """``decode`` behind the size limit, which is checked first.

    Raises what ``decode`` raises, and InputTooLarge.
    """
    if len(data) > limits.max_bytes:
        raise InputTooLarge(
            f"The input has {len(data)} bytes; at most {limits.max_bytes} are accepted.",
            hint="Send less, or raise max_body_bytes.",
        )
    return decode(data, declared)


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """Return the text, without its byte order mark, and the encoding it was in.

    ``declared`` is what a header or the document itself says; unknown names are ignored.
    Raises EmptyInput (nothing but white space) and UnreadableInput (not text).
    """
    text, encoding = _decode(data, declared)
    if not text.strip():
        raise EmptyInput("The input is empty.", hint="Send an article with some text in it.")
    return text, encoding


def scrub(text: str) -> str:
    """Replace NUL and lone surrogates, so that ``text`` can be written as UTF-8.

    Surrogates that form a pair (as CESU-8 and JSON escapes leave them) become their character.
    """
    if not _UNSAFE.search(text):
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x00", REPLACEMENT)


def _decode(data: bytes, declared: str | None) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return scrub(data[len(mark) :].decode(encoding, "replace")), encoding
    wide = _utf16_without_mark(data)
    if wide:
        return scrub(data.decode(wide, "replace")), wide
    _refuse_binary(data)
    codec = _known(declared)
    utf8 = _as_utf8(data)
    if codec and (utf8 is None or not _overrules(data, codec)):
        text = _as_declared(data, codec)
        if text is not None:
            return scrub(text), codec
    if utf8 is not None:
        return scrub(utf8), "utf-8"
    return _guessed(data)


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 of an alphabet: the upper bytes are 0 to 8, nearly all of them, on one side."""
    sample = data[:_SAMPLE_BYTES]
    if len(data) % 2 or 0 not in sample:
        return None
    even, odd = (
        len(side) - len(side.translate(None, _UPPER)) for side in (sample[::2], sample[1::2])
    )
    pairs = len(sample) // 2
    if max(even, odd) < 0.7 * pairs or min(even, odd) > 0.1 * pairs:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _refuse_binary(data: bytes) -> None:
    found = looks_like(data)
    if found:
        raise UnreadableInput(
            f"The input is not text: it looks like {found}.",
            hint="Send HTML, Markdown, plain text or JSON.",
        )


def _known(declared: str | None) -> str | None:
    """Python's name of the declared encoding, or None where it names nothing usable."""
    if not declared:
        return None
    try:
        name = codecs.lookup(declared.strip().strip("\"'")).name.replace("_", "-")
        if name in _NOT_OURS or name in _WIDE:
            return None
        b" ".decode(name)  # refuses codecs that turn bytes into bytes
    except (LookupError, ValueError):
        return None
    return _AS_THE_WEB_READS_THEM.get(name, name)


def _overrules(data: bytes, codec: str) -> bool:
    """Whether valid UTF-8 speaks against ``codec``: non-ASCII bytes, and one byte a character."""
    if codec == "utf-8":
        return True
    sample = data[:_SAMPLE_BYTES]
    return not data.isascii() and len(sample.decode(codec, "replace")) == len(sample)


def _as_declared(data: bytes, codec: str) -> str | None:
    """The text, or None where so much of it does not fit that the declaration is wrong."""
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        text = data.decode(codec, "replace")
        return text if text.count(REPLACEMENT) * 50 < len(text) else None


def _as_utf8(data: bytes) -> str | None:
    """The text if it is UTF-8 with at most a few broken places, surrogates included."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", "replace")
    broken = text.count(REPLACEMENT)
    encoded_surrogates = len(re.findall(rb"\xed[\xa0-\xbf][\x80-\xbf]", data))
    sound = sum(1 for char in text[: 16 * _SAMPLE_BYTES] if char > "\x7f") - broken
    if encoded_surrogates == 0 and sound <= 2 * broken:
        return None
    return data.decode("utf-8", "surrogatepass" if _is_cesu(data) else "replace")


def _is_cesu(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _guessed(data: bytes) -> tuple[str, str]:
    encoding = guess(data)
    if encoding is None:
        raise UnreadableInput(
            "The input is not text in any encoding that we know.",
            hint="Send it as UTF-8, or declare its encoding.",
        )
    return scrub(data.decode(encoding, "replace")), encoding
