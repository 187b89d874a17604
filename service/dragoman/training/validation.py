"""Scores on a development file, each with the signature of how it was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.article import LanguagePair
from dragoman.inference.model import InstalledModel
from dragoman.training.export import translate
from dragoman.training.pairs import Pair, read_pairs


@dataclass(frozen=True, slots=True)
class Scores:
    """Corpus BLEU and chrF2, 0 to 100, with sacrebleu's signatures."""

    bleu: float
    chrf: float
    bleu_signature: str
    chrf_signature: str
    sentences: int
    beam_size: int

    def line(self) -> str:
        """For people."""
        return (
            f"BLEU {self.bleu:.1f} | chrF2 {self.chrf:.1f}"
            f" | {self.sentences} sentences, beam {self.beam_size}"
        )


def development_pairs(file: Path, direction: LanguagePair, most: int | None = None) -> list[Pair]:
    """The first ``most`` whole pairs of the file, or all. Raises what ``read_pairs`` raises."""
    pairs = [pair for pair in read_pairs([file], direction) if all(pair)]
    return pairs[:most]


def validate(model: InstalledModel, pairs: Sequence[Pair], beam_size: int) -> Scores:
    """Translate the sources with CTranslate2 in int8 and score them (Post 2018; Popović 2015)."""
    answers = translate(model, [pair.source for pair in pairs], beam_size=beam_size)
    return score(answers, [pair.target for pair in pairs], beam_size)


def score(answers: Sequence[str], references: Sequence[str], beam_size: int) -> Scores:
    """Score answers against one reference each."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    bleu, chrf = BLEU(), CHRF()
    first = bleu.corpus_score(list(answers), [list(references)])
    second = chrf.corpus_score(list(answers), [list(references)])
    return Scores(
        bleu=first.score,
        chrf=second.score,
        bleu_signature=str(bleu.get_signature()),
        chrf_signature=str(chrf.get_signature()),
        sentences=len(references),
        beam_size=beam_size,
    )
