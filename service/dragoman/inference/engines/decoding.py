"""What every engine for MarianMT models does around its own decoder.

Requests that are empty to the model never reach the decoder, which would invent something for
them. Banned strings are kept out of the output however the model would spell them: both decoders
can forbid sequences of pieces, but a string has many spellings. So the likely ones are forbidden
first, and if the output still contains the string, the very pieces that spelled it are forbidden
too and the batch is decoded again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dragoman.inference.engines.base import Prepared
from dragoman.inference.engines.marian import Decoded, MarianText, check_batch
from dragoman.inference.engines.vocabulary import Vocabulary

PieceSequence = tuple[str, ...]
Decode = Callable[[Sequence[Prepared], list[PieceSequence]], list[list[Decoded]]]
"""Decodes a batch without the given sequences: for each request, hypotheses, best first."""

_ROUNDS = 8


def decode_batch(
    text: MarianText, batch: Sequence[Prepared], decode: Decode, now: float
) -> list[list[Decoded]]:
    """Decode a batch; the outputs are in its order.

    What still holds a banned string after several rounds is marked unfinished. Raises what
    ``check_batch`` raises, and what ``decode`` does.
    """
    if not batch:
        return []
    check_batch(batch, text.layout.max_source_tokens, now)
    if any(len(prepared.payload.prefix) >= text.layout.positions - 1 for prepared in batch):
        raise ValueError("a target prefix is longer than any output may be")
    full = [prepared for prepared in batch if not prepared.payload.empty]
    decoded = iter(_decode_without_banned(text, full, decode) if full else [])
    return [_empty(prepared) if prepared.payload.empty else next(decoded) for prepared in batch]


def _empty(prepared: Prepared) -> list[Decoded]:
    options = prepared.request.options
    nothing = Decoded(prepared.payload.prefix, True, 0.0 if options.with_scores else None)
    return [nothing] * options.num_hypotheses


def _decode_without_banned(
    text: MarianText, batch: Sequence[Prepared], decode: Decode
) -> list[list[Decoded]]:
    banned = [word for word in batch[0].request.banned if word]
    vocabulary = text.layout.target
    forbidden = list(
        dict.fromkeys(spelling for word in banned for spelling in _spellings(vocabulary, word))
    )
    outputs = decode(batch, forbidden)
    for _ in range(_ROUNDS if banned else 0):
        found = _found(text, batch, outputs, banned)
        fresh = [spelling for spelling in found if spelling not in forbidden]
        if not fresh:
            break
        forbidden += fresh
        outputs = decode(batch, forbidden)
    return [
        [_marked(text, prepared, one, banned) for one in hypotheses]
        for prepared, hypotheses in zip(batch, outputs, strict=True)
    ]


def _spellings(vocabulary: Vocabulary, word: str) -> list[PieceSequence]:
    """The spelling that the vocabulary itself would choose, and the pieces that hold it all."""
    usual = vocabulary.encode(word).pieces
    whole: list[PieceSequence] = [(piece,) for piece in vocabulary.containing(word.strip())]
    return [*whole, usual] if usual else whole


def _found(
    text: MarianText,
    batch: Sequence[Prepared],
    outputs: Sequence[Sequence[Decoded]],
    banned: Sequence[str],
) -> list[PieceSequence]:
    """The shortest runs of pieces that spelled a banned string."""
    return list(
        dict.fromkeys(
            run
            for prepared, hypotheses in zip(batch, outputs, strict=True)
            for one in hypotheses
            for word in banned
            for run in _runs(text, prepared, one.pieces, word)
        )
    )


def _runs(
    text: MarianText, prepared: Prepared, pieces: PieceSequence, word: str
) -> list[PieceSequence]:
    if word not in text.text(prepared, pieces):
        return []
    end = next(n for n in range(1, len(pieces) + 1) if word in text.text(prepared, pieces[:n]))
    start = max(
        (n for n in range(end) if word.strip() in text.layout.target.decode(pieces[n:end])[0]),
        default=0,
    )
    return [pieces[start:end]]


def _marked(
    text: MarianText, prepared: Prepared, decoded: Decoded, banned: Sequence[str]
) -> Decoded:
    if any(word in text.text(prepared, decoded.pieces) for word in banned):
        return Decoded(decoded.pieces, False, decoded.score, decoded.attention)
    return decoded
