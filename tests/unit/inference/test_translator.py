from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, wait

import pytest

from dragoman.article import AlignedSpan, BatchPolicy
from dragoman.errors import (
    DeadlineExceeded,
    ModelNotInstalled,
    ModelRefused,
    PairNotInstalled,
    QueueFull,
    ShuttingDown,
)
from dragoman.inference.engines.base import DecodingOptions, Hypothesis, Prepared
from dragoman.inference.engines.fake import FakeEngine
from dragoman.inference.model import InstalledModel
from dragoman.inference.translator import Decoding, Priority, Translator
from support.inference import model, pair, texts_of, translating
from support.scheduling import PATIENCE_S, FakeClock, words

EN_FR = pair("en-fr")


def text_of(future: Future[Decoding]) -> str:
    return future.result(PATIENCE_S).hypotheses[0].text


def uses(translator: Translator) -> dict[str, int]:
    return {one.id: one.uses for one in translator.statistics().models}


def until_free(translator: Translator) -> dict[str, int]:
    """Wait until no model is in use: futures end just before their engine is given back."""
    pause = threading.Event()
    while any(uses(translator).values()):
        pause.wait(0.001)
    return uses(translator)


def test_texts_come_back_in_their_order() -> None:
    """With the route that they took."""
    with translating(model("en-fr")) as translator:
        ticket = translator.submit(["one", "two words", "", "one"], EN_FR)
        assert [text_of(future) for future in ticket.futures] == ["one°", "two° words°", "", "one°"]
        assert ticket.route.pair == EN_FR


def test_without_texts_there_is_nothing_to_wait_for() -> None:
    """And the model is given back."""
    with translating(model("en-fr")) as translator:
        assert translator.submit([], EN_FR).futures == ()
        assert uses(translator) == {"test/en-fr": 0}


def test_through_a_pivot_both_models_translate() -> None:
    """The answer is the second one's, aligned with the source."""
    options = DecodingOptions(beam_size=2, num_hypotheses=2, with_alignment=True, with_scores=True)
    with translating(model("de-en"), model("en-fr")) as translator:
        ticket = translator.submit(["zwei Worte"], pair("de-fr"), options)
        hypotheses = ticket.futures[0].result(PATIENCE_S).hypotheses
        assert [one.text for one in hypotheses] == ["zwei°° Worte°°", "zwei°°° Worte°°°"]
        assert hypotheses[0].alignment == (AlignedSpan(0, 4, 0, 6), AlignedSpan(5, 10, 7, 14))
        assert hypotheses[0].score is not None


def test_before_the_pivot_one_hypothesis_is_enough() -> None:
    """The others would be decoded for nothing; the alignment is needed for the whole way."""
    seen: list[DecodingOptions] = []

    class Curious(FakeEngine):
        def run(self, batch: Sequence[Prepared]) -> list[list[Hypothesis]]:
            seen.extend(prepared.request.options for prepared in batch)
            return super().run(batch)

    options = DecodingOptions(beam_size=2, num_hypotheses=2, with_alignment=True, with_scores=True)
    with translating(model("de-en"), model("en-fr"), engines={"de-en": Curious()}) as translator:
        wait(translator.submit(["Text"], pair("de-fr"), options).futures, PATIENCE_S)
    assert seen == [DecodingOptions(beam_size=2, with_alignment=True)]


def test_prefix_and_bans_are_for_the_last_model() -> None:
    """They are in the target language."""
    engines = {"de-en": FakeEngine(), "en-fr": FakeEngine()}
    with translating(model("de-en"), model("en-fr"), engines=engines) as translator:
        ticket = translator.submit(
            ["eins", "zwei"], pair("de-fr"), target_prefixes=["Le", ""], banned=["w"]
        )
        assert [text_of(future) for future in ticket.futures] == ["Le eins°°", "zei°°"]
        assert sorted(texts_of(engines["en-fr"])) == ["eins°", "zwei°"]


def test_over_long_texts_are_not_cut() -> None:
    """They come back whole."""
    engines = {"en-fr": FakeEngine(max_source_tokens=9)}
    with translating(model("en-fr"), engines=engines) as translator:
        (future,) = translator.submit([words(100)], EN_FR).futures
        assert text_of(future).split() == ["w°"] * 100


def test_the_signature_names_route_digests_engine_and_options() -> None:
    """Everything that the answer depends on, and nothing that it does not."""
    german, french = model("de-en"), model("en-fr")
    with translating(german, french) as translator:
        options = DecodingOptions(beam_size=2, no_repeat_ngram_size=3, with_alignment=True)
        assert translator.submit([], pair("de-fr"), options).signature == (
            f"route=de-en:test/de-en@{german.digest[:12]},en-fr:test/en-fr@{french.digest[:12]}; "
            "engine=fake 1 exact cpu; beam=2; no_repeat_ngram_size=3"
        )


def test_different_bans_have_different_signatures() -> None:
    """Without quoting them: they may be anything."""
    with translating(model("en-fr")) as translator:
        signatures = [
            translator.submit([], EN_FR, banned=banned).signature
            for banned in ((), ("secret",), ("word",), ("secret", "word"))
        ]
    assert len(set(signatures)) == 4
    assert "secret" not in "".join(signatures)


def test_a_pair_without_models_says_what_to_pull() -> None:
    """Before anything is loaded."""
    with translating(model("en-fr")) as translator:
        with pytest.raises(PairNotInstalled, match="dragoman models pull de-fr"):
            translator.submit(["Text"], pair("de-fr"))
        assert uses(translator) == {}


def test_languages_and_models_are_those_installed() -> None:
    """As far as the pivot reaches."""
    german, french = model("de-en"), model("en-fr")
    with translating(german, french) as translator:
        assert translator.languages() == {"de": ("en", "fr"), "en": ("fr",)}
        assert translator.model("test/de-en") is german
        with pytest.raises(ModelNotInstalled, match="dragoman models pull owner/name"):
            translator.model("owner/name")


def test_another_pivot_can_be_set() -> None:
    """Where languages meet elsewhere."""
    with translating(model("gl-es"), model("es-ca"), pivot_language="es") as translator:
        assert len(translator.route(pair("gl-ca")).steps) == 2


def test_cancelling_a_ticket_drops_what_has_not_run() -> None:
    """Its model is free once nothing of it runs."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    with translating(model("en-fr"), engines={"en-fr": engine}) as translator:
        running = translator.submit(["running"], EN_FR)
        assert engine.entered.acquire(timeout=PATIENCE_S)
        queued = translator.submit(["queued", "too"], EN_FR)
        queued.cancel()
        running.cancel()
        assert translator.statistics().queued_segments == 0
        assert uses(translator) == {"test/en-fr": 1}
        gate.set()
        assert until_free(translator) == {"test/en-fr": 0}
        assert texts_of(engine) == ["running"]
        with pytest.raises(CancelledError):
            queued.futures[0].result(0)
        assert not wait(queued.futures, timeout=0).not_done


def test_a_model_is_given_back_whatever_becomes_of_its_texts() -> None:
    """Answered, out of time or refused."""
    clock = FakeClock()
    gate = threading.Event()
    gate.set()
    engine = FakeEngine(gate=gate, clock=clock)
    policy = BatchPolicy(max_queued_tokens=50)
    options = {"policy": policy, "clock": clock}
    with translating(model("en-fr"), engines={"en-fr": engine}, **options) as translator:
        assert text_of(translator.submit(["text"], EN_FR).futures[0])
        gate.clear()
        held = translator.submit(["held"], EN_FR)
        with pytest.raises(QueueFull):
            translator.submit([words(49)], EN_FR)
        gate.set()
        assert text_of(held.futures[0])
        assert until_free(translator) == {"test/en-fr": 0}


def test_time_that_has_run_out_is_noticed_before_any_work() -> None:
    """No model is loaded for a request that nobody waits for."""
    clock = FakeClock()
    with translating(model("en-fr"), clock=clock) as translator:
        with pytest.raises(DeadlineExceeded):
            translator.submit(["text"], EN_FR, deadline=clock.now)
        assert uses(translator) == {}


def test_a_model_that_cannot_be_loaded_is_an_error_of_the_call() -> None:
    """And the next call tries again."""
    failures = [ModelRefused("not safe")]

    def open_engine(_: InstalledModel) -> FakeEngine:
        if failures:
            raise failures.pop()
        return FakeEngine()

    with translating(model("en-fr"), engines=open_engine) as translator:
        with pytest.raises(ModelRefused):
            translator.submit(["text"], EN_FR)
        assert text_of(translator.submit(["text"], EN_FR).futures[0]) == "text°"


def test_requests_share_batches_and_equal_texts_across_tickets() -> None:
    """One article's sentence rides with another's; the same sentence is decoded once."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    with translating(model("en-fr"), engines={"en-fr": engine}) as translator:
        first = translator.submit(["plug"], EN_FR)
        assert engine.entered.acquire(timeout=PATIENCE_S)
        tickets = [translator.submit([f"mine{n}", "ours"], EN_FR) for n in range(3)]
        gate.set()
        for number, ticket in enumerate(tickets):
            assert [text_of(one) for one in ticket.futures] == [f"mine{number}°", "ours°"]
        assert text_of(first.futures[0]) == "plug°"
        assert [sorted(batch) for batch in engine.batches[1:]] == [
            ["mine0", "mine1", "mine2", "ours"]
        ]


def test_interactive_goes_before_bulk() -> None:
    """The priority reaches the queue."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    with translating(model("en-fr"), engines={"en-fr": engine}) as translator:
        tickets = [translator.submit(["plug"], EN_FR)]
        assert engine.entered.acquire(timeout=PATIENCE_S)
        tickets.append(translator.submit(["bulk"], EN_FR, priority=Priority.BULK))
        tickets.append(translator.submit(["person"], EN_FR))
        gate.set()
        wait([future for ticket in tickets for future in ticket.futures], PATIENCE_S)
        assert texts_of(engine) == ["plug", "person", "bulk"]


def test_models_installed_later_are_used_and_removed_ones_leave() -> None:
    """Without a restart; what is under way ends as it began."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    french, german = model("en-fr"), model("en-de")
    with translating(french, engines={"en-fr": engine}) as translator:
        ticket = translator.submit(["text"], EN_FR)
        translator.refresh([german])
        assert translator.languages() == {"en": ("de",)}
        gate.set()
        assert text_of(ticket.futures[0]) == "text°"
        assert text_of(translator.submit(["text"], pair("en-de")).futures[0]) == "text°"
        assert until_free(translator) == {"test/en-de": 0}
        assert engine.closed


def test_closing_ends_every_future_and_refuses_new_texts() -> None:
    """Within the time what is queued is answered, also its second hop."""
    with translating(model("de-en"), model("en-fr")) as translator:
        ticket = translator.submit([f"Wort{n}" for n in range(50)], pair("de-fr"))
        translator.close(PATIENCE_S)
        assert [text_of(future) for future in ticket.futures] == [f"Wort{n}°°" for n in range(50)]
        assert not translator.alive()
        with pytest.raises(ShuttingDown):
            translator.submit(["more"], EN_FR)


def test_closing_without_time_fails_both_hops() -> None:
    """What would go on to the second model ends too."""
    gate = threading.Event()
    engines = {"de-en": FakeEngine(gate=gate)}
    with translating(model("de-en"), model("en-fr"), engines=engines) as translator:
        ticket = translator.submit(["Text"], pair("de-fr"))
        assert engines["de-en"].entered.acquire(timeout=PATIENCE_S)
        translator.close(0)
        assert isinstance(ticket.futures[0].exception(0), ShuttingDown)
        gate.set()
        assert until_free(translator) == {"test/de-en": 0, "test/en-fr": 0}


def test_a_small_budget_still_serves_routes_of_two_models() -> None:
    """One route after the other, each with all its models."""
    models = [model(name, size_bytes=100) for name in ("de-en", "en-fr", "es-en", "en-it")]
    pairs = [pair(codes) for codes in ("de-fr", "es-it", "de-it", "es-fr")] * 5
    with translating(*models, budget_bytes=200) as translator:
        answers: list[str] = []

        def work(some: Sequence[int]) -> None:
            for number in some:
                ticket = translator.submit([f"text{number}"], pairs[number])
                answers.append(text_of(ticket.futures[0]))

        threads = [threading.Thread(target=work, args=(range(n, 20, 4),)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        assert sorted(answers) == sorted(f"text{number}°°" for number in range(20))
        assert len(translator.statistics().models) <= 2


def test_statistics_tell_queue_and_models() -> None:
    """For the metrics page."""
    with translating(model("en-fr", size_bytes=123)) as translator:
        assert translator.alive()
        wait(translator.submit(["one", "two words"], EN_FR).futures, PATIENCE_S)
        until_free(translator)
        statistics = translator.statistics()
        assert (statistics.segments_total, statistics.tokens_total) == (2, 5)
        assert [(one.id, one.size_bytes) for one in statistics.models] == [("test/en-fr", 123)]
