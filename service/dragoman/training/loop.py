"""The loop that learns, one batch after the other, and can be stopped between any two."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from dragoman.errors import ModelRefused
from dragoman.training.batches import plan_epoch
from dragoman.training.corpus import Array, Batch, Corpus
from dragoman.training.losses import alignment_loss, translation_loss
from dragoman.training.network import GuidedHead, zero_pad_rows
from dragoman.training.options import Budget, LearningOptions
from dragoman.training.schedule import Progress, rate_factor


@dataclass(slots=True)
class Place:
    """How far a training is. ``batch`` is the next one of the epoch's plan."""

    step: int = 0
    epoch: int = 0
    batch: int = 0
    tokens: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Window:
    """What happened since the last report; sums stay on the device until they are asked for."""

    since: float
    tokens: int = 0
    batches: int = 0
    losses: Any = 0.0
    alignment: Any = 0.0


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who hears of a training: ``report`` every few seconds, ``save`` when its state is due.

    ``save`` is told True at the moment before the learning rate begins to fall.
    ``validate`` is called after each of ``validations`` equal shares of the budget but the last.
    """

    report: Callable[[Progress], None] = lambda _: None
    save: Callable[[bool], None] = lambda _: None
    validate: Callable[[], None] = lambda: None


@dataclass(slots=True)
class Training:
    """A network that learns from a corpus. ``clock`` counts seconds, and only goes forward."""

    network: Any
    corpus: Corpus
    options: LearningOptions
    budget: Budget
    seed: int
    clock: Callable[[], float]
    device: str = "cpu"
    place: Place = field(default_factory=Place)
    averages: dict[str, Any] = field(default_factory=dict)
    _optimizer: Any = None
    _guided: GuidedHead | None = None
    _started: float = 0.0
    _plan: list[Array] = field(default_factory=list)
    _planned: int = -1

    def __post_init__(self) -> None:
        import torch

        self.network.to(self.device).train()
        learnt = self._learnt()
        self._optimizer = torch.optim.Adam(
            learnt.values(), lr=self.options.learning_rate, betas=(0.9, 0.98), eps=1e-9, fused=True
        )
        self.averages = {name: weight.detach().clone() for name, weight in learnt.items()}
        if self.options.guided_alignment > 0 and len(self.corpus.links):
            self._guided = GuidedHead(self.network)

    @property
    def share(self) -> float:
        """How much of the budget is spent, 0 to 1."""
        return self.budget.progress(self.place.seconds, self.place.tokens)

    def run(self, listeners: Listeners) -> None:
        """Learn until the budget is spent. Raises ModelRefused when the loss is no number."""
        self._started = self.clock() - self.place.seconds
        window = _Window(self.clock())
        saved = self.clock()
        while self.share < 1:
            before = self.share
            self._learn(self._next_batch(), window)
            self.place.seconds = self.clock() - self._started
            now = self.clock()
            if now - window.since >= self.options.report_seconds or self.share >= 1:
                listeners.report(self._progress(window))
                window = _Window(self.clock())
            falls = before < 1 - self.options.decay <= self.share
            if falls or self.share >= 1 or now - saved >= self.options.checkpoint_seconds:
                self._refuse_strays()
                listeners.save(falls)
                saved = self.clock()
            if self._is_due(before):
                listeners.validate()

    def state(self) -> dict[str, Any]:
        """Everything that ``restore`` needs to go on as if nothing had happened."""
        import torch

        on_gpu = self.device.startswith("cuda")
        return {
            "place": {name: getattr(self.place, name) for name in Place.__slots__},
            "network": self.network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "averages": self.averages,
            "random": torch.get_rng_state(),
            "gpu_random": torch.cuda.get_rng_state() if on_gpu else None,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a ``state`` of a training with the same network and corpus."""
        import torch

        self.place = Place(**state["place"])
        self.network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        for name, average in self.averages.items():
            average.copy_(state["averages"][name])
        torch.set_rng_state(state["random"])
        if self.device.startswith("cuda") and state["gpu_random"] is not None:
            torch.cuda.set_rng_state(state["gpu_random"])

    def _learnt(self) -> dict[str, Any]:
        return {name: p for name, p in self.network.named_parameters() if p.requires_grad}

    def _next_batch(self) -> Batch:
        place = self.place
        if self._planned != place.epoch:
            tokens = self.options.batch_tokens
            self._plan = plan_epoch(self.corpus, tokens, seed=self.seed, epoch=place.epoch)
            self._planned = place.epoch
        rows = self._plan[place.batch]
        place.batch += 1
        if place.batch == len(self._plan):
            place.epoch, place.batch = place.epoch + 1, 0
        config = self.network.config
        return self.corpus.batch(rows, pad=config.pad_token_id, start=config.decoder_start_token_id)

    def _learn(self, batch: Batch, window: _Window) -> None:
        """One step: both losses, their gradients, the weights, the pad row, the averages."""
        import torch

        for group in self._optimizer.param_groups:
            group["lr"] = self._rate()
        translation, alignment = self._losses(batch)
        mean = translation / batch.tokens
        (mean + self.options.guided_alignment * alignment).backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.options.clip)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        zero_pad_rows(self.network)
        self._average()
        self.place.step += 1
        self.place.tokens += batch.tokens
        window.losses = window.losses + translation.detach()
        window.alignment = window.alignment + alignment.detach()
        window.tokens += batch.tokens
        window.batches += 1

    def _losses(self, batch: Batch) -> tuple[Any, Any]:
        import torch

        source, decoder, labels, links, shares = (
            torch.from_numpy(array).to(self.device, non_blocking=True) for array in batch[:5]
        )
        mask = source != self.network.config.pad_token_id
        with self._precision():
            output = self.network(
                input_ids=source, attention_mask=mask, decoder_input_ids=decoder, use_cache=False
            )
            translation = translation_loss(output.logits, labels, self.options.label_smoothing)
            if self._guided is None:
                return translation, translation.new_zeros(())
            return translation, alignment_loss(self._guided.log_weights(mask), links, shares)

    def _precision(self) -> AbstractContextManager[Any]:
        import torch

        found: AbstractContextManager[Any] = torch.autocast(
            self.device.partition(":")[0],
            torch.bfloat16,
            enabled=self.options.precision == "bfloat16",
        )
        return found

    def _rate(self) -> float:
        warm_up, decay = self.options.warm_up, self.options.decay
        # The first step of a token budget stands at 0, where it would learn nothing.
        share = max(self.share, warm_up / 100)
        return self.options.learning_rate * rate_factor(share, warm_up=warm_up, decay=decay)

    def _average(self) -> None:
        """Move the averages towards the weights, faster in the first steps."""
        import torch

        steps = self.place.step
        decay = min(self.options.averaging, (1 + steps) / (10 + steps))
        weights = [weight.detach() for weight in self._learnt().values()]
        torch._foreach_lerp_(list(self.averages.values()), weights, 1 - decay)

    def _progress(self, window: _Window) -> Progress:
        place = self.place
        loss = float(window.losses) / max(1, window.tokens)
        if not math.isfinite(loss):
            raise _astray()
        guided = float(window.alignment) / max(1, window.batches) if self._guided else None
        took = max(self.clock() - window.since, 1e-9)
        return Progress(
            step=place.step,
            epoch=place.epoch,
            share=self.share,
            loss=loss,
            alignment_loss=guided,
            tokens=place.tokens,
            seconds=place.seconds,
            tokens_per_second=window.tokens / took,
            rate=self._rate(),
        )

    def _refuse_strays(self) -> None:
        """A state that is no numbers must not take the place of a good one."""
        if not all(bool(average.isfinite().all()) for average in self.averages.values()):
            raise _astray()

    def _is_due(self, before: float) -> bool:
        count = self.options.validations
        return self.share < 1 and int(before * count) < int(self.share * count)


def _astray() -> ModelRefused:
    return ModelRefused(
        "The training has gone astray: its loss is not a number.",
        hint="Start again with a lower learning rate.",
    )
