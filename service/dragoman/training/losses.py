"""What is minimised: the translation's loss, and the alignment's beside it."""

from __future__ import annotations

from typing import Any

from dragoman.training.corpus import IGNORED


def translation_loss(logits: Any, labels: Any, smoothing: float) -> Any:
    """Cross entropy, summed over target tokens, with smoothed labels (Szegedy et al. 2016).

    ``logits`` are (batch, target, pieces), ``labels`` (batch, target).
    """
    import torch

    return torch.nn.functional.cross_entropy(
        logits.flatten(0, 1).float(),
        labels.flatten(),
        ignore_index=IGNORED,
        label_smoothing=smoothing,
        reduction="sum",
    )


def alignment_loss(log_weights: Any, links: Any, shares: Any) -> Any:
    """Cross entropy of one head's attention, mean over the target places that have links.

    ``log_weights`` are (batch, target, source), ``links`` (n, 3) and ``shares`` (n,) those of a
    ``Batch``. Zero without links. Garg et al. 2019, equation 5.
    """
    if not len(links):
        return log_weights.new_zeros(())
    rows, targets, sources = links.unbind(1)
    return -(log_weights[rows, targets, sources] * shares).sum() / shares.sum()
