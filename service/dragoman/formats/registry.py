"""The formats by name. Each is imported when it is first asked for."""

from __future__ import annotations

from dragoman.errors import UnsupportedInput
from dragoman.formats.base import Format
from dragoman.formats.sniff import sniff

__all__ = ["FORMATS", "get_format", "sniff"]

FORMATS = ("page", "fragment", "text", "markdown", "fields")
"""Every name that ``get_format`` knows, in the order of docs/api.md."""


def get_format(name: str) -> Format:
    """The format called ``name``. Formats hold no state, so each call may make a new one.

    Raises UnsupportedInput for any other name.
    """
    match name:
        case "page":
            from dragoman.formats.html import PageFormat

            return PageFormat()
        case "fragment":
            from dragoman.formats.html import FragmentFormat

            return FragmentFormat()
        case "text":
            from dragoman.formats.text import TextFormat

            return TextFormat()
        case "markdown":
            from dragoman.formats.markdown import MarkdownFormat

            return MarkdownFormat()
        case "fields":
            from dragoman.formats.fields import FieldsFormat

            return FieldsFormat()
        case _:
            raise UnsupportedInput(
                f"There is no format called {name!r}.", hint=f"Use one of: {', '.join(FORMATS)}."
            )
