from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait

import pytest

from dragoman.article import AlignedSpan
from dragoman.errors import DecodingFailed
from dragoman.inference.batching import Hypotheses, Priority, Scheduler
from dragoman.inference.engines.base import DecodingOptions, Hypothesis, Prepared, Request
from dragoman.inference.engines.fake import FakeEngine, Mischief, on_text
from dragoman.inference.hops import Hop, Relay, compose
from dragoman.inference.pool import EnginePool
from support.inference import model, texts_of
from support.scheduling import PATIENCE_S, best, running, words


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    with running() as scheduler:
        yield scheduler


def hop(scheduler: Scheduler, engine: FakeEngine, **fields: object) -> Hop:
    lease = EnginePool(lambda _: engine, budget_bytes=1).lease([model("en-fr", size_bytes=1)])
    options = fields.pop("options", DecodingOptions())
    return Hop(engine, scheduler, lease, options, Priority.INTERACTIVE, None, **fields)  # type: ignore[arg-type]  # any field


def decode(hop: Hop, *texts: str) -> list[Future[Hypotheses]]:
    return hop.decode(texts, [""] * len(texts))


def relay(first: Hop, second: Hop, *texts: str) -> list[Future[Hypotheses]]:
    return Relay(decode(first, *texts), second, [""] * len(texts)).futures


@pytest.mark.parametrize("blank", ["", " ", "\n\t\u3000"])
def test_a_blank_text_is_its_own_translation(scheduler: Scheduler, blank: str) -> None:
    """Models make things up when they are asked to translate nothing."""
    engine = FakeEngine()
    before, nothing, after = decode(hop(scheduler, engine), "before", blank, "after")
    assert [best(before), best(nothing), best(after)] == ["before°", blank, "after°"]
    assert sorted(texts_of(engine)) == ["after", "before"]


def test_a_long_text_is_translated_in_parts(scheduler: Scheduler) -> None:
    """None of them over the limit, and no word is lost."""
    engine = FakeEngine(max_source_tokens=11)
    text = ", ".join(f"word{number} is number {number}" for number in range(40))
    short, long = decode(hop(scheduler, engine), "short", text)
    assert best(short) == "short°"
    assert best(long) == " ".join(f"{word}°" for word in text.split())
    assert max(len(part.split()) for part in texts_of(engine)) <= 10


def test_a_prefix_goes_with_the_first_part_only(scheduler: Scheduler) -> None:
    """The whole starts with it, once."""
    one = hop(scheduler, FakeEngine(max_source_tokens=6))
    (future,) = one.decode([words(16)], ["Start"])
    assert best(future).startswith("Start w° w°")
    assert best(future).count("Start") == 1


def test_one_failing_part_fails_its_text_alone(scheduler: Scheduler) -> None:
    """Half a translation is none; the other texts are answered."""
    engine = FakeEngine(max_source_tokens=6, temper=on_text({"poison": Mischief.RAISE}))
    bad, good = decode(hop(scheduler, engine), words(16) + " poison", words(15, "good"))
    assert isinstance(bad.exception(PATIENCE_S), DecodingFailed)
    assert best(good).count("good°") == 15


def test_each_request_has_what_the_hop_was_told(scheduler: Scheduler) -> None:
    """Options, bans, target token and deadline."""
    seen: list[Request] = []

    class Curious(FakeEngine):
        def run(self, batch: Sequence[Prepared]) -> list[list[Hypothesis]]:
            seen.extend(prepared.request for prepared in batch)
            return super().run(batch)

    options = DecodingOptions(beam_size=2)
    fields = {"options": options, "target_token": ">>fra<<", "banned": ("x",)}
    (future,) = hop(scheduler, Curious(), **fields).decode(["text"], ["Le"])
    wait([future], PATIENCE_S)
    assert seen == [Request("text", options, ">>fra<<", "Le", ("x",), None)]


def test_a_relay_goes_through_both_engines(scheduler: Scheduler) -> None:
    """The second one translates what the first one made, in order."""
    first, second = FakeEngine(), FakeEngine()
    futures = relay(hop(scheduler, first), hop(scheduler, second), "a", "", "b b", "c")
    assert [best(future) for future in futures] == ["a°°", "", "b°° b°°", "c°°"]
    assert sorted(texts_of(second)) == ["a°", "b° b°", "c°"]


def test_a_batch_of_the_first_hop_goes_on_as_one(scheduler: Scheduler) -> None:
    """Segments do not trickle into the second hop one by one."""
    prepared: list[int] = []

    class Counting(FakeEngine):
        def prepare(self, requests: Sequence[Request]) -> list[Prepared]:
            prepared.append(len(requests))
            return super().prepare(requests)

    first = FakeEngine()
    futures = relay(
        hop(scheduler, first), hop(scheduler, Counting()), *(f"w{n}" for n in range(20))
    )
    wait(futures, PATIENCE_S)
    assert prepared == [len(batch) for batch in first.batches]


def test_a_failure_in_either_hop_ends_its_own_future(scheduler: Scheduler) -> None:
    """The others arrive."""
    first = FakeEngine(temper=on_text({"early": Mischief.RAISE}))
    second = FakeEngine(temper=on_text({"late": Mischief.RAISE}))
    futures = relay(hop(scheduler, first), hop(scheduler, second), "early", "good", "late")
    early, good, late = futures
    assert isinstance(early.exception(PATIENCE_S), DecodingFailed)
    assert isinstance(late.exception(PATIENCE_S), DecodingFailed)
    assert best(good) == "good°°"


def test_an_engine_that_cannot_prepare_ends_the_futures(scheduler: Scheduler) -> None:
    """Whatever it raises, in whatever thread."""

    class Unprepared(FakeEngine):
        def prepare(self, requests: Sequence[Request]) -> list[Prepared]:
            raise RuntimeError("no")

    futures = relay(hop(scheduler, FakeEngine()), hop(scheduler, Unprepared()), "a", "b")
    assert all(isinstance(future.exception(PATIENCE_S), RuntimeError) for future in futures)


def test_cancelling_stops_a_relay_at_the_hop_where_it_is(scheduler: Scheduler) -> None:
    """The second engine never sees what was cancelled during the first."""
    gate = threading.Event()
    first, second = FakeEngine(gate=gate), FakeEngine()
    dropped, kept = relay(hop(scheduler, first), hop(scheduler, second), "dropped", "kept")
    assert first.entered.acquire(timeout=PATIENCE_S)
    dropped.cancel()
    gate.set()
    assert best(kept) == "kept°°"
    assert texts_of(second) == ["kept°"]
    assert dropped in wait([dropped], timeout=0).done


def test_cancelling_in_the_second_hop_drops_it_there(scheduler: Scheduler) -> None:
    """What waits for the second engine leaves the queue."""
    gate = threading.Event()
    second = FakeEngine(gate=gate)
    (plug,) = decode(hop(scheduler, second), "plug")
    assert second.entered.acquire(timeout=PATIENCE_S)
    first = FakeEngine(workers=2)  # so that a worker is left for it
    (future,) = relay(hop(scheduler, first), hop(scheduler, second), "dropped")
    pause = threading.Event()
    while texts_of(first) != ["dropped"] or not scheduler.snapshot().queued_segments:
        pause.wait(0.001)
    future.cancel()
    assert scheduler.snapshot().queued_segments == 0
    gate.set()
    assert best(plug) == "plug°"


def test_cancelling_between_the_hops_is_not_lost(scheduler: Scheduler) -> None:
    """Even if it happens while the second hop is being queued."""
    gate = threading.Event()
    futures: list[Future[Hypotheses]] = []

    class Interrupted(FakeEngine):
        def prepare(self, requests: Sequence[Request]) -> list[Prepared]:
            for future in futures:
                future.cancel()
            return super().prepare(requests)

    second = Interrupted(gate=gate)
    (plug,) = decode(hop(scheduler, second), "plug")
    assert second.entered.acquire(timeout=PATIENCE_S)
    first_gate = threading.Event()
    first = FakeEngine(workers=2, gate=first_gate)
    futures += relay(hop(scheduler, first), hop(scheduler, second), "dropped")
    first_gate.set()
    wait(futures, PATIENCE_S)
    assert best(decode(hop(scheduler, first), "after")[0]) == "after°"  # so that one is delivered
    gate.set()
    assert best(plug) == "plug°"
    scheduler.close(PATIENCE_S)
    assert texts_of(second) == ["plug"]


def test_a_cut_in_the_first_hop_is_a_cut_of_the_whole(scheduler: Scheduler) -> None:
    """The second model finished, but not what was said."""
    first = FakeEngine(temper=on_text({"cut": Mischief.UNFINISHED}))
    cut, whole = relay(hop(scheduler, first), hop(scheduler, FakeEngine()), "cut this", "whole")
    assert not cut.result(PATIENCE_S)[0].finished
    assert whole.result(PATIENCE_S)[0].finished


def test_alignment_is_composed_through_the_pivot(scheduler: Scheduler) -> None:
    """From the source's words to the target's, where both engines give it."""
    options = DecodingOptions(with_alignment=True)
    hops = [hop(scheduler, FakeEngine(), options=options) for _ in range(2)]
    (future,) = relay(hops[0], hops[1], "two words")
    (best_one,) = future.result(PATIENCE_S)
    assert best_one.text == "two°° words°°"
    assert best_one.alignment == (AlignedSpan(0, 3, 0, 5), AlignedSpan(4, 9, 6, 13))


def test_composing_with_nothing_is_nothing() -> None:
    """Half an alignment is none."""
    some = (AlignedSpan(0, 1, 0, 1),)
    assert compose(some, ()) == compose((), some) == ()


def test_composing_joins_spans_that_overlap_in_the_pivot() -> None:
    """Two source words that became one pivot word lead to the same target word."""
    first = (AlignedSpan(0, 3, 0, 6), AlignedSpan(4, 7, 0, 6), AlignedSpan(8, 9, 7, 9))
    second = (AlignedSpan(7, 9, 0, 2), AlignedSpan(0, 6, 3, 8))
    assert compose(first, second) == (
        AlignedSpan(8, 9, 0, 2),
        AlignedSpan(0, 3, 3, 8),
        AlignedSpan(4, 7, 3, 8),
    )
