"""The values keep their invariants."""

from __future__ import annotations

import dataclasses
import inspect
import pickle

import pytest

from dragoman import article
from dragoman.article import (
    Article,
    Block,
    BlockKind,
    LanguagePair,
    Mark,
    MarkKind,
    Origin,
    Route,
    Step,
    Translation,
)

VALUES = [
    value
    for value in vars(article).values()
    if inspect.isclass(value) and dataclasses.is_dataclass(value)
]


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_values_are_frozen_and_slotted(kind: type) -> None:
    """No room can change a value that another one holds."""
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]  # set by dataclass
    assert not hasattr(kind, "__dict__") or "__slots__" in vars(kind)


def test_an_article_survives_pickling() -> None:
    """Extraction runs in another process, so its result must travel."""
    whole = Article(
        "en", (Block("b1", BlockKind.PARAGRAPH, "Hello", (Mark(0, 5, MarkKind.WRAP, 0),)),)
    )
    assert pickle.loads(pickle.dumps(whole)) == whole


def test_a_mark_behind_the_text_is_refused() -> None:
    """A mark always lies inside its block."""
    with pytest.raises(ValueError, match="ends behind"):
        Block("b1", BlockKind.PARAGRAPH, "Hi", (Mark(0, 3, MarkKind.WRAP, 0),))


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)])
def test_a_mark_that_is_no_span_is_refused(start: int, end: int) -> None:
    """Offsets count from zero and run forward."""
    with pytest.raises(ValueError, match="not a span"):
        Mark(start, end, MarkKind.WRAP, 0)


def test_a_point_covers_no_text() -> None:
    """A line break stands at one place."""
    with pytest.raises(ValueError, match="no text"):
        Mark(1, 2, MarkKind.POINT, 0)


def test_block_ids_are_unique() -> None:
    """Translations are keyed by block id."""
    block = Block("b1", BlockKind.PARAGRAPH, "Hi")
    with pytest.raises(ValueError, match="unique"):
        Article(None, (block, block))


def test_a_translation_has_a_signature() -> None:
    """What cannot say how it was made is not a result."""
    with pytest.raises(ValueError, match="signature"):
        Translation("Bonjour", Origin.MODEL, "")


def test_the_steps_of_a_route_join() -> None:
    """A pivot goes on where the first hop ended."""
    first = Step(LanguagePair("de", "en"), "a")
    assert Route((first, Step(LanguagePair("en", "fr"), "b"))).pair == LanguagePair("de", "fr")
    with pytest.raises(ValueError, match="starts where"):
        Route((first, Step(LanguagePair("es", "fr"), "b")))
    with pytest.raises(ValueError, match="at least one"):
        Route(())


def test_names_and_furniture_are_copied() -> None:
    """A byline, a dateline, a credit, code and labels are never given to a model."""
    copied = {kind for kind in BlockKind if not kind.translated}
    assert copied == {
        BlockKind.BYLINE,
        BlockKind.DATELINE,
        BlockKind.CREDIT,
        BlockKind.CODE,
        BlockKind.LABEL,
    }
