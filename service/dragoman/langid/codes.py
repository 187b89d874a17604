"""Language codes as people write them."""

from __future__ import annotations

from dragoman.article import UNDETERMINED
from dragoman.errors import InputError
from dragoman.langid.names import NAMES, normalise_code

_EXAMPLES = "Write a code such as en, de or pt-BR."


def language_code(given: object) -> str:
    """The usual spelling of a code that a person gave; a name is answered with its code.

    Raises InputError for what is no language code (BCP 47: a language has two or three letters).
    """
    if not isinstance(given, str):
        raise InputError("A language code must be a string.", hint=_EXAMPLES)
    code = normalise_code(given)
    if code != UNDETERMINED and len(code.split("-")[0]) <= 3:
        return code
    if not given.strip():
        raise InputError("The language code is empty.", hint=_EXAMPLES)
    found = _named(given)
    raise InputError(
        f"{given[:60]} is not a language code.", hint=f"Use {found}." if found else _EXAMPLES
    )


def _named(name: str) -> str | None:
    wanted = name.strip().casefold()
    matches = (
        code
        for code, names in NAMES.items()
        if code != UNDETERMINED and wanted in {one.casefold() for one in names}
    )
    return next(matches, None)
