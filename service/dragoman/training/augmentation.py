"""Varied copies of pairs: what news has and parliaments lack.

Every function is pure: a pair and a seeded ``random.Random`` in, a varied pair out, or the same
pair where it has nothing to vary.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from dragoman.article import LanguagePair
from dragoman.langid import primary_subtag
from dragoman.training.pairs import Pair

_END = re.compile(r"\s*[.!?…]+$")
_NUMBER = re.compile(r"(?<![\w.,])\d{1,4}(?![\w]|[.,]\d)")
_NAME = re.compile(r"(?:(?<=[\w,] )|(?<=\bM[.] ))[A-ZÀ-Ý][a-zà-ÿ]{3,}\b")
_STRAIGHT = re.compile(r'"([^"]+)"')
_LIGATURES = re.compile(
    r"\b(man|dés|ch)?(c|s|v|n|b|m|f)?(o)(e)"
    r"(?=(?:ur(?:s|es?)?|uvre(?:s|r|nt)?|uf[s]?|u[x]?|uds?|urs|il|illets?|tus|cuméni\w+)\b)",
    re.IGNORECASE,
)
_SMALL = frozenset("a an and as at but by for from in nor of off on or over per the to via".split())
_QUOTES = {"fr": ("« ", " »"), "de": ("„", "“"), "en": ("“", "”"), "es": ("«", "»")}
_SYLLABLES = tuple("ba dor ke lan mi no ra sel tu van wi zo gar pel hin os rek ly sha mar".split())

Variation = Callable[[Pair, random.Random, LanguagePair], Pair]


def augment(
    pairs: Sequence[Pair], direction: LanguagePair, share: float, chooser: random.Random
) -> Iterator[Pair]:
    """Varied copies of a ``share`` of the pairs; a copy that came out the same is left out."""
    for pair in pairs:
        if chooser.random() >= share:
            continue
        kind = chooser.choice((*_VARIATIONS, None))
        if kind is None:
            others = [chooser.choice(pairs) for _ in range(chooser.randint(1, 2))]
            varied = joined([pair, *others])
        else:
            varied = kind(pair, chooser, direction)
        if varied != pair:
            yield varied


def shouted(pair: Pair, _: random.Random, __: LanguagePair) -> Pair:
    """ALL CAPS on both sides."""
    return Pair(pair.source.upper(), pair.target.upper())


def titled(pair: Pair, chooser: random.Random, direction: LanguagePair) -> Pair:
    """An English side as a headline, Without End Punctuation; other languages have no such case."""
    bare = without_end(pair, chooser, direction)
    sides = zip(bare, (direction.source, direction.target), strict=True)
    source, target = (_title(text) if _is(language, "en") else text for text, language in sides)
    return Pair(source, target)


def without_end(pair: Pair, _: random.Random, __: LanguagePair) -> Pair:
    """Neither side ends with a full stop, if both did: as headlines and captions."""
    if not (_END.search(pair.source) and _END.search(pair.target)):
        return pair
    return Pair(*(_END.sub("", text) for text in pair))


def joined(pairs: Iterable[Pair]) -> Pair:
    """Several sentences in one segment."""
    sources, targets = zip(*pairs, strict=True)
    return Pair(" ".join(sources), " ".join(targets))


def typographic(pair: Pair, _: random.Random, direction: LanguagePair) -> Pair:
    """Curly apostrophes, and each language's own quotation marks."""
    sides = zip(pair, (direction.source, direction.target), strict=True)
    return Pair(*(_curled(text, primary_subtag(language)) for text, language in sides))


def quoted(pair: Pair, chooser: random.Random, direction: LanguagePair) -> Pair:
    """The whole segment between quotation marks."""
    plain = Pair(*(f'"{text}"' for text in pair))
    if '"' in pair.source + pair.target:
        return pair
    return typographic(plain, chooser, direction) if chooser.random() < 0.7 else plain


def renumbered(pair: Pair, chooser: random.Random, direction: LanguagePair) -> Pair:
    """A number that both sides have becomes another, written as each language writes it."""
    shared = _shared(pair, _NUMBER)
    if not shared:
        return pair
    number = chooser.choice(shared)
    value = chooser.randrange(10 ** chooser.randint(1, 6))
    decimals = f"{chooser.randrange(100):02}" if chooser.random() < 0.3 else ""
    sides = zip(pair, (direction.source, direction.target), strict=True)
    source, target = (
        _replaced(text, number, _written(value, decimals, language)) for text, language in sides
    )
    return Pair(source, target)


def renamed(pair: Pair, chooser: random.Random, _: LanguagePair) -> Pair:
    """A name that both sides spell alike becomes an invented one, to be copied."""
    shared = _shared(pair, _NAME)
    if not shared:
        return pair
    name = chooser.choice(shared)
    invented = "".join(chooser.choices(_SYLLABLES, k=chooser.randint(2, 4))).capitalize()
    source, target = (_replaced(text, name, invented) for text in pair)
    return Pair(source, target)


def linked(pair: Pair, chooser: random.Random, _: LanguagePair) -> Pair:
    """An address, a hashtag or a handle, on both sides, before or behind the text."""
    word = "".join(chooser.choices(_SYLLABLES, k=3))
    number = chooser.randrange(10_000)
    token = chooser.choice(
        (
            f"https://www.{word}.example/{number}",
            f"{word}.example",
            f"{word}@news.example",
            f"#{word.capitalize()}{number % 100}",
            f"@{word}_{number % 10}",
            f"{word.upper()} & {word.capitalize()}",
        )
    )
    if chooser.random() < 0.3:
        return Pair(*(f"{token} {text}" for text in pair))
    return Pair(*(f"{text} {token}" for text in pair))


def restore_ligatures(text: str) -> str:
    """French words that lost their œ get it back: cœur, œuvre, sœur, vœu, nœud, œil."""
    return _LIGATURES.sub(_ligature, text)


_VARIATIONS: tuple[Variation, ...] = (
    shouted,
    titled,
    without_end,
    typographic,
    quoted,
    renumbered,
    renamed,
    linked,
)


def _ligature(match: re.Match[str]) -> str:
    before = (match[1] or "") + (match[2] or "")
    return before + ("Œ" if match[3] == "O" else "œ")


def _title(text: str) -> str:
    words = text.split(" ")
    return " ".join(
        word if number and word in _SMALL else word[:1].upper() + word[1:]
        for number, word in enumerate(words)
    )


def _is(language: str, code: str) -> bool:
    return primary_subtag(language) == code


def _curled(text: str, language: str) -> str:
    opening, closing = _QUOTES.get(language, _QUOTES["en"])
    return _STRAIGHT.sub(rf"{opening}\1{closing}", text).replace("'", "’")


def _shared(pair: Pair, pattern: re.Pattern[str]) -> list[str]:
    """What the pattern finds exactly once on each side, spelt alike, in the source's order."""
    sides = [[match.group() for match in pattern.finditer(text)] for text in pair]
    return [
        text
        for text in sides[0]
        if all(side.count(text) == 1 for side in sides)
        and all(len(re.findall(rf"\b{re.escape(text)}\b", whole)) == 1 for whole in pair)
    ]


def _replaced(text: str, old: str, new: str) -> str:
    return re.sub(rf"\b{re.escape(old)}\b", lambda _: new, text, count=1)


def _written(value: int, decimals: str, language: str) -> str:
    """1,234.50 in English, 1 234,50 in French, 1.234,50 elsewhere."""
    grouping, point = {"en": (",", "."), "fr": (" ", ",")}.get(primary_subtag(language), (".", ","))
    whole = f"{value:,}".replace(",", grouping)
    return f"{whole}{point}{decimals}" if decimals else whole
