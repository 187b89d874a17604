"""Which language a code of an opus-mt model means.

Models of the hub name languages in several ways: ISO 639-1 (``fr``), ISO 639-3 (``fra``), with a
script (``cmn_Hans``) or a country (``pt_BR``), in their names, their tokenizer settings and the
``>>xxx<<`` tokens of their vocabularies. Dragoman speaks BCP 47 only (RFC 5646).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

CODES: Mapping[str, tuple[str, ...]] = {
    "af": ("afr", "af"),
    "ar": ("ara", "arb", "ar"),
    "az": ("aze_Latn", "aze", "azj", "az"),
    "be": ("bel", "be"),
    "bg": ("bul", "bg"),
    "bn": ("ben", "bn"),
    "bs": ("bos_Latn", "bos", "bs"),
    "ca": ("cat", "ca"),
    "cs": ("ces", "cze", "cs"),
    "cy": ("cym", "cy"),
    "da": ("dan", "da"),
    "de": ("deu", "ger", "de"),
    "el": ("ell", "gre", "el"),
    "en": ("eng", "en"),
    "es": ("spa", "es"),
    "et": ("est", "ekk", "et"),
    "eu": ("eus", "eu"),
    "fa": ("pes", "fas", "per", "fa"),
    "fi": ("fin", "fi"),
    "fr": ("fra", "fre", "fr"),
    "ga": ("gle", "ga"),
    "gl": ("glg", "gl"),
    "he": ("heb", "he", "iw"),
    "hi": ("hin", "hi"),
    "hr": ("hrv", "hr"),
    "hu": ("hun", "hu"),
    "hy": ("hye", "hy"),
    "id": ("ind", "id"),
    "is": ("isl", "is"),
    "it": ("ita", "it"),
    "ja": ("jpn", "ja", "jap"),
    "ka": ("kat", "ka"),
    "ko": ("kor_Hang", "kor", "ko"),
    "lb": ("ltz", "lb"),
    "lt": ("lit", "lt"),
    "lv": ("lav", "lvs", "lv"),
    "mk": ("mkd", "mk"),
    "ms": ("zsm_Latn", "zsm", "msa", "zlm_Latn", "ms"),
    "mt": ("mlt", "mt"),
    "nb": ("nob", "nb"),
    "nl": ("nld", "dut", "nl"),
    "nn": ("nno", "nn"),
    "no": ("nor", "no"),
    "pl": ("pol", "pl"),
    "pt": ("por", "pt", "pt_PT"),
    "pt-BR": ("pob", "pt_BR"),
    "ro": ("ron", "rum", "ro"),
    "ru": ("rus", "ru"),
    "sk": ("slk", "sk"),
    "sl": ("slv", "sl"),
    "sq": ("sqi", "als", "sq"),
    "sr": ("srp_Cyrl", "srp", "sr"),
    "sr-Latn": ("srp_Latn",),
    "sv": ("swe", "sv"),
    "sw": ("swa", "swh", "sw"),
    "ta": ("tam", "ta"),
    "th": ("tha", "th"),
    "tr": ("tur", "tr"),
    "uk": ("ukr", "uk"),
    "ur": ("urd", "ur"),
    "vi": ("vie", "vi"),
    "zh": ("cmn_Hans", "cmn", "zho_Hans", "zho", "zh_CN", "zh"),
    "zh-Hant": ("cmn_Hant", "zho_Hant", "zh_TW"),
}
"""BCP 47 code to the codes that models use for it, the preferred one first."""


def language_of(code: str) -> str | None:
    """The BCP 47 language that ``code`` means, or None for a group (``ROMANCE``) or a stranger."""
    return _languages_by_code().get(code.replace("-", "_").lower())


def languages_of(codes: str) -> tuple[str, ...] | None:
    """The languages of a name's half: ``fr``, ``zh_CN`` or a list such as ``cat_oci_spa``.

    None when any part is not known: then the name alone does not say.
    """
    whole = language_of(codes)
    if whole:
        return (whole,)
    parts = [language_of(part) for part in codes.split("_")]
    known = tuple(part for part in parts if part)
    return known if len(known) == len(parts) > 1 else None


def tokens_by_language(codes: Iterable[str]) -> dict[str, str]:
    """Language to ``>>xxx<<`` token, for the codes that a vocabulary has tokens for."""
    written = {code.lower(): code for code in codes}
    found: dict[str, str] = {}
    for language, candidates in CODES.items():
        for candidate in candidates:
            if candidate.lower() in written:
                found[language] = f">>{written[candidate.lower()]}<<"
                break
    return found


@cache
def _languages_by_code() -> dict[str, str]:
    by_code = {code.lower(): language for language, codes in CODES.items() for code in codes}
    return by_code | {language.replace("-", "_").lower(): language for language in CODES}
