"""Advisory checks for what a reader would miss: quotations, words in other scripts, emoji."""

from __future__ import annotations

import re
from collections import Counter

from dragoman.article import Severity
from dragoman.fidelity.checks.base import Checked, listed

_DOUBLE_MARK = re.compile(r"[\"“”„‟«»「」『』＂〝〞]|''|``")
# Apostrophes stand inside or after words: they alone open nothing.
_SINGLE_OPENS = re.compile(r"(?<!\w)['‘‚‹](?=\w)")
_SINGLE_CLOSES = re.compile(r"(?<=[\w.,!?…])['‘’›](?!\w)")
_SPEECH_DASH = re.compile(r"[-–—] ?\w")

_OTHER_SCRIPT = re.compile(
    r"[\u0370-\u1cff\u1f00-\u1fff\u2e80-\u2fdf\u3005-\u3007\u3041-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)
_LETTER = re.compile(r"[^\W\d_]")
_EMOJI = re.compile(
    r"[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u275a\u2761-\u27bf\u2b50\u2b55]"
)
_NOT_LATIN = frozenset(
    "am ar as be bg bn bo ckb dv dz el fa gu he hi hy ja ka kk km kn ko ky lo mk ml mn mr my ne or "
    "pa ps ru sa sd si sr ta te tg th ti ug uk ur yi yue zh".split()
)


class Quotations:
    """As many quotations in the target as in the source, none of them left open.

    A quotation that goes on in another segment leaves its source unbalanced; then nothing is
    said. One in single marks may get double marks and the other way round, and a dash may open
    speech. Many languages in other scripts quote foreign names: there short ones do not count.
    """

    code = "quotations"
    severity = Severity.ADVISORY

    def find(self, checked: Checked) -> str | None:
        shortest = 1 if _both_latin(checked) else 4
        before, after = (_quoted_words(text) for text in (checked.source, checked.target))
        if before is None:
            return None
        if after is None:
            return "A quotation mark has no counterpart."
        told = f"{len(before)} in the source, {len(after)} in the translation"
        if _count(before, shortest) > len(after) + _other_pairs(checked.target):
            return f"Quotation marks were lost: {told}."
        if _count(after, shortest) > len(before) + _other_pairs(checked.source):
            return f"Quotation marks were added: {told}."
        return None


class Scripts:
    """Words in another script, between languages in Latin letters, and emoji stay."""

    code = "script"
    severity = Severity.ADVISORY

    def find(self, checked: Checked) -> str | None:
        lost = _lost(_EMOJI, checked)
        if _both_latin(checked):
            lost += _lost(_OTHER_SCRIPT, checked)
        return f"Characters of another script were lost: {listed(lost)}." if lost else None


def _quoted_words(text: str) -> list[int] | None:
    """How many words stand in each quotation in double marks; None when a mark is left over."""
    marks = list(_DOUBLE_MARK.finditer(text))
    if len(marks) % 2:
        return None
    pairs = zip(marks[::2], marks[1::2], strict=True)
    return [len(text[start.end() : end.start()].split()) for start, end in pairs]


def _count(quotations: list[int], shortest: int) -> int:
    return sum(words >= shortest for words in quotations)


def _other_pairs(text: str) -> int:
    singles = min(len(_SINGLE_OPENS.findall(text)), len(_SINGLE_CLOSES.findall(text)))
    return singles + bool(_SPEECH_DASH.match(text))


def _both_latin(checked: Checked) -> bool:
    languages = {code.split("-", 1)[0] for code in (checked.pair.source, checked.pair.target)}
    return languages.isdisjoint(_NOT_LATIN)


def _lost(pattern: re.Pattern[str], checked: Checked) -> list[str]:
    wanted = Counter(pattern.findall(checked.source))
    return [
        run
        for run, count in wanted.items()
        if (pattern is _EMOJI or _LETTER.search(run)) and checked.target.count(run) < count
    ]
