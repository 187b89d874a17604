"""Would this source make too large a tree? Known before the tree is built.

The standard's algorithm takes time quadratic in the depth of nesting, and formatting elements that
are left open are opened again in every block, so that a short source can make a tree of any size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dragoman.errors import InputTooLarge
from dragoman.formats.html.names import FORMATTING, VOID
from dragoman.formats.html.tokens import Token, TokenKind

_MAX_DEPTH = 4_000
"""Browsers stop at 512."""
_MAX_FORMATTING = 256
"""Formatting elements open at once."""
_MOST_COPIES = 3
"""Identical formatting elements that are opened again (the "Noah's Ark clause")."""
_ENDED_BY_SIBLINGS = frozenset(
    "p li dd dt option optgroup tr td th tbody thead tfoot caption colgroup body html head "
    "rb rt rp rtc".split()
)
"""Elements that another of their kind ends, so that unclosed ones do not nest."""


def check_size(tokens: Iterable[Token], source: str, max_nodes: int) -> None:
    """Raises InputTooLarge for too many nodes, counting those that are opened again; for elements
    nested too deep; and for too many formatting elements left open.
    """
    shape = _Shape()
    for token in tokens:
        if token.kind is TokenKind.CLOSE:
            shape.close(token.name)
        elif token.kind is TokenKind.OPEN and token.name not in VOID:
            shape.open(token.name, source[token.start : token.end])
        else:
            shape.nodes += 1
        if shape.nodes > max_nodes:
            raise InputTooLarge(
                f"The HTML has more than {max_nodes:,} nodes.",
                hint="Send the article alone, or raise max_html_nodes.",
            )
        if len(shape.nested) > _MAX_DEPTH or len(shape.formatting) > _MAX_FORMATTING:
            raise InputTooLarge(
                f"The HTML nests elements more than {_MAX_DEPTH:,} deep "
                f"or leaves more than {_MAX_FORMATTING} inline elements open.",
                hint="Check that its elements are closed.",
            )


class _Shape:
    """A rough model of the parser's stacks, which are at most a few times larger."""

    def __init__(self) -> None:
        self.nodes = 0
        self.nested: list[str] = []
        self.formatting: list[tuple[str, str]] = []
        self._open: Counter[str] = Counter()

    def open(self, name: str, tag: str) -> None:
        self.nodes += 1
        if name in FORMATTING:
            self._open_formatting(name, tag)
            return
        self.nodes += len(self.formatting)
        if name not in _ENDED_BY_SIBLINGS:
            self.nested.append(name)
            self._open[name] += 1

    def close(self, name: str) -> None:
        if name in FORMATTING:
            self._close_formatting(name)
        elif self._open[name]:
            while (closed := self.nested.pop()) != name:
                self._open[closed] -= 1
            self._open[name] -= 1

    def _open_formatting(self, name: str, tag: str) -> None:
        if name == "a":  # a link ends the one before it
            self.formatting = [one for one in self.formatting if one[0] != "a"]
        if self.formatting.count((name, tag)) < _MOST_COPIES:
            self.formatting.append((name, tag))

    def _close_formatting(self, name: str) -> None:
        for index in range(len(self.formatting) - 1, -1, -1):
            if self.formatting[index][0] == name:
                del self.formatting[index]
                return
