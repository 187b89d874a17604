"""The fake: what it marks, records and breaks."""

from __future__ import annotations

import threading

import pytest

from dragoman.inference.engines.base import Hypothesis, Request
from dragoman.inference.engines.fake import (
    FakeEngine,
    Mischief,
    on_text,
    original,
    translation,
)


def run(engine: FakeEngine, *texts: str) -> list[list[Hypothesis]]:
    return engine.run(engine.prepare([Request(text) for text in texts]))


def said(engine: FakeEngine, *texts: str) -> list[str]:
    return [hypotheses[0].text for hypotheses in run(engine, *texts)]


def test_the_honest_answer_can_be_undone() -> None:
    """An answer shows which text it belongs to."""
    assert said(FakeEngine(), "two words") == [translation("two words")] == ["two° words°"]
    assert original(translation("20° in two  words")) == "20° in two words"


def test_batches_are_recorded_as_they_came() -> None:
    """So that a test can see what was batched with what."""
    engine = FakeEngine()
    run(engine, "a", "b")
    run(engine, "c")
    assert engine.batches == [("a", "b"), ("c",)]


def test_a_gate_holds_every_answer_back() -> None:
    """A test decides when the engine returns, and can wait for it to begin."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    answers: list[str] = []
    thread = threading.Thread(target=lambda: answers.extend(said(engine, "a")))
    thread.start()
    assert engine.entered.acquire(timeout=30)
    assert answers == []
    gate.set()
    thread.join()
    assert answers == ["a°"]


@pytest.mark.parametrize(
    ("mischief", "expected"),
    [
        (Mischief.DROP, ["b°"]),
        (Mischief.REPEAT, ["bad°", "bad°", "b°"]),
        (Mischief.REORDER, ["b°", "bad°"]),
        (Mischief.EMPTY, ["", "b°"]),
    ],
)
def test_mischief_breaks_the_promise_that_it_names(mischief: Mischief, expected: list[str]) -> None:
    """Too few, too many, in the wrong order, empty; and batches without a trigger are honest."""
    engine = FakeEngine(temper=on_text({"bad": mischief}))
    assert said(engine, "bad", "b") == expected
    assert said(engine, "a", "b") == ["a°", "b°"]


def test_a_poisonous_text_fails_its_whole_batch() -> None:
    """As it does in real engines, so that somebody has to find it."""
    engine = FakeEngine(temper=on_text({"poison": Mischief.RAISE}))
    with pytest.raises(RuntimeError, match="cannot bear"):
        run(engine, "a", "poison")
    assert said(engine, "a") == ["a°"]


def test_unfinished_and_looping_outputs_say_so() -> None:
    """One stops in the middle, one runs to its bound."""
    engine = FakeEngine(temper=on_text({"half": Mischief.UNFINISHED, "loop": Mischief.LOOP}))
    half, loop = (hypotheses[0] for hypotheses in run(engine, "half of this text", "loop it"))
    assert (half.text, half.finished) == ("half° of°", False)
    assert not loop.finished
    assert set(loop.text.split()) == {"loop°"}
    assert loop.tokens > 10


@pytest.mark.parametrize("end", [FakeEngine.release, FakeEngine.close])
def test_a_stall_ends_when_released_or_closed(end: object) -> None:
    """No thread is left behind."""
    engine = FakeEngine(temper=on_text({"": Mischief.STALL}))
    thread = threading.Thread(target=run, args=(engine, "a"))
    thread.start()
    assert engine.entered.acquire(timeout=30)
    assert thread.is_alive()
    end(engine)  # type: ignore[operator]  # a method of FakeEngine, given as a parameter
    thread.join(timeout=30)
    assert not thread.is_alive()
