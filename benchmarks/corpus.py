"""Articles of realistic sentence lengths, made from the words of `seeds/`.

What a benchmark translates need not make sense, but it must be as long as news is, and no two
sentences may be equal, because equal ones in flight are computed once. Lengths follow a
log-normal fitted by eye to news prose: median 20 words, a tenth under 10, a tenth over 36.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

SEEDS = Path(__file__).parent.parent / "seeds"
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]+")


def vocabulary() -> list[str]:
    text = (SEEDS / "defence-visit" / "article.txt").read_text(encoding="utf-8")
    return _WORD.findall(text)


def sentence(rng: random.Random, words: list[str]) -> str:
    length = max(4, min(60, round(rng.lognormvariate(3.0, 0.45))))
    chosen = [rng.choice(words).lower() for _ in range(length)]
    chosen[0] = chosen[0].capitalize()
    if length > 14:
        chosen[length // 2] += ","
    return " ".join(chosen) + "."


def articles(count: int, sentences: int = 16, seed: int = 7) -> list[list[str]]:
    """``count`` articles of ``sentences`` sentences each; the same for the same seed."""
    rng = random.Random(seed)
    words = vocabulary()
    return [[sentence(rng, words) for _ in range(sentences)] for _ in range(count)]


def as_text(article: list[str]) -> str:
    """A plain-text article: paragraphs of three sentences."""
    paragraphs = [" ".join(article[i : i + 3]) for i in range(0, len(article), 3)]
    return "\n\n".join(paragraphs) + "\n"


def words_in(articles_: list[list[str]]) -> int:
    return sum(len(sentence_.split()) for article in articles_ for sentence_ in article)
