"""Which language a text is in, and what languages are called."""

from dragoman.langid.codes import language_code
from dragoman.langid.identification import Identified, LanguageIdentifier
from dragoman.langid.names import (
    autonym,
    is_rtl,
    language_name,
    normalise_code,
    primary_subtag,
)

__all__ = [
    "Identified",
    "LanguageIdentifier",
    "autonym",
    "is_rtl",
    "language_code",
    "language_name",
    "normalise_code",
    "primary_subtag",
]
