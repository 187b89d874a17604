from __future__ import annotations

import logging
from collections.abc import Sequence

import pytest

from dragoman.errors import DeadlineExceeded, DecodingFailed
from dragoman.inference.batching.isolation import Made, finished, isolate


def double(items: Sequence[int]) -> list[int]:
    return [2 * item for item in items]


def allergic_to_13(items: Sequence[int]) -> list[int]:
    if 13 in items:
        raise RuntimeError("secret text 13")
    return double(items)


def test_a_healthy_batch_runs_once() -> None:
    """Isolation costs nothing when nothing goes wrong."""
    calls: list[Sequence[int]] = []

    def stage(items: Sequence[int]) -> list[int]:
        calls.append(items)
        return double(items)

    assert isolate(stage, range(32)) == [Made(2 * item) for item in range(32)]
    assert len(calls) == 1


def test_no_items_need_no_run() -> None:
    """An engine is never called with an empty batch."""
    assert isolate(allergic_to_13, []) == []


@pytest.mark.parametrize("poison", [0, 7, 31])
def test_one_poisonous_item_fails_alone(poison: int) -> None:
    """All others are answered, each in its own place."""
    items = [13 if index == poison else 100 + index for index in range(32)]
    made = isolate(allergic_to_13, items)
    assert isinstance(made[poison], DecodingFailed)
    assert [made[i] for i in range(32) if i != poison] == [
        Made(2 * (100 + i)) for i in range(32) if i != poison
    ]


def test_the_error_and_the_log_do_not_quote_the_text(caplog: pytest.LogCaptureFixture) -> None:
    """An engine's message may hold the text, so it is neither shown nor logged nor chained."""
    with caplog.at_level(logging.DEBUG):
        (error,) = isolate(allergic_to_13, [13])
    assert isinstance(error, DecodingFailed)
    assert "RuntimeError" in error.message
    assert "secret" not in str(error) + caplog.text
    assert error.__cause__ is error.__context__ is None


@pytest.mark.parametrize(
    "stage",
    [lambda items: double(items)[1:], lambda items: [0, *double(items)], lambda _: []],
    ids=["too few", "too many", "none"],
)
def test_a_wrong_number_of_outputs_is_a_failure(stage: object) -> None:
    """Nobody guesses which output belongs to which item."""
    made = isolate(stage, [1, 2, 3])  # type: ignore[arg-type]  # one test for three shapes
    assert all(isinstance(one, DecodingFailed) for one in made)
    assert len(made) == 3


def test_an_error_of_ours_is_kept() -> None:
    """An engine that says that the time ran out is not a broken engine."""

    def late(_: Sequence[int]) -> list[int]:
        raise DeadlineExceeded("late")

    assert [type(one) for one in isolate(late, [1, 2])] == [DeadlineExceeded] * 2


def test_a_death_is_not_a_poisonous_item() -> None:
    """What is not an Exception goes up to the thread that runs the stage."""

    def dies(_: Sequence[int]) -> list[int]:
        raise SystemExit

    with pytest.raises(SystemExit):
        isolate(dies, [1])


def test_the_second_stage_sees_only_what_came_through_the_first() -> None:
    """Failures of the first stage keep their place among the ends of the second."""
    failed = DecodingFailed("first")

    def stage(items: Sequence[str], outputs: Sequence[int]) -> list[str]:
        return [item * output for item, output in zip(items, outputs, strict=True)]

    ends = finished(stage, ["a", "b", "c"], [Made(2), failed, Made(3)])
    assert ends == [Made("aa"), failed, Made("ccc")]


def test_the_second_stage_is_isolated_too() -> None:
    """One output that cannot be turned into text fails alone."""

    def stage(items: Sequence[str], outputs: Sequence[int]) -> list[str]:
        return [item[output] for item, output in zip(items, outputs, strict=True)]

    ends = finished(stage, ["a", "bcd", "e"], [Made(0), Made(9), Made(0)])
    assert ends[0] == Made("a")
    assert ends[2] == Made("e")
    assert isinstance(ends[1], DecodingFailed)
