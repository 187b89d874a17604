"""What is minimised."""

from __future__ import annotations

import pytest
import torch

from dragoman.training.corpus import IGNORED
from dragoman.training.losses import alignment_loss, translation_loss


def test_padding_costs_nothing_and_the_sum_is_over_tokens() -> None:
    """Even logits over eight pieces cost log 8 for each of three tokens."""
    labels = torch.tensor([[1, 2], [3, IGNORED]])
    loss = translation_loss(torch.zeros(2, 2, 8), labels, 0.1)
    assert float(loss) == pytest.approx(3 * 2.0794, abs=1e-3)


def test_smoothing_makes_certainty_cost() -> None:
    """A network that is sure pays for it only with smoothed labels."""
    logits = torch.tensor([[[30.0, 0.0, 0.0]]])
    labels = torch.tensor([[0]])
    assert float(translation_loss(logits, labels, 0.0)) == pytest.approx(0, abs=1e-4)
    assert float(translation_loss(logits, labels, 0.1)) > 1


def test_alignment_is_the_mean_over_linked_places() -> None:
    """A place with two links counts as one; without links there is no loss."""
    log_weights = torch.log(torch.tensor([[[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]]]))
    links = torch.tensor([[0, 0, 0], [0, 0, 1], [0, 1, 1]])
    shares = torch.tensor([0.5, 0.5, 1.0])
    loss = alignment_loss(log_weights, links, shares)
    expected = -(0.5 * torch.tensor([0.5, 0.25]).log().sum() + torch.tensor(0.8).log()) / 2
    assert float(loss) == pytest.approx(float(expected))
    assert float(alignment_loss(log_weights, links[:0], shares[:0])) == 0
