"""Guess the encoding of undeclared text that is not UTF-8.

Latin alphabets first, by a rule of our own: a text in one language uses the letters of that
language, so the reading under which the accented letters fit one alphabet wins, and Western
encodings win ties. charset-normalizer, which knows the other scripts well, took 28 of 30 Spanish
texts for Central European; it is asked when no Latin alphabet fits.
"""

from __future__ import annotations

import re

_WESTERN = ("cp1252", "iso8859_15", "mac_roman", "cp850")
_CENTRAL = ("cp1250", "iso8859_2", "cp852")
_ALPHABETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("éèêëàâçùûüîïôœæÿ", _WESTERN),  # French
    ("äöüßé", _WESTERN),  # German
    ("áéíóúüñàèçïòłŀªº", _WESTERN),  # Spanish, Catalan
    ("àèéìòùîáíóú", _WESTERN),  # Italian
    ("áâãàçéêíóôõúüªº", _WESTERN),  # Portuguese
    ("åäöæøéü", _WESTERN),  # Danish, Norwegian, Swedish, Finnish
    ("ëïéèöüêáóûíúàç", _WESTERN),  # Dutch
    ("áðéíóúýþæö", ("cp1252",)),  # Icelandic
    ("áčďéěíňóřšťúůýž", _CENTRAL),  # Czech
    ("áäčďéíĺľňóôŕšťúýž", _CENTRAL),  # Slovak
    ("ąćęłńóśźż", _CENTRAL),  # Polish
    ("áéíóöőúüű", _CENTRAL),  # Hungarian
    ("ăâîşţșț", ("cp1250", "iso8859_2", "iso8859_16")),  # Romanian
    ("čćđšž", _CENTRAL),  # Croatian, Slovene
    ("çğıöşüâîûi̇", ("cp1254",)),  # Turkish
    ("ąčęėįšųūž", ("cp1257",)),  # Lithuanian
    ("āčēģīķļņšūž", ("cp1257",)),  # Latvian
    ("äõöüšž", ("cp1257",)),  # Estonian
)
_PUNCTUATION = frozenset("\xa0«»“”„‘’‚–—…•·°€£©®™§¿¡½¼¾²³ªº×´`")
_LATIN_ENOUGH = 0.35  # accented characters over all letters; other scripts have more
_FITS = 0.93
_MOST_COMMON = 0.05
"""A head start for windows-1252, which nearly all of the old Western web has; more for a text with
few accents, which is English with the names and signs of others."""
_SAMPLE = 32_768
_OTHER = (
    "cp1251", "koi8_r", "koi8_u", "iso8859_5", "cp866", "mac_cyrillic",
    "cp1253", "iso8859_7", "cp1255", "iso8859_8", "cp1256", "iso8859_6", "cp874",
    "gb18030", "big5", "cp932", "euc_jp", "cp949",
    "cp1252", "cp1250", "cp1254", "cp1257", "cp1258",
)  # fmt: skip
_LATIN = (
    "cp1252", "cp1250", "iso8859_2", "cp1254", "cp1257",
    "iso8859_15", "mac_roman", "cp850", "cp852", "iso8859_16",
)  # fmt: skip
_ACCENTED = re.compile(r"[^\x00-\x7f]")
_LATIN_9 = re.compile(rb"\xa4|[A-Za-z]\xbd[a-z]")
_C1 = re.compile(rb"[\x80-\x9f]")
_CAPITALS = "À-ÖØ-ÞŒŠŽŸĄĆĘŁŃŚŹŻČĎĚŇŘŤŮŐŰĂŞŢĐĞİĖĮŲŪĀĒĢĪĶĻŅ"
_MISPLACED = re.compile(
    rf"(?<=[a-zß-ÿ])[{_CAPITALS}](?=[a-z])|(?<=[a-z])[«»“”„‘‚–—…•°€£©®™§¿¡½¼¾²³ªº×´`](?=[a-z])"
)
"""A capital or a sign inside a word: the bytes are letters of another encoding."""


def guess(data: bytes) -> str | None:
    """Python's name of the likeliest encoding, or None when nothing fits."""
    sample = _informative_sample(data)
    return _latin(sample) or _other(sample)


def _informative_sample(data: bytes) -> bytes:
    """The start, or for a long ASCII start the lines around later non-ASCII bytes.

    Cut at a line or a space, so that no character of several bytes is torn at the front.
    """
    first = re.search(rb"[^\x00-\x7f]", data)
    if len(data) <= _SAMPLE or first is None:
        return data
    start = max(0, first.start() - 2000)
    cut = max(data.rfind(b"\n", start, first.start()), data.rfind(b" ", start, first.start()))
    start = cut + 1 if cut >= 0 and start else start
    sample = data[start : start + _SAMPLE]
    end = max(sample.rfind(b"\n"), sample.rfind(b" "))
    return sample[:end] if end > _SAMPLE // 2 else sample


def _latin(sample: bytes) -> str | None:
    accented = re.findall(rb"[\x80-\xff]", sample)
    best, best_fit = None, _FITS
    for encoding in _LATIN:
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        fit = _fit(text, encoding)
        if encoding == "cp1252" and fit:
            fit += _MOST_COMMON if len(accented) * 100 > len(sample) else 4 * _MOST_COMMON
        if fit > best_fit:
            best, best_fit = encoding, fit
    return "iso8859_15" if best == "cp1252" and _is_latin_9(sample) else best


def _is_latin_9(sample: bytes) -> bool:
    """ISO 8859-15 is all but windows-1252: told by its euro sign, and its oe inside words."""
    return bool(_LATIN_9.search(sample)) and not _C1.search(sample)


def _fit(text: str, encoding: str) -> float:
    """How well the accented characters suit one language written in ``encoding``, 0 to 1."""
    accented = _ACCENTED.findall(text)
    letters = sum(1 for char in text if char.isalpha())
    if not accented or len(accented) > _LATIN_ENOUGH * max(letters, 1):
        return 0.0
    misplaced = len(_MISPLACED.findall(text))
    punctuation = sum(1 for char in accented if char in _PUNCTUATION)
    fitting = (
        sum(1 for char in accented if char.lower() in alphabet)
        for alphabet, encodings in _ALPHABETS
        if encoding in encodings
    )
    return (max(fitting) + punctuation - misplaced) / len(accented)


def _other(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    for threshold in (0.2, 0.5):  # its default, then for texts that mix scripts
        match = from_bytes(sample, cp_isolation=list(_OTHER), threshold=threshold).best()
        if match:
            return match.encoding
    return None
