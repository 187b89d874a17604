"""What is to be done with one segment, and how it looks to a model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dragoman.article import Flag, Segment
from dragoman.fidelity.casing import CaseModel, HeadlineCase

LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Job:
    """One segment to translate.

    ``kept`` are spans of ``segment.text`` that must come out unchanged. ``headline`` says that
    its capitals may be headline style. ``copied`` passes it through. ``aligned`` asks the engine
    which words became which, for marks that stand inside the segment. ``flags`` are findings
    that are known before, such as why it is copied.
    """

    segment: Segment
    headline: bool = False
    copied: bool = False
    aligned: bool = False
    flags: tuple[Flag, ...] = ()
    kept: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PreparedJob:
    """A job as the model sees it: without surrounding white space, its case learnt."""

    job: Job
    before: str
    core: str
    after: str
    text: str
    case: HeadlineCase
    kept: tuple[tuple[int, int], ...]


def prepare(job: Job, case: CaseModel) -> PreparedJob | None:
    """None when there is nothing to translate: no letters, or all of it is kept."""
    text = job.segment.text
    core = text.strip()
    if not LETTER.search(core):
        return None
    start = len(text) - len(text.lstrip())
    kept = tuple(
        (max(0, first - start), min(len(core), last - start))
        for first, last in job.kept
        if last - start > 0 and first - start < len(core)
    )
    if any(first == 0 and last == len(core) for first, last in kept):
        return None
    lowered, style = case.lower_headline(core) if job.headline or core.isupper() else (core, None)
    return PreparedJob(
        job=job,
        before=text[:start],
        core=core,
        after=text[start + len(core) :],
        text=lowered,
        case=style if style is not None else HeadlineCase.SENTENCE,
        kept=kept,
    )
