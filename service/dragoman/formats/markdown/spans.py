"""CommonMark with the place in the source of every inline token.

markdown-it keeps lines for blocks but no offsets for inline tokens. Each inline rule is wrapped
here to note which characters it consumed, in ``token.meta["span"]``. Fragments of text are left
unjoined, because joining them would lose the note.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

InlineRule = Callable[[StateInline, bool], bool]
Environment = MutableMapping[str, Any]

MAX_NESTING = 100
_BEGINS_WITH = {
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "link": "[",
    "image": "!",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
}
"""Text before these is flushed before the rule, which moves on before it would be. The rules for
text and line breaks are not here, because they read and change the pending text."""
_MARKERS = frozenset({"emphasis", "strikethrough"})


class NotedState(StateInline):
    """Notes where text that was collected stands when it becomes a token."""

    def pushPending(self) -> Token:  # noqa: N802  # overrides markdown-it's name
        """Text ends where the parser stands, but for spaces that a line break has taken."""
        token = super().pushPending()
        end, length = self.pos, len(token.content)
        while end > length and self.src[end - length : end] != token.content:
            end -= 1
        token.meta["span"] = (end - length, end)
        return token


class NotingParser(ParserInline):
    """The inline parser with every rule noting its span."""

    def note_rules(self) -> None:
        """Wrap the rules that are enabled now."""
        for name in self.ruler.get_active_rules():
            rule = next(item.fn for item in self.ruler.__rules__ if item.name == name)
            self.ruler.at(name, _noting(name, rule))

    def parse(self, src: str, md: MarkdownIt, env: Environment, tokens: list[Token]) -> list[Token]:
        """Append the tokens of ``src`` to ``tokens`` in the order of their spans."""
        state = NotedState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        _widen_strong(tokens)
        tokens[:] = [token for token in tokens if token.type != "text" or token.content]
        tokens.sort(key=lambda token: span(token)[0])
        return tokens


def make_parser() -> MarkdownIt:
    """CommonMark with tables and strikethrough, raw HTML left alone."""
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
    inline = NotingParser()
    parser.inline = inline
    parser.configure("commonmark", {"maxNesting": MAX_NESTING})
    parser.enable(["table", "strikethrough"])
    parser.disable(["text_join", "fragments_join"])
    inline.note_rules()
    return parser


def span(token: Token) -> tuple[int, int]:
    """Start and end of an inline token in the content of its block."""
    start, end = token.meta["span"]
    return int(start), int(end)


def _noting(name: str, rule: InlineRule) -> InlineRule:
    begins_with = _BEGINS_WITH.get(name, "")

    def noting(state: StateInline, silent: bool) -> bool:
        if silent:
            return rule(state, True)
        start, known = state.pos, len(state.tokens)
        if state.src[start] in begins_with and state.pending:
            state.pushPending()
            known += 1
        if not rule(state, False):
            return False
        _note(name, state.tokens[known:], start, state.pos)
        return True

    return noting


def _note(name: str, tokens: Sequence[Token], start: int, end: int) -> None:
    if name in _MARKERS:
        for token in tokens:
            token.meta["span"] = (start, start + len(token.content))
            start += len(token.content)
    elif name == "link":
        inner = [span(token)[1] for token in tokens[1:-1]]
        tokens[0].meta["span"] = (start, start + 1)
        tokens[-1].meta["span"] = (max(inner, default=start + 1), end)
    else:
        for token in tokens:
            if "span" in token.meta:  # the text before a line break, and the break behind it
                start = token.meta["span"][1]
            else:
                token.meta["span"] = (start, end)


def _widen_strong(tokens: Sequence[Token]) -> None:
    """markdown-it makes ``**`` of two tokens and empties the outer one."""
    for token in tokens:
        start, end = span(token)
        if token.type == "strong_open":
            token.meta["span"] = (start - 1, end)
        elif token.type == "strong_close":
            token.meta["span"] = (start, end + 1)
