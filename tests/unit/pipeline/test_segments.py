"""Nothing that went in may vanish: what the pipeline does with good and bad decodings."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from dragoman.article import LanguagePair, Origin
from dragoman.errors import DeadlineExceeded
from dragoman.inference.engines.base import Request
from dragoman.inference.engines.fake import FakeEngine, Mischief, on_text, translation
from support.translating import jobs, outcomes

GOOD = "the council met on Monday in the old town hall"
BAD = "the bridge over the river was closed for nine weeks"


def _codes(outcome) -> set[str]:
    return {flag.code for flag in outcome.translation.flags}


def test_segments_keep_their_order_and_white_space() -> None:
    """Each answer belongs to its own text, with the white space that stood around it."""
    texts = [f"  {GOOD} {number} \n" for number in range(20)]
    done = outcomes(FakeEngine(), jobs(texts))
    assert [item.translation.text for item in done] == [
        f"  {translation(text.strip())} \n" for text in texts
    ]
    assert {item.translation.origin for item in done} == {Origin.MODEL}


@pytest.mark.parametrize("text", ["", "   ", "42", "— … —", "3.14 %"])
def test_what_has_no_letters_is_copied(text: str) -> None:
    """Nothing there is to translate, and the model is not asked."""
    engine = FakeEngine()
    (done,) = outcomes(engine, jobs([text]))
    assert done.translation.text == text
    assert done.translation.origin is Origin.COPIED
    assert engine.batches == []


def test_copied_jobs_and_kept_segments_never_reach_the_model() -> None:
    """A credit, and a segment that is all kept text, come out as they went in."""
    engine = FakeEngine()
    work = [*jobs([GOOD], copied=True), *jobs([BAD], kept=((0, len(BAD)),))]
    done = outcomes(engine, work)
    assert [item.translation.text for item in done] == [GOOD, BAD]
    assert engine.batches == []


def test_a_language_into_itself_is_copied() -> None:
    """English to English asks no model."""
    engine = FakeEngine()
    (done,) = outcomes(engine, jobs([GOOD]), pair=LanguagePair("en", "en"))
    assert done.translation.text == GOOD
    assert engine.batches == []


@pytest.mark.parametrize("mischief", [Mischief.EMPTY, Mischief.LOOP, Mischief.UNFINISHED])
def test_a_bad_decoding_is_decoded_again(mischief: Mischief) -> None:
    """Other settings are tried, and what passes is taken and counted as repaired."""

    def only_plain(request: Request) -> Mischief | None:
        return mischief if request.options.no_repeat_ngram_size == 0 else None

    good, bad = outcomes(FakeEngine(temper=only_plain), jobs([GOOD, BAD]))
    for text, item in ((GOOD, good), (BAD, bad)):
        assert item.translation.text == translation(text)
        assert item.translation.flags == ()
        assert item.repaired
        assert "no_repeat_ngram_size=3" in item.translation.signature


@pytest.mark.parametrize(
    ("mischief", "code"),
    [
        (Mischief.EMPTY, "empty"),
        (Mischief.LOOP, "loop"),
        (Mischief.UNFINISHED, "cut"),
        (Mischief.RAISE, "failed"),
    ],
)
def test_what_no_decoding_can_translate_keeps_its_source(mischief: Mischief, code: str) -> None:
    """The source text stands in its place, flagged; its neighbours are not touched."""
    engine = FakeEngine(temper=on_text({"bridge": mischief}))
    good, bad, other = outcomes(engine, jobs([GOOD, BAD, f"{GOOD} again"]))
    assert bad.translation.text == BAD
    assert bad.translation.origin is Origin.COPIED
    assert {code, "untranslated"} <= _codes(bad)
    assert not bad.repaired
    assert good.translation.text == translation(GOOD)
    assert other.translation.text == translation(f"{GOOD} again")
    assert good.translation.flags == other.translation.flags == ()


def test_without_repair_a_finding_is_only_told() -> None:
    """An operator may choose that nothing is decoded twice."""
    engine = FakeEngine(temper=on_text({"bridge": Mischief.LOOP}))
    (bad,) = outcomes(engine, jobs([BAD]), repair=False)
    assert "loop" in _codes(bad)
    assert len(engine.batches) == 1


def test_kept_text_survives_a_model_that_changes_it() -> None:
    """The pieces around it are translated on their own; the fake would have marked it."""
    text = "run make test in the old folder"
    (done,) = outcomes(FakeEngine(), jobs([text], kept=((4, 13),)))
    assert " make test " in done.translation.text
    assert done.translation.text.startswith(translation("run"))
    assert _codes(done) == {"pieced"}
    assert done.repaired
    assert done.translation.signature.endswith("piecewise")


class Garbling(FakeEngine):
    """Honest, but changes the second character of one thing, as models do with odd strings."""

    def __init__(self, thing: str) -> None:
        super().__init__()
        self.thing = thing

    def finish(self, batch, outputs):
        garbled = self.thing[0] + "x" + self.thing[2:]
        return [
            tuple(replace(one, text=one.text.replace(self.thing, garbled)) for one in hypotheses)
            for hypotheses in super().finish(batch, outputs)
        ]


@pytest.mark.parametrize("thing", ["https://a.example/b", "{name}", "%1$s", "@desk", "#news"])
def test_addresses_and_placeholders_survive_a_model_that_garbles_them(thing: str) -> None:
    """The pieces around them are translated alone, and they are put back as they were."""
    text = f"the council told {thing} about the old bridge"
    (done,) = outcomes(Garbling(thing), jobs([text]))
    before, after = text.split(thing)
    assert done.translation.text == (
        f"{translation(before.strip())} {thing} {translation(after.strip())}"
    )
    assert _codes(done) == {"pieced"}
    assert done.repaired


def test_a_stalled_engine_does_not_hold_its_caller() -> None:
    """The deadline ends the wait, even though the engine never answers."""
    engine = FakeEngine(temper=on_text({"": Mischief.STALL}))
    with pytest.raises(DeadlineExceeded):
        outcomes(engine, jobs([GOOD]), deadline=time.monotonic() + 0.2)


def test_headline_capitals_are_taken_off_before_the_model_sees_them() -> None:
    """The model gets prose; the headline gets its first capital."""
    engine = FakeEngine()
    (done,) = outcomes(engine, jobs(["Minister Wins Vote in Paris"], headline=True))
    assert engine.batches == [("Minister wins vote in Paris",)]
    assert done.translation.text == translation("Minister wins vote in Paris")
