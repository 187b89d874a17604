"""How the learning rate follows the budget, and how far along it is."""

from __future__ import annotations

from dataclasses import dataclass


def rate_factor(progress: float, *, warm_up: float, decay: float) -> float:
    """What the peak rate is multiplied with, at a progress from 0 to 1: up, level, down to zero.

    Warm-up, stable, decay as in Hu et al. 2024, "MiniCPM", because the level part needs no
    foreknowledge of the end: a training can be given a larger budget from before its decay.
    """
    rising = progress / warm_up if warm_up > 0 else 1.0
    falling = (1.0 - progress) / decay if decay > 0 else 1.0
    return max(0.0, min(1.0, rising, falling))


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training stands. ``loss`` is the mean, per target token, since the last report."""

    step: int
    epoch: int
    share: float
    loss: float
    alignment_loss: float | None
    tokens: int
    seconds: float
    tokens_per_second: float
    rate: float

    @property
    def seconds_left(self) -> float:
        """At this speed; the same for budgets of time and of tokens."""
        return self.seconds * (1 - self.share) / self.share if self.share > 0 else 0.0

    def line(self) -> str:
        """For people."""
        aligned = "" if self.alignment_loss is None else f" | alignment {self.alignment_loss:.3f}"
        return (
            f"{self.share:6.1%} | step {self.step:,} | epoch {self.epoch} | loss {self.loss:.4f}"
            f"{aligned} | {self.tokens_per_second:,.0f} tokens/s"
            f" | {clock_text(self.seconds_left)} left"
        )


def clock_text(seconds: float) -> str:
    """Hours, minutes and seconds: ``1:02:03``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
