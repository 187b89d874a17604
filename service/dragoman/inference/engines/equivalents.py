"""What may stand for a character that a model was never taught.

Most models know the straight quote but not the curly one, the hyphen but not the dash. Sending
``<unk>`` instead costs far more than the difference between the two, so each character has a list
of stand-ins, best first. Whether one is needed, the vocabulary decides (see ``vocabulary``).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_TABLE = {
    "’": ("'",),
    "‘": ("’", "'"),
    "‚": ("‘", "'"),
    "‛": ("’", "'"),
    "ʼ": ("’", "'"),
    "ʻ": ("‘", "'"),
    "ʹ": ("'",),
    "′": ("’", "'"),
    "`": ("'",),
    "´": ("’", "'"),
    "“": ('"',),
    "”": ('"',),
    "„": ("“", '"'),
    "‟": ("“", '"'),
    "″": ("”", '"'),
    "«": ("“", '"'),
    "»": ("”", '"'),
    "‹": ("‘", "'"),
    "›": ("’", "'"),
    "「": ("“", '"'),
    "」": ("”", '"'),
    "『": ("“", '"'),
    "』": ("”", '"'),
    '"': ("”",),
    "'": ("’",),
    "–": ("—", "-"),
    "—": ("–", "-"),
    "―": ("—", "–", "-"),
    "−": ("–", "-"),
    "‑": ("-",),
    "‐": ("-",),
    "-": ("‐", "–"),
    "…": ("...",),
    "⋯": ("...",),
    "•": ("·", "-"),
    "·": ("•", "-"),
    "⁄": ("/",),
    "∕": ("/",),
    "×": ("x",),
    "÷": ("/",),
    "˚": ("°",),
    "º": ("°", "o"),
    "ª": ("a",),
    "。": (".",),
    "、": (",",),
    "،": (",",),
    "؛": (";",),
    "؟": ("?",),
    "।": (".",),
    "ß": ("ss",),
    "ẞ": ("ß", "SS"),
    "æ": ("ae",),
    "Æ": ("AE",),
    "œ": ("oe",),
    "Œ": ("OE",),
    "ø": ("ö", "o"),
    "Ø": ("Ö", "O"),
    "ł": ("l",),
    "Ł": ("L",),
    "đ": ("d",),
    "Đ": ("D",),
    "ð": ("d",),
    "Ð": ("D",),
    "þ": ("th",),
    "Þ": ("Th",),
    "ħ": ("h",),
    "Ħ": ("H",),
    "ı": ("i",),
    "ŋ": ("ng",),
    "ə": ("e",),
    "Ə": ("E",),
    "ς": ("σ",),
    "ё": ("е",),
    "Ё": ("Е",),
}

_BY_CATEGORY = {
    "Pd": ("–", "-"),
    "Pi": ("“", '"'),
    "Pf": ("”", '"'),
    "Zs": (" ",),
    "Zl": (" ",),
    "Zp": (" ",),
}

_JOINING = frozenset({"Mn", "Mc", "Me", "Cf", "Cc", "Lm", "Sk"})
"""Categories that sit on or inside a word: dropping one must not tear the word apart."""


@lru_cache(maxsize=4096)
def equivalents(character: str) -> tuple[str, ...]:
    """Stand-ins for one character, best first; the last is always the empty string."""
    found = [*_TABLE.get(character, ())]
    compatible = unicodedata.normalize("NFKC", character)
    found.append(compatible)
    found.append("".join(_TABLE.get(part, (part,))[0] for part in compatible))
    found.append(_bare(compatible))
    found.append(_bare(compatible).casefold())
    found.append(_ascii_digit(character))
    category = unicodedata.category(character)
    found.extend(_BY_CATEGORY.get(category, ()))
    if category not in _JOINING:
        found.append(" ")
    return (*dict.fromkeys(form for form in found if form not in ("", character)), "")


def _bare(text: str) -> str:
    """Without accents: ``ğ`` becomes ``g``."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(part for part in decomposed if not unicodedata.combining(part))


def _ascii_digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return "" if value is None else str(value)
