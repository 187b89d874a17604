"""Warm-up, stable, decay."""

from __future__ import annotations

import pytest

from dragoman.training.schedule import Progress, clock_text, rate_factor


@pytest.mark.parametrize(
    ("progress", "factor"), [(0, 0), (0.05, 0.5), (0.1, 1), (0.5, 1), (0.75, 0.5), (1, 0)]
)
def test_the_rate_rises_stays_and_falls(progress: float, factor: float) -> None:
    """Over a tenth, and over the last half."""
    assert rate_factor(progress, warm_up=0.1, decay=0.5) == pytest.approx(factor)


def test_without_warm_up_and_decay_the_rate_is_level() -> None:
    """Nothing is divided by zero."""
    assert [rate_factor(at, warm_up=0, decay=0) for at in (0, 0.5, 1)] == [1, 1, 1]


def test_a_line_says_loss_speed_and_time_left() -> None:
    """A quarter done in ten minutes leaves half an hour."""
    progress = Progress(
        step=1200,
        epoch=0,
        share=0.25,
        loss=4.5,
        alignment_loss=1.25,
        tokens=9,
        seconds=600,
        tokens_per_second=6500,
        rate=0.001,
    )
    line = progress.line()
    for part in ("25.0%", "loss 4.5000", "alignment 1.250", "6,500 tokens/s", "0:30:00 left"):
        assert part in line


def test_clock_text_counts_hours() -> None:
    """Hours are not wrapped at a day."""
    assert clock_text(100 * 3600 + 61) == "100:01:01"
