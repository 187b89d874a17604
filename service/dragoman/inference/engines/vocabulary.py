"""One side of a model's vocabulary: text to pieces that it knows, and pieces back to text.

The engines use SentencePiece directly, not the transformers tokenizer: the pieces are the same,
seven times faster. A model must never see ``<unk>``: whoever cannot read a curly quote gets a
straight one, and what has no stand-in is left out (``fidelity`` puts it back or reports it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sentencepiece import SentencePieceProcessor

from dragoman.errors import ModelCorrupt
from dragoman.inference.engines.equivalents import equivalents
from dragoman.inference.engines.traced import Span, TracedText, clean, join

WORD_START = "▁"
"""SentencePiece's mark for a space before a piece."""

_BYTE = re.compile("<0x([0-9A-F]{2})>")
_SPACES = re.compile(f"[{WORD_START} ]+")
_LONGEST_PIECE = 32


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text in pieces.

    ``traced`` is the text that SentencePiece was given, joined to the one it was made from.
    ``extents`` are the pieces' places in its normal form.
    """

    pieces: tuple[str, ...]
    extents: tuple[Span, ...]
    traced: TracedText


class Vocabulary:
    """A SentencePiece model together with the pieces that the network was taught.

    ``ids`` maps every piece to its number; ``special`` names those that are not text.
    Immutable and safe to use from several threads.
    """

    def __init__(
        self, model_file: Path, ids: Mapping[str, int], special: frozenset[str] = frozenset()
    ) -> None:
        self.ids = ids
        self._known = frozenset(ids) - special
        self._processor = _load(model_file)

    def encode(self, text: str) -> Pieces:
        """Split into known pieces. Never fails, and never gives a piece that is not known.

        Characters that the vocabulary lacks are replaced by their equivalents, judged in place:
        a piece such as ``▁€`` helps ``€5`` but not ``5€``.
        """
        traced = clean(text)
        pieces: list[str] = self._processor.encode(traced.text, out_type=str)
        if not self._known.issuperset(pieces):
            return self._replace_unknown(traced)
        return Pieces(tuple(pieces), tuple(_extents(pieces)), traced)

    def spans(self, encoded: Pieces) -> tuple[Span | None, ...]:
        """Where each piece came from in the text given to ``encode``, leading space excluded.

        None for a piece that stands for nothing but a space.
        """
        moved = self._offsets(encoded.traced.text)
        spans = []
        for piece, (start, end) in zip(encoded.pieces, encoded.extents, strict=True):
            letters = start + (len(piece) - len(piece.lstrip(WORD_START)))
            inner = moved.span(letters, end) if letters < end else None
            spans.append(inner and encoded.traced.span(*inner))
        return tuple(spans)

    def decode(self, pieces: Sequence[str]) -> tuple[str, tuple[Span, ...]]:
        """Join pieces to text, with each piece's span in it (its leading space excluded).

        Runs of spaces become one; the text neither starts nor ends with a space.
        """
        text = ""
        spans = []
        for piece in _spell_bytes(pieces):
            words = _SPACES.sub(" ", piece)
            if not text or text.endswith(" "):
                words = words.lstrip(" ")
            start = len(text) + (len(words) - len(words.lstrip(" ")))
            text += words
            spans.append((min(start, len(text)), len(text)))
        kept = len(text.rstrip(" "))
        return text[:kept], tuple((min(start, kept), min(end, kept)) for start, end in spans)

    def containing(self, text: str) -> list[str]:
        """Known pieces that contain ``text`` on their own."""
        return [piece for piece in self._known if text in piece.replace(WORD_START, " ").strip()]

    def _replace_unknown(self, cleaned: TracedText) -> Pieces:
        """Try each unknown character's equivalents, all of them at once, until none is left."""
        forms = [(text, *equivalents(text)) for text, _ in cleaned.characters()]
        origins = [origin for _, origin in cleaned.characters()]
        chosen = [0] * len(forms)
        while True:
            spelled = [form[choice] for form, choice in zip(forms, chosen, strict=True)]
            owners = [at for at, form in enumerate(spelled) for _ in form]
            pieces = self._respelled("".join(spelled))
            unknown = {owners[at] for at in self._unknown_places("".join(spelled), pieces)}
            if not unknown:
                break
            for at in unknown:
                chosen[at] += 1
        known = [at for at, piece in enumerate(pieces) if piece in self._known]
        extents = tuple(_extents(pieces))
        return Pieces(
            tuple(pieces[at] for at in known),
            tuple(extents[at] for at in known),
            join(zip(spelled, origins, strict=True)),
        )

    def _respelled(self, text: str) -> list[str]:
        """Pieces of the text; one that SentencePiece has and the network lacks is cut smaller."""
        pieces: list[str] = []
        for piece in self._processor.encode(text, out_type=str):
            pieces.extend([piece] if piece in self._known else self._cut(piece) or [piece])
        return pieces

    def _cut(self, piece: str) -> list[str]:
        """Known pieces that spell ``piece``, longest first; nothing if there are none."""
        cut: list[str] = []
        at = 0
        while at < len(piece):
            for end in range(min(len(piece), at + _LONGEST_PIECE), at, -1):
                if piece[at:end] in self._known:
                    break
            else:
                return []
            cut.append(piece[at:end])
            at = end
        return cut

    def _unknown_places(self, text: str, pieces: Sequence[str]) -> Iterator[int]:
        """Indices of the characters of ``text`` that unknown pieces stand for."""
        moved = self._offsets(text)
        for piece, (start, end) in zip(pieces, _extents(pieces), strict=True):
            if piece not in self._known and start < end:
                yield from range(*moved.span(start, end))

    def _offsets(self, text: str) -> TracedText:
        """SentencePiece's own normal form of the text, traced to the text.

        A character that it expands (½ to 1⁄2) gives several, of which all but the last have an
        empty span in its answer: they get the span of the whole character.
        """
        normal, starts = self._processor.normalize(text, with_offsets=True)
        ends = list(starts[1:])
        for at in range(len(ends) - 2, -1, -1):
            if ends[at] == starts[at] and normal[at] != WORD_START:
                ends[at] = ends[at + 1]
        return TracedText(normal, tuple(zip(starts, ends, strict=False)))


def _load(model_file: Path) -> SentencePieceProcessor:
    try:
        return SentencePieceProcessor(model_file=str(model_file))
    except (OSError, RuntimeError) as error:
        raise ModelCorrupt(
            f"{model_file.name} is not a SentencePiece model.", hint="Remove and pull the model."
        ) from error


def _extents(pieces: Sequence[str]) -> Iterator[Span]:
    """Where each piece stands in the normal form, which is all of them joined."""
    ends = [0]
    for piece in pieces:
        ends.append(ends[-1] + len(piece))
    return pairwise(ends)


def _spell_bytes(pieces: Sequence[str]) -> Iterator[str]:
    """Pieces such as ``<0xE2>`` spell one character between them: the last one carries it."""
    pending = b""
    for at, piece in enumerate(pieces):
        byte = _BYTE.fullmatch(piece)
        if byte is None:
            yield piece
            continue
        pending += bytes([int(byte[1], 16)])
        ends = at + 1 == len(pieces) or not _BYTE.fullmatch(pieces[at + 1])
        yield pending.decode("utf-8", errors="ignore") if ends else ""
        pending = b"" if ends else pending
